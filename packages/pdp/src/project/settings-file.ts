import type { Diagnostic } from "@cordon/cedar";
import { type Document, isMap, isNode, isPair, isScalar, parseDocument, type YAMLMap } from "yaml";
import type { z } from "zod";
import { didYouMean } from "./did-you-mean.js";
import { type Settings, settingsSchema } from "./settings.js";
import { SourcePositions } from "./source-position.js";

export interface SettingsFile {
  /** Absent when the file has an error. */
  settings?: Settings;
  diagnostics: Diagnostic[];
  /** Where the value at a path of the file stands; the nearest enclosing value for a path that is not there. */
  locate(path: readonly PropertyKey[]): Diagnostic["range"];
}

type Issue = z.core.$ZodIssue;

/** Reads `cordon.yaml`; every problem comes with its place in the text. */
export function readSettings(file: string, text: string): SettingsFile {
  const document = parseDocument(text, { prettyErrors: false, version: "1.2" });
  const positions = new SourcePositions(text);
  const locate = (path: readonly PropertyKey[]) => positions.range(...valueSpan(document, path, text));
  const syntax = [...document.errors, ...document.warnings].map((problem): Diagnostic => {
    const [start, end] = wholeWord(text, trimSpan(text, problem.pos[0], problem.pos[1]));
    return {
      code: `yaml_${problem.code.toLowerCase()}`,
      severity: problem.name === "YAMLParseError" ? "error" : "warning",
      message: sentence(problem.message),
      help: yamlHelp(problem.code),
      file,
      range: positions.range(start, end),
    };
  });
  if (document.errors.length > 0) return { diagnostics: syntax, locate };
  return { ...check(file, document, text, positions, syntax), locate };
}

function check(
  file: string,
  document: Document.Parsed,
  text: string,
  positions: SourcePositions,
  diagnostics: Diagnostic[],
): Pick<SettingsFile, "settings" | "diagnostics"> {
  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    // An alias that expands without bound is the only thing left that a parsed document can't give.
    const [start, end] = trimSpan(text, 0, text.length);
    diagnostics.push({
      code: "yaml_alias",
      severity: "error",
      message: sentence((error as Error).message),
      help: "write the repeated value out instead of using an alias",
      file,
      range: positions.range(start, end),
    });
    return { diagnostics };
  }
  const result = settingsSchema.safeParse(plain);
  if (result.success) return { settings: result.data, diagnostics };
  for (const issue of result.error.issues) {
    diagnostics.push(...issueDiagnostics(file, issue, document, text, positions));
  }
  return { diagnostics };
}

function issueDiagnostics(
  file: string,
  issue: Issue,
  document: Document.Parsed,
  text: string,
  positions: SourcePositions,
): Diagnostic[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      code: "settings_unknown_key",
      severity: "error",
      message: `unknown setting \`${[...issue.path, key].join(".")}\``,
      help: unknownKeyHelp(key, issue.path),
      file,
      range: positions.range(...keySpan(document, [...issue.path, key], text)),
    }));
  }
  const at = issue.path.length === 0 ? "the settings" : `\`${formatPath(issue.path)}\``;
  return [
    {
      code: "settings_invalid",
      severity: "error",
      message: `${at} ${issueText(issue)}`,
      help: issueHelp(issue),
      file,
      range: positions.range(...valueSpan(document, issue.path, text)),
    },
  ];
}

function issueText(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type": {
      if (issue.input === undefined && !/received (?!undefined)/.test(issue.message)) return "is missing";
      return `must be ${withArticle(issue.expected)}`;
    }
    case "invalid_value":
      return `must be ${issue.values.map((v) => `\`${String(v)}\``).join(" or ")}`;
    case "too_small":
      return issue.message.startsWith("must") ? issue.message : `must be at least ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const TYPE_NAMES: Record<string, string> = {
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  string: "text",
  int: "a whole number",
  number: "a number",
};

function withArticle(expected: string): string {
  return TYPE_NAMES[expected] ?? `a ${expected}`;
}

