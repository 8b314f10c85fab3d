import { CedarSet, Datetime, Decimal, Duration, IpAddr, type Value } from "@cordon/engine";
import type { Node } from "./node.js";
import { type Place, placeBelow, placeOf, readPlace } from "./place.js";
import { aimedAt, isUid, type Proposal, type Scene, setPlace } from "./proposal.js";
import {
  orderOf,
  pooledValues,
  repairAddress,
  repairEquality,
  repairLike,
  repairOrder,
} from "./repair-comparison.js";
import { repairIn } from "./repair-membership.js";
import { repairContains, repairEmpty } from "./repair-sets.js";
import { anyValue } from "./schema-values.js";

/**
 * The single changes of which at least one is needed before `node` can come to `want`. None where it already
 * does, or where no change that is understood can make it.
 */
export function repairs(node: Node, want: boolean, scene: Scene): Proposal[] {
  if (node.value === want) return [];
  switch (node.operator) {
    case "!":
      return node.children.flatMap((child) => repairs(child, !want, scene));
    case "&&":
      return repairConnective(node, want, true, scene);
    case "||":
      return repairConnective(node, want, false, scene);
    case "if":
      return repairChoice(node, want, scene);
    case "literal":
      return [];
    default: {
      const place =
        node.operator === "." || node.operator === "getTag"
          ? placeOf(node, scene.facts, scene.schema)
          : undefined;
      if (node.errs) return repairError(node, scene);
      if (place !== undefined)
        return aimedAt(node, want, setPlace(place, want, `must be \`${want}\``, scene));
      return aimedAt(node, want, repairAtom(node, want, scene));
    }
  }
}

/**
 * `&&` where `neutral` is true, else `||`. To come to its neutral value all operands must, so the first that
 * does not must change; to come to the other value any one suffices, up to where evaluation stopped.
 */
function repairConnective(node: Node, want: boolean, neutral: boolean, scene: Scene): Proposal[] {
  const stopped = node.children.findIndex((child) => child.value !== neutral);
  const reached = stopped < 0 ? node.children : node.children.slice(0, stopped + 1);
  if (want === neutral) return reached.slice(-1).flatMap((child) => repairs(child, want, scene));
  return reached.flatMap((child) => repairs(child, want, scene));
}

function repairChoice({ children }: Node, want: boolean, scene: Scene): Proposal[] {
  const [test, then, otherwise] = children;
  if (test === undefined || then === undefined || otherwise === undefined) return [];
  if (typeof test.value !== "boolean") {
    return [...repairs(test, true, scene), ...repairs(test, false, scene)];
  }
  return [...repairs(test.value ? then : otherwise, want, scene), ...repairs(test, !test.value, scene)];
}

function repairAtom(node: Node, want: boolean, scene: Scene): Proposal[] {
  const order = orderOf(node);
  if (order !== undefined)
    return [...repairOrder(node, order, want, scene), ...pooledValues(node, want, scene)];
  switch (node.operator) {
    case "==":
    case "!=":
      return repairSameness(node, want === (node.operator === "=="), scene);
    case "in":
      return repairIn(node, want, scene);
    case "is":
      return repairType(node, want, scene);
    case "has":
    case "hasTag":
      return want ? givePath(node, scene) : takePath(node, scene);
    case "like":
      return [...repairLike(node, want, scene), ...pooledValues(node, want, scene)];
    case "contains":
    case "containsAll":
    case "containsAny":
      return repairContains(node, want, scene);
    case "isEmpty":
      return repairEmpty(node, want, scene);
    case "call":
      return [...repairAddress(node, want, scene), ...pooledValues(node, want, scene)];
    default:
      return [];
  }
}

