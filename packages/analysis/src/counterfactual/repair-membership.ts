import { CedarSet, describeValue, type EntityUid, type ResolvedSchema, type Value } from "@cordon/engine";
import { achieve, setWith, setWithout } from "./achieve.js";
import type { MembershipChange } from "./change.js";
import type { Node } from "./node.js";
import { isUid, type Proposal, type Scene } from "./proposal.js";
import { conditionText } from "./repair-comparison.js";

/** `left in right`, as a condition: by who is in what, or by the values that name the two. */
export function repairIn(node: Node, want: boolean, scene: Scene): Proposal[] {
  const [left, right] = node.children;
  if (left === undefined || right?.value === undefined || !isUid(left.value)) return [];
  const targets =
    right.value instanceof CedarSet ? [...right.value].filter(isUid) : [right.value].filter(isUid);
  const byMembership = repairMembership(left.value, targets, want, scene);
  return [...byMembership, ...repairNames(node, left, left.value, right, targets, want, scene)];
}

/** Makes an entity a member of one of the targets, or of none. */
export function repairMembership(
  member: EntityUid,
  targets: readonly EntityUid[],
  want: boolean,
  scene: Scene,
): Proposal[] {
  return want ? joining(member, targets, scene) : leaving(member, targets, scene);
}

/** Memberships that the schema allows: the member's own if it can be, else through what lies between. */
function joining(member: EntityUid, targets: readonly EntityUid[], scene: Scene): Proposal[] {
  const changes: MembershipChange[] = [];
  for (const target of scene.pool.first(targets)) {
    if (!mayBeIn(member, target, scene.schema)) changes.push(...indirect(member, target, scene));
    else if (isKnown(member, scene)) changes.push(edge("add_parent", member, target));
  }
  return changes.map((change) => ({ change, must: undefined }));
}

function indirect(member: EntityUid, target: EntityUid, scene: Scene): MembershipChange[] {
  const { entities } = scene.facts;
  const above = [member, ...(entities.get(member)?.ancestors() ?? [])];
  const below: EntityUid[] = [target];
  for (const entity of entities.all()) if (entity.isIn(target)) below.push(entity.uid);
  function* edges(): Generator<MembershipChange> {
    for (const lower of above) {
      if (!isKnown(lower, scene)) continue;
      for (const upper of below) {
        if (mayBeIn(lower, upper, scene.schema)) yield edge("add_parent", lower, upper);
      }
    }
  }
  return scene.pool.first(edges());
}

function mayBeIn(member: EntityUid, group: EntityUid, schema: ResolvedSchema | null): boolean {
  if (member.equals(group)) return false;
  return schema === null || (schema.entityTypes[member.type]?.memberOfTypes.includes(group.type) ?? false);
}

/** Of an entity that a record doesn't hold, its memberships aren't known either. */
function isKnown(uid: EntityUid, { facts: { entities } }: Scene): boolean {
  return entities.complete || entities.get(uid) !== undefined;
}

/** Every membership on one way up: one of them must go, whichever else must go too. */
function leaving(member: EntityUid, targets: readonly EntityUid[], scene: Scene): Proposal[] {
  for (const target of targets) {
    const way = wayUp(member, target, scene);
    if (way.length === 0) continue;
    return way.map((change) => ({ change, must: undefined }));
  }
  return [];
}

/** The memberships of the shortest way from an entity up to another. */
function wayUp(from: EntityUid, to: EntityUid, { facts }: Scene): MembershipChange[] {
  const cameBy = new Map<string, { below: EntityUid; uid: EntityUid }>();
  let front: EntityUid[] = [from];
  while (front.length > 0 && !cameBy.has(to.key)) {
    const next: EntityUid[] = [];
    for (const below of front) {
      for (const uid of facts.entities.get(below)?.parents ?? []) {
        if (cameBy.has(uid.key)) continue;
        cameBy.set(uid.key, { below, uid });
        next.push(uid);
      }
    }
    front = next;
  }
  const way: MembershipChange[] = [];
  for (let step = cameBy.get(to.key); step !== undefined; step = cameBy.get(step.below.key)) {
    way.push(edge("remove_parent", step.below, step.uid));
    if (step.below.equals(from)) break;
  }
  return way.reverse();
}

function edge(kind: MembershipChange["kind"], entity: EntityUid, parent: EntityUid): MembershipChange {
  return { kind, entity: entity.toString(), parent: parent.toString() };
}

/** The other way: another entity is named on one of the sides. */
function repairNames(
  node: Node,
  left: Node,
  member: EntityUid,
  right: Node,
  targets: readonly EntityUid[],
  want: boolean,
  scene: Scene,
): Proposal[] {
  const { entities } = scene.facts;
  const to = (side: Node, value: Value, must: string): Proposal[] =>
    achieve(side, { value, must, condition: conditionText(node, want) }, scene);
  const isIn = (uid: EntityUid) =>
    targets.some((target) => uid.equals(target) || entities.get(uid)?.isIn(target) === true);
  const named = [...targets, ...scene.pool.entitiesOf(member.type)].filter((uid) => isIn(uid) === want);
  const others = scene.pool
    .first(named)
    .flatMap((uid) => to(left, uid, `${want ? "must be in" : "must not be in"} \`${right.text}\``));
  const self = [member, ...(entities.get(member)?.ancestors() ?? [])];
  if (!(right.value instanceof CedarSet)) {
    const renamed = want ? self : scene.pool.entitiesOf(targets[0]?.type ?? "");
    const must = `must ${want ? "" : "not "}be ${shown(member)} or what that is in`;
    return [...others, ...scene.pool.first(renamed).flatMap((uid) => to(right, uid, must))];
  }
  const { value } = right;
  if (want) {
    const added = self.flatMap((uid) => to(right, setWith(value, [uid]), `must contain ${shown(uid)}`));
    return [...others, ...added];
  }
  const kept = setWithout(value, (element) => self.some((uid) => uid.equals(element as object)));
  return [...others, ...to(right, kept, `must contain neither ${shown(member)} nor what that is in`)];
}

function shown(uid: EntityUid): string {
  return `\`${describeValue(uid)}\``;
}