function issueHelp(issue: Issue): string {
  const key = issue.path.filter((part) => typeof part === "string").at(-1);
  if (key === "version") return "this Cordon reads version 1";
  if (key === "mode") return "`durable` writes each decision to disk before its answer leaves";
  if (issue.code === "invalid_type" && issue.expected === "string") return "put the text in quotes";
  const settings = "https://yaml.org/spec/1.2.2 has the syntax of YAML";
  return issue.path.length === 0
    ? `write one setting a line, such as \`version: 1\`; ${settings}`
    : keysHelp(issue.path.slice(0, -1));
}

function unknownKeyHelp(key: string, path: readonly PropertyKey[]): string {
  const near = didYouMean(key, knownKeys(path));
  return near === undefined ? keysHelp(path) : `did you mean \`${near}\`?`;
}

function keysHelp(path: readonly PropertyKey[]): string {
  const keys = knownKeys(path).map((key) => `\`${key}\``);
  const where = path.length === 0 ? "cordon.yaml" : `\`${formatPath(path)}\``;
  return keys.length === 0 ? `look at ${where}` : `${where} can have ${keys.join(", ")}`;
}

/** The keys that the schema knows at a path. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = settingsSchema;
  for (const part of path) {
    const at = unwrap(schema);
    schema = typeof part === "number" ? at?.element : at?.shape?.[part as string];
  }
  return Object.keys(unwrap(schema)?.shape ?? {});
}

interface SchemaNode {
  def: { innerType?: unknown };
  shape?: Record<string, unknown>;
  element?: unknown;
}

/** The schema within `optional`, `default` and `prefault`. */
function unwrap(schema: unknown): SchemaNode | undefined {
  let node = schema as SchemaNode | undefined;
  while (node?.def.innerType !== undefined) node = node.def.innerType as SchemaNode;
  return node;
}

/** The span of the value at a path, or of the nearest enclosing key when there is no value. */
function valueSpan(document: Document, path: readonly PropertyKey[], text: string): [number, number] {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      // A mapping or a list spans lines: its key says better which one is meant.
      if (length === path.length && isScalar(node) && node.range[1] > node.range[0]) {
        return [node.range[0], node.range[1]];
      }
      return keySpan(document, path.slice(0, length), text);
    }
  }
  return trimSpan(text, 0, text.length);
}

/** The span of the key that a path ends in. */
function keySpan(document: Document, path: readonly PropertyKey[], text: string): [number, number] {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const key = keyNode(parent, path.at(-1));
    if (key !== undefined) return key;
  }
  const node = document.getIn(path, true);
  if (isNode(node) && node.range) return trimSpan(text, node.range[0], node.range[1]);
  return trimSpan(text, 0, text.length);
}

function keyNode(map: YAMLMap, name: PropertyKey | undefined): [number, number] | undefined {
  for (const pair of map.items) {
    if (!isPair(pair) || !isScalar(pair.key) || String(pair.key.value) !== String(name)) continue;
    if (pair.key.range) return [pair.key.range[0], pair.key.range[1]];
  }
  return undefined;
}

/** The part of a span up to the end of its first line that has text, so that one line is underlined. */
function trimSpan(text: string, start: number, end: number): [number, number] {
  let from = Math.min(start, text.length);
  while (from < end && /\s/.test(text[from] ?? "")) from++;
  const lineEnd = text.indexOf("\n", from);
  const to = Math.min(end, lineEnd === -1 ? text.length : lineEnd);
  return [from, Math.max(to, from)];
}

/** The parser points at one character of a word where it means the word. */
function wholeWord(text: string, [start, end]: [number, number]): [number, number] {
  if (end - start > 1) return [start, end];
  const word = /^[\w-]+/.exec(text.slice(start, start + 200))?.[0] ?? "";
  return [start, Math.max(end, start + word.length)];
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`,
    "",
  );
}

function sentence(message: string): string {
  const first = message.split("\n")[0] ?? message;
  return first.charAt(0).toLowerCase() + first.slice(1).replace(/\.$/, "");
}

function yamlHelp(code: string): string {
  if (code === "DUPLICATE_KEY") return "keep one of the two";
  if (code === "TAB_AS_INDENT") return "indent with spaces";
  if (code === "BAD_INDENT") return "line up this key with its neighbours";
  return "quote text that has `:`, `#`, brackets or quotes in it";
}
