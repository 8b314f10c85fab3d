import { CedarSet, type Value } from "@cordon/engine";
import { achieve, setWith, setWithout } from "./achieve.js";
import type { Node } from "./node.js";
import type { Proposal, Scene } from "./proposal.js";
import { conditionText, named, otherValues } from "./repair-comparison.js";

/** The two operands of a condition about sets, and how each can be set. */
interface Operands {
  readonly whole: Node;
  readonly set: CedarSet;
  readonly part: Node;
  readonly scene: Scene;
  readonly to: (side: Node, value: Value, must: string) => Proposal[];
}

/** `contains`, `containsAll` and `containsAny`. */
export function repairContains(node: Node, want: boolean, scene: Scene): Proposal[] {
  const [whole, part] = node.children;
  if (whole === undefined || part?.value === undefined || !(whole.value instanceof CedarSet)) return [];
  const operands: Operands = { whole, set: whole.value, part, scene, to: setter(node, want, scene) };
  if (node.operator === "contains") return repairElement(operands, part.value, want);
  if (!(part.value instanceof CedarSet)) return [];
  return node.operator === "containsAll"
    ? repairAll(operands, part.value, want)
    : repairAny(operands, part.value, want);
}

function repairElement({ whole, set, part, scene, to }: Operands, element: Value, want: boolean): Proposal[] {
  if (want) {
    return [
      ...to(whole, setWith(set, [element]), `must contain ${named(part)}`),
      ...scene.pool.first(set).flatMap((other) => to(part, other, `must be one of ${named(whole)}`)),
    ];
  }
  return [
    ...to(whole, without(set, element), `must not contain ${named(part)}`),
    ...otherValues(element, scene)
      .filter((other) => !set.has(other))
      .flatMap((other) => to(part, other, `must be none of ${named(whole)}`)),
  ];
}

function repairAll({ whole, set, part, scene, to }: Operands, wanted: CedarSet, want: boolean): Proposal[] {
  if (want) {
    const known = setWithout(wanted, (element) => !set.has(element));
    return [
      ...to(whole, setWith(set, [...wanted]), `must contain all of ${named(part)}`),
      ...to(part, known, `must be all in ${named(whole)}`),
    ];
  }
  return [
    ...scene.pool.first(wanted).flatMap((e) => to(whole, without(set, e), `must lack one of ${named(part)}`)),
    ...strangers(set, wanted, scene).flatMap((e) =>
      to(part, setWith(wanted, [e]), `must contain what is not in ${named(whole)}`),
    ),
  ];
}

function repairAny({ whole, set, part, scene, to }: Operands, wanted: CedarSet, want: boolean): Proposal[] {
  if (want) {
    return [
      ...scene.pool
        .first(wanted)
        .flatMap((e) => to(whole, setWith(set, [e]), `must contain one of ${named(part)}`)),
      ...scene.pool
        .first(set)
        .flatMap((e) => to(part, setWith(wanted, [e]), `must contain one of ${named(whole)}`)),
    ];
  }
  const rest = setWithout(set, (element) => wanted.has(element));
  return [
    ...to(whole, rest, `must contain none of ${named(part)}`),
    ...to(
      part,
      setWithout(wanted, (element) => set.has(element)),
      `must contain none of ${named(whole)}`,
    ),
  ];
}

export function repairEmpty(node: Node, want: boolean, scene: Scene): Proposal[] {
  const [set] = node.children;
  if (set === undefined || !(set.value instanceof CedarSet)) return [];
  const to = setter(node, want, scene);
  if (want) return to(set, CedarSet.EMPTY, "must be empty");
  return scene.pool
    .first([...scene.pool.valuesLike(""), ...scene.pool.valuesLike(0)])
    .flatMap((element) => to(set, CedarSet.of([element]), "must not be empty"));
}

function setter(node: Node, want: boolean, scene: Scene): Operands["to"] {
  return (side, value, must) => achieve(side, { value, must, condition: conditionText(node, want) }, scene);
}

function without(set: CedarSet, element: Value): CedarSet {
  const only = CedarSet.of([element]);
  return setWithout(set, (other) => only.has(other));
}

/** Elements of the kind of those in the sets that the first does not contain. */
function strangers(set: CedarSet, wanted: CedarSet, scene: Scene): Value[] {
  const [example] = [...set, ...wanted];
  if (example === undefined) return [];
  return otherValues(example, scene).filter((value) => !set.has(value));
}
