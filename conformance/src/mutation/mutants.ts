import { parse } from "@babel/parser";
import { changesOf, type SyntaxNode } from "./changes.js";

/** One small change of a source file. */
export interface Mutant {
  /** Relative to the engine's sources, like `ops/like.ts`. */
  readonly file: string;
  readonly line: number;
  /** The line as it stands and as it is changed, or what is changed where that is several: what a person calls it by. */
  readonly original: string;
  readonly replacement: string;
  /** The whole file as changed, still TypeScript. */
  readonly source: string;
}

const MOST_SHOWN = 90;

/** Members of a syntax tree that are not evaluated. */
const NOT_CODE = new Set([
  "typeAnnotation",
  "typeParameters",
  "typeArguments",
  "returnType",
  "loc",
  "implements",
]);

/** Every change of a file, in the order of the text. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const tree = parse(text, { sourceType: "module", plugins: ["typescript"] });
  const found: Mutant[] = [];
  visit(tree.program as unknown as SyntaxNode, (node) => {
    for (const { start, end, replacement } of changesOf(node, text)) {
      if (text.slice(start, end) === replacement) continue;
      found.push({
        file,
        line: text.slice(0, start).split("\n").length,
        ...described(text, start, end, replacement),
        source: text.slice(0, start) + replacement + text.slice(end),
      });
    }
  });
  return found;
}

function visit(node: SyntaxNode, meet: (node: SyntaxNode) => void): void {
  if (node.type === "ImportDeclaration" || node.type === "ExportAllDeclaration") return;
  // Of what only TypeScript has, an assertion alone holds something that is evaluated.
  const isType = node.type.startsWith("TS") && !/^TS(As|NonNull|Satisfies)/.test(node.type);
  if (isType) return;
  meet(node);
  for (const [name, child] of Object.entries(node)) {
    if (NOT_CODE.has(name)) continue;
    for (const each of Array.isArray(child) ? child : [child]) if (isNode(each)) visit(each, meet);
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string";
}

function described(text: string, start: number, end: number, replacement: string) {
  const changed = text.slice(start, end);
  if (changed.includes("\n")) return { original: shortened(changed), replacement: shortened(replacement) };
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const to = text.indexOf("\n", end);
  const [before, after] = [text.slice(from, start), text.slice(end, to < 0 ? text.length : to)];
  return { original: (before + changed + after).trim(), replacement: (before + replacement + after).trim() };
}

/** On one line, and of a long text its beginning. */
function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}…` : line;
}
