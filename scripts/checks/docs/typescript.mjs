import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../testing/process.mjs";
import { root } from "../../testing/workspaces.mjs";

/**
 * Type-checks the ts blocks of all documents at once, each as a module with the project's own settings, and runs those
 * that ask for it.
 *
 * @param {readonly import("./snippets.mjs").Snippet[]} snippets
 * @param {string} directory a copy of the project
 * @returns {Promise<import("../../testing/report.mjs").Outcome>}
 */
export async function checkTypeScript(snippets, directory) {
  /** @type {import("../../testing/report.mjs").Outcome} */
  const outcome = { passed: 0, failures: [], notes: [] };
  if (snippets.length === 0) return outcome;
  const folder = join(directory, "docs-snippets");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
  const modules = asModules(snippets);
  for (const { name, text } of modules) writeFileSync(join(folder, `${name}.ts`), text);

  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { output } = await run(process.execPath, [tsc, "-p", "docs-snippets", "--pretty", "false"], {
    cwd: directory,
  });
  for (const { name, snippet, text } of modules) {
    const errors = output.split("\n").filter((line) => line.startsWith(`docs-snippets/${name}.ts`));
    const title = `${snippet.document}:${snippet.line}`;
    if (errors.length > 0) outcome.failures.push({ title, detail: `${errors.join("\n")}\n\n${text}` });
    else if (!snippet.directives.has("run")) outcome.passed++;
    else {
      const ran = await run(process.execPath, [join(folder, `${name}.js`)], {
        cwd: directory,
        timeoutMs: 60_000,
      });
      if (ran.code === 0) outcome.passed++;
      else outcome.failures.push({ title, detail: `exit code ${ran.code}\n${ran.output}\n\n${text}` });
    }
  }
  const elsewhere = output
    .split("\n")
    .filter((line) => /error TS/.test(line) && !line.startsWith("docs-snippets/"));
  if (elsewhere.length > 0)
    outcome.failures.push({ title: "types that the documents use", detail: elsewhere.join("\n") });
  return outcome;
}

const settings = {
  extends: "../tsconfig.base.json",
  compilerOptions: {
    composite: false,
    declaration: false,
    // A snippet shows one thing; what it declares need not be used.
    noUnusedLocals: false,
    noUnusedParameters: false,
    allowJs: true,
  },
  include: ["*.ts"],
};

/** @param {readonly import("./snippets.mjs").Snippet[]} snippets */
function asModules(snippets) {
  /** @type {Map<string, string>} */
  const before = new Map();
  return snippets.map((snippet, index) => {
    const given = snippet.directives.get("given") ?? "";
    const earlier = snippet.directives.has("continues") ? (before.get(snippet.document) ?? "") : "";
    const text = `${earlier}${given}${snippet.text}`;
    before.set(snippet.document, text);
    return { name: `snippet-${index}`, snippet, text: `${text}\nexport {};\n` };
  });
}
