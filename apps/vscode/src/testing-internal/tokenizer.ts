import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const { INITIAL, parseRawGrammar, Registry } = textmate;
const require = createRequire(import.meta.url);

export interface Scoped {
  text: string;
  /** From the outermost to the innermost, without the grammar's own. */
  scopes: string[];
}

const SCOPES = {
  cedar: "source.cedar",
  cedarschema: "source.cedarschema",
  "markdown-cedar": "markdown.cedar.codeblock",
} as const;

let registry: InstanceType<typeof Registry> | undefined;

/** Tokenizes a text as Visual Studio Code does; white space is left out. */
export async function tokenizeBy(grammarName: keyof typeof SCOPES, text: string): Promise<Scoped[]> {
  registry ??= await makeRegistry();
  const grammar = await registry.loadGrammar(SCOPES[grammarName]);
  if (grammar === null) throw new Error(`there is no grammar ${grammarName}`);
  const found: Scoped[] = [];
  let stack = INITIAL;
  for (const line of text.split("\n")) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    for (const { startIndex, endIndex, scopes } of tokens) {
      const part = line.slice(startIndex, endIndex);
      if (part.trim() !== "") found.push({ text: part.trim(), scopes: scopes.slice(1) });
    }
  }
  return found;
}

async function makeRegistry() {
  const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  return new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) => {
      const name = Object.entries(SCOPES).find(([, known]) => known === scope)?.[0];
      const path = `${extensionFolder}syntaxes/${name}.tmLanguage.json`;
      return parseRawGrammar(readFileSync(path, "utf8"), path);
    },
  });
}

/** With a slash at its end. */
export const extensionFolder = new URL("../../../", import.meta.url).pathname;
