import type { Diagnostic } from "@cordon/cedar";
import { type Document, parseDocument } from "yaml";
import { z } from "zod";
import { didYouMean } from "./did-you-mean.js";
import { SourcePositions } from "./source-position.js";
import { keySpan, trimSpan, unclosedSpan, valueSpan, wholeWord } from "./yaml-span.js";

/** What a YAML file of a project must look like, and the words for saying where it doesn't. */
export interface YamlShape<T> {
  readonly schema: z.ZodType<T>;
  /** Codes of diagnostics start with it: `settings` gives `settings_invalid` and `settings_unknown_key`. */
  readonly code: string;
  /** One entry, as in `unknown setting`. */
  readonly entry: string;
  /** All of them, as in `the settings must be a mapping`. */
  readonly whole: string;
  /** What the file is called in help, as in `cordon.yaml can have …`. */
  readonly name: string;
  /** Help for an issue where there is better than the names of keys. */
  help?(issue: YamlIssue): string | undefined;
}

export type YamlIssue = z.core.$ZodIssue;

export interface YamlFile<T> {
  /** Absent when the file has an error. */
  value?: T;
  diagnostics: Diagnostic[];
  /** Where the value at a path of the file stands; the nearest enclosing key for a path that is not there. */
  locate(path: readonly PropertyKey[]): Diagnostic["range"];
  /** Where the key that a path ends in stands. */
  locateKey(path: readonly PropertyKey[]): Diagnostic["range"];
}

interface Reading {
  readonly file: string;
  readonly text: string;
  readonly document: Document.Parsed;
  readonly positions: SourcePositions;
}

/** Reads a YAML file of a project; every problem comes with its place in the text. */
export function readYaml<T>(file: string, text: string, shape: YamlShape<T>): YamlFile<T> {
  // Integers beyond 2^53 keep their digits; those below come as numbers, see `plainNumbers`.
  const document = parseDocument(text, { prettyErrors: false, version: "1.2", intAsBigInt: true });
  const positions = new SourcePositions(text);
  const reading: Reading = { file, text, document, positions };
  const locate = (path: readonly PropertyKey[]) => positions.range(...valueSpan(document, path, text));
  const locateKey = (path: readonly PropertyKey[]) => positions.range(...keySpan(document, path, text));
  const diagnostics = syntaxProblems(reading);
  if (document.errors.length > 0) return { diagnostics, locate, locateKey };
  const value = check(reading, shape, diagnostics);
  return { ...(value === undefined ? {} : { value }), diagnostics, locate, locateKey };
}

function syntaxProblems({ file, text, document, positions }: Reading): Diagnostic[] {
  const textEnd = text.trimEnd().length;
  const problems = [...document.errors, ...document.warnings];
  // What is open at the end was seen by everything around it: the innermost says it for all.
  const atEnd = problems.filter(({ pos }) => pos[0] >= textEnd).slice(1);
  const told = problems.filter((problem) => !atEnd.includes(problem));
  return told.map((problem): Diagnostic => {
    const what = problem.code === "MISSING_CHAR" ? "quote" : "bracket";
    const unclosed = problem.pos[0] >= textEnd ? unclosedSpan(document, what, text) : undefined;
    const [start, end] = unclosed ?? wholeWord(text, trimSpan(text, problem.pos[0], problem.pos[1]));
    return {
      code: `yaml_${problem.code.toLowerCase()}`,
      severity: problem.name === "YAMLParseError" ? "error" : "warning",
      message: sentence(problem.message),
      help: unclosed === undefined ? yamlHelp(problem.code) : `close this ${what}, or take it away`,
      file,
      range: positions.range(start, end),
    };
  });
}

/** Undefined where the text is not of the shape, which the diagnostics then say. */
function check<T>(reading: Reading, shape: YamlShape<T>, diagnostics: Diagnostic[]): T | undefined {
  const { file, text, document, positions } = reading;
  let plain: unknown;
  try {
    plain = plainNumbers(document.toJS({ maxAliasCount: 100 }) ?? {});
  } catch (error) {
    // An alias that expands without bound is the only thing left that a parsed document can't give.
    const [start, end] = trimSpan(text, 0, text.length);
    diagnostics.push({
      code: "yaml_alias",
      severity: "error",
      message:
        error instanceof RangeError
          ? "an alias repeats what it stands in"
          : sentence((error as Error).message),
      help: "write the repeated value out instead of using an alias",
      file,
      range: positions.range(start, end),
    });
    return undefined;
  }
  const result = shape.schema.safeParse(plain);
  if (result.success) return result.data;
  const issues = result.error.issues.flatMap((issue) => insideUnion(issue, []));
  for (const issue of issues) diagnostics.push(...issueDiagnostics(issue, reading, shape));
  return undefined;
}