/** Conditions that are compared with one another are turned like any other. */
function repairSameness(node: Node, equal: boolean, scene: Scene): Proposal[] {
  const [left, right] = node.children;
  const found = [
    ...repairEquality(node, equal, scene),
    ...pooledValues(node, equal === (node.operator === "=="), scene),
  ];
  if (left === undefined || right === undefined) return found;
  for (const [side, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (typeof other.value !== "boolean" || placeOf(side, scene.facts, scene.schema) !== undefined) continue;
    const target = equal ? other.value : !other.value;
    found.push(...repairs(side, target, scene).map(({ change, must }) => ({ change, must })));
  }
  return found;
}

/** The type of who and what is asked about is no fact that can change; that of a named entity is. */
function repairType(node: Node, want: boolean, scene: Scene): Proposal[] {
  const [of, within] = node.children;
  if (of === undefined || !isUid(of.value)) return [];
  const isOfType = of.value.type === node.name;
  if (within !== undefined && isOfType) return repairIn({ ...node, children: [of, within] }, want, scene);
  const place = placeOf(of, scene.facts, scene.schema);
  const must = `${want ? "must be" : "must not be"} \`${node.name}\``;
  if (!want) return [];
  return scene.pool.entitiesOf(node.name).flatMap((uid) => setPlace(place, uid, must, scene));
}

/** Gives the outermost attribute of the path that is missing, with those below it. */
function givePath(node: Node, scene: Scene): Proposal[] {
  const found = missingPlace(node, scene);
  if (found === undefined) return [];
  return startingValues(found, scene).flatMap((value) =>
    setPlace(found, value, `must have \`${found.at.at(-1) ?? ""}\``, scene),
  );
}

function missingPlace(node: Node, scene: Scene): Place | undefined {
  const [of] = node.children;
  if (node.operator === "hasTag" || of === undefined) return placeOf(node, scene.facts, scene.schema);
  let from = of;
  let place: Place | undefined;
  for (const name of node.path) {
    place = placeBelow(from, name, `${from.text}.${name}`, scene.facts, scene.schema);
    if (place === undefined) return undefined;
    const value = readPlace(place, scene.facts);
    if (value === undefined) return place;
    from = { ...node, operator: ".", name, children: [from], text: place.text, value };
  }
  return undefined;
}

function takePath(node: Node, scene: Scene): Proposal[] {
  const [of] = node.children;
  if (node.operator === "hasTag" || of === undefined) {
    const place = placeOf(node, scene.facts, scene.schema);
    return setPlace(place, undefined, "must be absent", scene);
  }
  let from = of;
  const found: Proposal[] = [];
  for (const name of node.path) {
    const place = placeBelow(from, name, `${from.text}.${name}`, scene.facts, scene.schema);
    if (place === undefined) break;
    found.push(...setPlace(place, undefined, "must be absent", scene));
    const value = readPlace(place, scene.facts);
    if (value === undefined) break;
    from = { ...node, operator: ".", name, children: [from], text: place.text, value };
  }
  return found;
}

/** An expression that errs for want of an attribute or tag, or somewhere within it: it is given one. */
function repairError(node: Node, scene: Scene): Proposal[] {
  const inner = node.children.find((child) => child.errs);
  if (inner !== undefined) return repairError(inner, scene);
  const choice = node.operator === "if" || node.operator === "&&" || node.operator === "||";
  if (choice) return [];
  const place = placeOf(node, scene.facts, scene.schema);
  if (place === undefined || readPlace(place, scene.facts) !== undefined) return [];
  return startingValues(place, scene).flatMap((value) => setPlace(place, value, "must be given", scene));
}

/** Values to begin with; what comes after in the condition makes them what they must be. */
function startingValues(place: Place, { pool, facts }: Scene): Value[] {
  if (place.type === undefined) return [...ANY_TYPE, facts.request.principal, facts.request.resource];
  if (place.type.type === "Entity") return [...pool.entitiesOf(place.type.name)];
  if (place.type.type === "Boolean") return [true, false];
  const value = anyValue(place.type, (type) => pool.entitiesOf(type)[0]);
  return value === undefined ? [] : [value];
}

/** Without a schema, a value of each type: evaluation tells which will do. */
const ANY_TYPE: readonly Value[] = [
  true,
  false,
  0,
  "",
  CedarSet.EMPTY,
  IpAddr.parse("0.0.0.0"),
  Decimal.parse("0.0"),
  new Datetime(0),
  new Duration(0),
];
