import fc from "fast-check";

/**
 * JSON as it is written rather than as it is meant, so that a mutation can say things that no serialiser
 * would: a key twice, a number of a hundred digits, half a surrogate.
 */
export type Node =
  | { readonly raw: string }
  | { readonly members: readonly (readonly [key: string, value: Node])[] }
  | { readonly elements: readonly Node[] };

export function nodeOf(value: unknown): Node {
  if (Array.isArray(value)) return { elements: value.map(nodeOf) };
  if (typeof value !== "object" || value === null) return { raw: JSON.stringify(value) };
  return { members: Object.entries(value).map(([key, member]) => [JSON.stringify(key), nodeOf(member)]) };
}

export function print(node: Node): string {
  if ("raw" in node) return node.raw;
  if ("elements" in node) return `[${node.elements.map(print).join(",")}]`;
  return `{${node.members.map(([key, value]) => `${key}:${print(value)}`).join(",")}}`;
}

const nested = (open: string, close: string, levels: number): string =>
  open.repeat(levels) + close.repeat(levels);

/** Values that something on the way to a decision could stumble over. */
const JUNK: readonly string[] = [
  "null",
  "true",
  "0",
  "-0",
  "1.5",
  "1e400",
  "-1e-400",
  "9007199254740993",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775809",
  `1${"0".repeat(400)}`,
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"\\ud83d\\ude00"',
  '"__proto__"',
  '"constructor"',
  '"user::\\"alice\\""',
  `"${"x".repeat(5_000)}"`,
  "[]",
  "{}",
  "[[],{},null]",
  '{"__proto__":{"type":"user"}}',
  '{"constructor":{"prototype":{}}}',
  '{"__entity":{"type":"user","id":"alice"}}',
  '{"__entity":null}',
  '{"__extn":{"fn":"ip","arg":"10.0.0.1"}}',
  '{"__extn":{"fn":"decimal","arg":"x"}}',
  '{"__extn":{"fn":"datetime","args":[]}}',
  '{"type":"user","id":"alice"}',
  nested("[", "]", 63),
  nested('{"a":', "}", 70).replace(":}", ":1}"),
  nested("[", "]", 10_000),
  "NaN",
  "undefined",
  "'x'",
  "01",
  ".5",
  "+1",
  "tru",
  "",
];

const KEYS: readonly string[] = [
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"hasOwnProperty"',
  '""',
  '"subject"',
  '"type"',
  '"id"',
  '"name"',
  '"properties"',
  '"context"',
  '"action"',
  '"now"',
  '"evaluations"',
  '"options"',
  '"evaluations_semantic"',
  '"\\ud800"',
  "type",
  '"a/b~c"',
];

interface Mutation {
  readonly kind: "replace" | "drop" | "duplicate" | "rename" | "insert" | "wrap";
  /** Which of the tree's nodes, modulo their number. */
  readonly at: number;
  readonly junk: string;
  readonly key: string;
}

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom("replace", "drop", "duplicate", "rename", "insert", "wrap"),
  at: fc.nat(200),
  junk: fc.constantFrom(...JUNK),
  key: fc.constantFrom(...KEYS),
});

/** Applies a mutation to the node that it counts to, in reading order. */
export function mutate(root: Node, change: Mutation): Node {
  let countdown = change.at % size(root);
  const walk = (node: Node): Node => {
    if (countdown-- === 0) return changed(node, change);
    if ("raw" in node) return node;
    if ("elements" in node) return { elements: node.elements.map(walk) };
    return { members: node.members.map(([key, value]) => [key, walk(value)] as const) };
  };
  return walk(root);
}

function size(node: Node): number {
  if ("raw" in node) return 1;
  const children = "elements" in node ? node.elements : node.members.map(([, value]) => value);
  return children.reduce((sum, child) => sum + size(child), 1);
}

function changed(node: Node, { kind, at, junk, key }: Mutation): Node {
  if (kind === "wrap") return { elements: [node] };
  if (kind === "replace" || "raw" in node) return { raw: junk };
  if ("elements" in node) {
    const keep = kind === "drop" ? [] : node.elements;
    return {
      elements: [...keep, kind === "duplicate" ? (node.elements[0] ?? { raw: junk }) : { raw: junk }],
    };
  }
  const { members } = node;
  const victim = members.length === 0 ? -1 : at % members.length;
  const chosen = members[victim];
  if (chosen === undefined || kind === "insert") return { members: [...members, [key, { raw: junk }]] };
  if (kind === "drop") return { members: members.filter((_, index) => index !== victim) };
  if (kind === "duplicate") return { members: [...members, [chosen[0], { raw: junk }]] };
  return { members: members.map((member, index) => (index === victim ? [key, member[1]] : member)) };
}