function plainNumbers(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (Array.isArray(value)) return value.map(plainNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainNumbers(inner)]));
}

/** Of a value that fits no alternative, the problems within the alternative that it was meant to be. */
function insideUnion(issue: YamlIssue, above: readonly PropertyKey[]): YamlIssue[] {
  const path = [...above, ...issue.path];
  if (issue.code !== "invalid_union") return [{ ...issue, path }];
  const meant = issue.errors.find((errors) => errors.every((error) => !isOtherKind(error)));
  return meant === undefined ? [{ ...issue, path }] : meant.flatMap((error) => insideUnion(error, path));
}

function isOtherKind(issue: YamlIssue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

function issueDiagnostics<T>(
  issue: YamlIssue,
  { file, text, document, positions }: Reading,
  shape: YamlShape<T>,
): Diagnostic[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      code: `${shape.code}_unknown_key`,
      severity: "error",
      message: `unknown ${shape.entry} \`${formatPath([...issue.path, key])}\``,
      help: unknownKeyHelp(key, issue.path, shape),
      file,
      range: positions.range(...keySpan(document, [...issue.path, key], text)),
    }));
  }
  const at = issue.path.length === 0 ? shape.whole : `\`${formatPath(issue.path)}\``;
  return [
    {
      code: `${shape.code}_invalid`,
      severity: "error",
      message: `${at} ${issueText(issue)}`,
      help: shape.help?.(issue) ?? issueHelp(issue, shape),
      file,
      range: positions.range(...valueSpan(document, issue.path, text)),
    },
  ];
}

function issueText(issue: YamlIssue): string {
  switch (issue.code) {
    case "invalid_type": {
      if (issue.input === undefined && !/received (?!undefined)/.test(issue.message)) return "is missing";
      return `must be ${withArticle(issue.expected)}`;
    }
    case "invalid_value":
      return `must be ${issue.values.map((v) => `\`${String(v)}\``).join(" or ")}`;
    case "invalid_union":
      return unionText(issue.errors.flat());
    case "too_small":
      return issue.message.startsWith("must") ? issue.message : `must be at least ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

function unionText(alternatives: readonly YamlIssue[]): string {
  const texts = alternatives.map(issueText);
  if (texts.includes("is missing")) return "is missing";
  return `must be ${[...new Set(texts.map((text) => text.replace(/^must be /, "")))].join(" or ")}`;
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

function issueHelp<T>(issue: YamlIssue, shape: YamlShape<T>): string {
  if (issue.code === "invalid_type" && issue.expected === "string") return "put the text in quotes";
  return keysHelp(issue.path.slice(0, -1), shape);
}

function unknownKeyHelp<T>(key: string, path: readonly PropertyKey[], shape: YamlShape<T>): string {
  const near = didYouMean(key, knownKeys(shape.schema, path));
  return near === undefined ? keysHelp(path, shape) : `did you mean \`${near}\`?`;
}

function keysHelp<T>(path: readonly PropertyKey[], { schema, name }: YamlShape<T>): string {
  const keys = knownKeys(schema, path).map((key) => `\`${key}\``);
  const where = path.length === 0 ? name : `\`${formatPath(path)}\``;
  return keys.length === 0 ? `look at ${where}` : `${where} can have ${keys.join(", ")}`;
}

/** The keys that a schema knows at a path. */
export function knownKeys(schema: unknown, path: readonly PropertyKey[]): string[] {
  let nodes = unwrap(schema);
  for (const part of path) {
    nodes = nodes.flatMap((node) => unwrap(typeof part === "number" ? node.element : memberOf(node, part)));
  }
  return nodes.flatMap((node) => Object.keys(node.shape ?? {}));
}

interface SchemaNode {
  def: { innerType?: unknown; in?: unknown; options?: readonly unknown[]; valueType?: unknown };
  shape?: Record<string, unknown>;
  element?: unknown;
}

function memberOf({ shape, def }: SchemaNode, name: PropertyKey): unknown {
  return shape?.[name as string] ?? def.valueType;
}

/** The schemas within `optional`, `default`, `prefault`, transformations and unions. */
function unwrap(schema: unknown): SchemaNode[] {
  const node = schema as SchemaNode | undefined;
  if (node === undefined) return [];
  if (node.def.options !== undefined) return node.def.options.flatMap(unwrap);
  const inner = node.def.innerType ?? node.def.in;
  return inner === undefined ? [node] : unwrap(inner);
}

/** A path as people write it: `tables[0].rows`. */
export function formatPath(path: readonly PropertyKey[]): string {
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

/** The JSON Schema of a YAML file, for editors; draft 2020-12. */
export function yamlJsonSchema(schema: z.ZodType, title: string, description: string): object {
  return { title, description, ...z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) };
}
