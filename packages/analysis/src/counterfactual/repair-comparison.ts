import { Decimal, IpAddr, type PatternElementJson, type Value } from "@cordon/engine";
import { achieve } from "./achieve.js";
import { shiftedBy } from "./arithmetic.js";
import type { Node } from "./node.js";
import { placeOf } from "./place.js";
import { isUid, type Proposal, type Scene } from "./proposal.js";
import { valueText } from "./value-text.js";

/** `==` and `!=`; `equal` is what is wanted of the two sides. */
export function repairEquality(node: Node, equal: boolean, scene: Scene): Proposal[] {
  const [left, right] = node.children;
  if (left?.value === undefined || right?.value === undefined) return [];
  if (equal) {
    return [
      ...toValue(left, right.value, node, right, scene),
      ...toValue(right, left.value, node, left, scene),
    ];
  }
  return [...toAnother(left, right, node, scene), ...toAnother(right, left, node, scene)];
}

function toValue(side: Node, value: Value, node: Node, other: Node, scene: Scene): Proposal[] {
  return achieve(
    side,
    { value, must: `must equal ${named(other)}`, condition: conditionText(node, node.operator === "==") },
    scene,
  );
}

function toAnother(side: Node, other: Node, node: Node, scene: Scene): Proposal[] {
  const { value } = side;
  if (value === undefined) return [];
  return otherValues(value, scene).flatMap((another) =>
    achieve(
      side,
      {
        value: another,
        must: `must not equal ${named(other)}`,
        condition: conditionText(node, node.operator !== "=="),
      },
      scene,
    ),
  );
}

/** A few values of the kind of `value` that differ from it. */
export function otherValues(value: Value, { pool }: Scene): Value[] {
  if (typeof value === "boolean") return [!value];
  if (typeof value === "string") return [`${value}?`, ...pool.valuesLike(value)];
  if (isUid(value)) return pool.entitiesOf(value.type).filter((uid) => !uid.equals(value));
  const beside = [shiftedBy(value, 1n), shiftedBy(value, -1n)].filter((near) => near !== undefined);
  return beside.length > 0 ? beside : pool.valuesLike(value);
}

type Order = "<" | "<=" | ">" | ">=";

const OPPOSITE: Readonly<Record<Order, Order>> = { "<": ">=", "<=": ">", ">": "<=", ">=": "<" };
const MIRRORED: Readonly<Record<Order, Order>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };
const IN_WORDS: Readonly<Record<Order, string>> = {
  "<": "must be less than",
  "<=": "must be at most",
  ">": "must be more than",
  ">=": "must be at least",
};
const DECIMAL_ORDER: Readonly<Record<string, Order>> = {
  lessThan: "<",
  lessThanOrEqual: "<=",
  greaterThan: ">",
  greaterThanOrEqual: ">=",
};

/** How a node compares two ordered values; undefined where it does not. */
export function orderOf({ operator, name }: Node): Order | undefined {
  if (operator === "<" || operator === "<=" || operator === ">" || operator === ">=") return operator;
  return operator === "call" ? DECIMAL_ORDER[name] : undefined;
}

export function repairOrder(node: Node, order: Order, want: boolean, scene: Scene): Proposal[] {
  const [left, right] = node.children;
  if (left?.value === undefined || right?.value === undefined) return [];
  const wanted = want ? order : OPPOSITE[order];
  return [
    ...toOrder(left, wanted, right, conditionText(node, want), scene),
    ...toOrder(right, MIRRORED[wanted], left, conditionText(node, want), scene),
  ];
}

/** The value on the right side of the boundary that is next to it. */
function toOrder(side: Node, order: Order, bound: Node, condition: string, scene: Scene): Proposal[] {
  const step = order === "<" ? -1n : order === ">" ? 1n : 0n;
  const value = bound.value === undefined ? undefined : shiftedBy(bound.value, step);
  if (value === undefined) return [];
  return achieve(side, { value, must: `${IN_WORDS[order]} ${named(bound)}`, condition }, scene);
}

export function repairLike(node: Node, want: boolean, scene: Scene): Proposal[] {
  const [text] = node.children;
  if (typeof text?.value !== "string") return [];
  const literal = node.pattern.map(literalOf).join("");
  const candidates = want
    ? [literal]
    : ["", `${text.value}?`, `?${text.value}`, ...scene.pool.valuesLike("")];
  const pattern = node.text.slice(node.text.lastIndexOf(" like ") + " like ".length);
  const must = `${want ? "must be like" : "must not be like"} \`${pattern}\``;
  return candidates.flatMap((value) =>
    achieve(text, { value, must, condition: conditionText(node, want) }, scene),
  );
}

function literalOf(element: PatternElementJson): string {
  return element === "Wildcard" ? "" : element.Literal;
}

const ADDRESSES = [
  "0.0.0.0",
  "255.255.255.255",
  "127.0.0.1",
  "224.0.0.1",
  "::",
  "::1",
  "ff00::1",
  "2001:db8::1",
];

/** `isInRange`, `isIpv4` and so on: an address for which it holds, or one for which it does not. */
export function repairAddress(node: Node, want: boolean, scene: Scene): Proposal[] {
  const [of, range] = node.children;
  if (!(of?.value instanceof IpAddr)) return [];
  const addresses = ADDRESSES.map((text) => IpAddr.parse(text));
  const condition = conditionText(node, want);
  const must = `must be such that ${condition}`;
  const inside = range?.value instanceof IpAddr ? [firstAddress(range.value)] : [];
  const outside = range?.value instanceof IpAddr ? [] : addresses;
  const found = (want ? [...inside, ...outside] : addresses).flatMap((value) =>
    achieve(
      of,
      {
        value,
        must: want && range !== undefined ? `must be in ${named(range)}` : must,
        condition: conditionText(node, want),
      },
      scene,
    ),
  );
  const widened =
    range === undefined || !want
      ? []
      : achieve(range, { value: of.value, must, condition: conditionText(node, want) }, scene);
  return [...found, ...widened];
}

function firstAddress(range: IpAddr): IpAddr {
  return IpAddr.parse(range.toString().split("/")[0] ?? "");
}

/** The condition as it is wanted, in words. */
export function conditionText(node: Node, want: boolean): string {
  return want ? `\`${node.text}\`` : `\`${node.text}\` is false`;
}

/** ``\`principal.region\`, \`"us"\```, or the value alone where that is what the policy says. */
export function named({ text, value, operator }: Node): string {
  if (value === undefined) return `\`${text}\``;
  const shown = valueText(value);
  return shown === text || operator === "literal" || value instanceof Decimal
    ? `\`${shown}\``
    : `\`${text}\`, \`${shown}\``;
}

/** Other values to try for each fact of the condition that other conditions speak of as well. */
export function pooledValues(node: Node, want: boolean, scene: Scene): Proposal[] {
  return node.children.flatMap((child) => {
    const place = placeOf(child, scene.facts, scene.schema);
    const { value } = child;
    if (place === undefined || value === undefined || typeof value === "boolean") return [];
    if (!place.at.some((name) => scene.pool.isShared(name))) return [];
    const condition = conditionText(node, want);
    const must = `must be such that ${condition}`;
    return scene.pool
      .valuesLike(value)
      .flatMap((candidate) => achieve(child, { value: candidate, must, condition }, scene));
  });
}
