import type { CallEntity, CallValue } from "@cordon/cedar";
import type { Choices } from "./choices.js";
import { anyUid } from "./policies.js";
import { type Attribute, genType, type Vocabulary } from "./types.js";
import { genUid, genValue, IDS, record, STRINGS, type Uid } from "./values.js";

export interface GeneratedRequest {
  principal: Uid;
  action: Uid;
  resource: Uid;
  context: { [attribute: string]: CallValue };
}

/** Entities of the vocabulary's types: some missing, in a hierarchy without cycles, valid by the schema. */
export function genEntities(choices: Choices, vocabulary: Vocabulary, hasSchema: boolean): CallEntity[] {
  const uids = new Map<string, Uid>();
  for (let count = choices.below(9); count > 0; count--) {
    const uid = anyUid(choices, vocabulary);
    uids.set(JSON.stringify(uid), uid);
  }
  const ordered = [...uids.values()];
  const entities = ordered.map((uid, index): CallEntity => {
    const type = vocabulary.entityTypes.find(({ name }) => name === uid.type);
    const enumerated = type?.ids != null;
    const tagType = type?.tags ?? null;
    const tags = tagType && !enumerated ? choices.some(STRINGS.slice(0, 4), 0.5) : [];
    return {
      uid: choices.chance(0.2) ? { __entity: uid } : uid,
      attrs: enumerated ? {} : genMembers(choices, type?.attributes ?? new Map(), vocabulary, hasSchema),
      // Parents come later in the order, or aren't there at all.
      parents: enumerated
        ? []
        : genParents(choices, ordered.slice(index + 1), type?.memberOf ?? [], vocabulary),
      ...(tags.length > 0 && tagType
        ? {
            tags: record(
              tags.map((tag) => [tag, form(choices, genValue(choices, tagType, vocabulary), hasSchema)]),
            ),
          }
        : {}),
    };
  });
  return hasSchema ? entities : [...entities, ...actionEntities(choices, vocabulary)];
}

/** Without a schema nothing else says what the groups of actions are. */
function actionEntities(choices: Choices, { actions, actionType }: Vocabulary): CallEntity[] {
  return choices.some(actions, 0.7).map(({ id, memberOf }) => ({
    uid: { type: actionType, id },
    attrs: {},
    parents: memberOf.map((parent) => ({ type: actionType, id: parent })),
  }));
}

function genParents(
  choices: Choices,
  later: readonly Uid[],
  allowed: readonly string[],
  vocabulary: Vocabulary,
): Uid[] {
  const parents = choices.some(
    later.filter(({ type }) => allowed.includes(type)),
    0.4,
  );
  const missing =
    allowed.length > 0 && choices.chance(0.2) ? [{ type: choices.pick(allowed), id: IDS[7] ?? "" }] : [];
  return [
    ...parents,
    ...missing.filter(({ type }) => vocabulary.entityTypes.some(({ name }) => name === type)),
  ];
}

function genMembers(
  choices: Choices,
  attributes: Map<string, Attribute>,
  vocabulary: Vocabulary,
  hasSchema: boolean,
): { [attribute: string]: CallValue } {
  const present = [...attributes].filter(
    ([, { required }]) => (hasSchema && required) || choices.chance(0.7),
  );
  return record(
    present.map(([name, { type: declared }]) => {
      const names = vocabulary.entityTypes.map((entityType) => entityType.name);
      const type = !hasSchema && choices.chance(0.05) ? genType(choices, names, 1) : declared;
      return [name, form(choices, genValue(choices, type, vocabulary), hasSchema)];
    }),
  );
}

function form(
  choices: Choices,
  value: { explicit: CallValue; implicit: CallValue },
  hasSchema: boolean,
): CallValue {
  return hasSchema && choices.chance(0.5) ? value.implicit : value.explicit;
}

/** A request of an action that applies to it; its entities may be missing among those given. */
export function genRequest(choices: Choices, vocabulary: Vocabulary, hasSchema: boolean): GeneratedRequest {
  const action = choices.pick(vocabulary.actions.slice(0, 3));
  const known = hasSchema || !choices.chance(0.1);
  return {
    principal: genUid(choices, choices.pick(action.principals), vocabulary),
    action: { type: vocabulary.actionType, id: known ? action.id : choices.pick(IDS) },
    resource: genUid(choices, choices.pick(action.resources), vocabulary),
    context: genMembers(choices, action.context, vocabulary, hasSchema),
  };
}
