import {
  type Bundle,
  type EntityStore,
  EntityUid,
  parseEntityUid,
  type ResolvedSchema,
} from "@cordon/engine";
import type { Settings } from "@cordon/pdp";
import { fieldGroupsOf, sqlTablesOf } from "@cordon/pdp/project";
import { Descendants, type EntityMapping } from "@cordon/planner";
import type { CommandActions, RlsOptions } from "@cordon/planner/rls";
import { CommandError } from "../failure.js";

interface RlsProject {
  readonly bundle: Bundle;
  readonly store: EntityStore;
  readonly settings: Settings;
  /** The types that a source knows something of. */
  readonly provided: ReadonlySet<string>;
}

/** What row-level security of a project is made from. */
export function rlsOptions({
  bundle,
  store,
  settings,
  provided,
}: RlsProject): Omit<RlsOptions, "authorizer" | "narrow"> {
  const { rls, identity } = settings;
  if (rls === undefined)
    throw invalid("the project has no setting `rls`", "say in cordon.yaml for which `role` and `tables`");
  const { schema } = bundle;
  const mappings = mappingsFor(Object.keys(rls.tables), settings);
  const isStatic = (type: string): boolean => !provided.has(type);
  return {
    title: `row-level security, by cordon from bundle ${bundle.id}`,
    home: rls.schema,
    role: rls.role,
    reader: rls.reader,
    views: rls.views,
    session: rls.session,
    force: rls.force,
    refusedMember: identity?.both === true ? identity.actor : undefined,
    schema,
    entities: store,
    mappings,
    isStatic,
    descendantsOf: descendantsIn(store, mappings, isStatic),
    staticParents: (type) => staticParents(store, type),
    principalTypes: rls.principals,
    commands: Object.fromEntries(
      Object.entries(rls.tables).map(([type, commands]) => [type, actionsOf(commands, schema)]),
    ),
    fieldGroups: (type, action) =>
      (fieldGroupsOf(bundle, type, action)?.groups ?? []).map((group) => ({
        attributes: group.attributes,
        action: actionOf(group.action, schema),
        mask: group.mask,
      })),
  };
}

/** All tables of one installation are in one database. */
function mappingsFor(types: readonly string[], settings: Settings): readonly EntityMapping[] {
  let found: ReturnType<typeof sqlTablesOf>;
  for (const type of types) {
    const tables = sqlTablesOf(type, settings);
    if (tables === undefined) {
      throw invalid(
        `no \`sql\` source has entities of type \`${type}\``,
        "declare under `sources` in which table they are",
      );
    }
    if (tables.dialect !== undefined && tables.dialect !== "postgres") {
      throw invalid(`source \`${tables.source}\` is no PostgreSQL`, "only PostgreSQL has row-level security");
    }
    if (found !== undefined && found.source !== tables.source) {
      throw invalid(
        `\`${found.source}\` and \`${tables.source}\` are different sources`,
        "row-level security is for the tables of one database",
      );
    }
    found = tables;
  }
  if (found === undefined) throw invalid("the setting `rls` names no tables", "name them under `rls.tables`");
  return found.mappings;
}

function actionsOf(
  commands: Readonly<Record<string, string | undefined>>,
  schema: ResolvedSchema | null,
): CommandActions {
  return Object.fromEntries(
    Object.entries(commands).flatMap(([command, action]) =>
      action === undefined ? [] : [[command, actionOf(action, schema)]],
    ),
  );
}

/** `ticket:read`, in whichever namespace the schema has it, or `Action::"ticket:read"`. */
function actionOf(text: string, schema: ResolvedSchema | null): EntityUid {
  if (text.endsWith('"')) return parseEntityUid(text);
  const named = Object.values(schema?.actions ?? {}).filter(({ uid }) => uid.id === text);
  const [only] = named;
  if (named.length > 1) {
    throw invalid(`\`${text}\` is an action of several namespaces`, `write \`${only?.uid.type}::"${text}"\``);
  }
  return only === undefined ? EntityUid.of("Action", text) : EntityUid.of(only.uid.type, only.uid.id);
}

function descendantsIn(
  store: EntityStore,
  mappings: readonly EntityMapping[],
  isStatic: (type: string) => boolean,
) {
  const parentsOf = (type: string): readonly string[] =>
    mappings.find((mapping) => mapping.type === type)?.parents.map((parent) => parent.type) ?? [];
  const descendants = new Descendants(store, {
    ownsParents: (type, parent) => parentsOf(type).includes(parent),
    ownsAny: (type) => !isStatic(type) && parentsOf(type).length > 0,
    reaches: (type, ancestor) => reaches(type, ancestor, parentsOf),
  });
  return (uid: EntityUid) => descendants.of(uid);
}

function reaches(type: string, ancestor: string, parentsOf: (type: string) => readonly string[]): boolean {
  const seen = new Set<string>();
  const queue = [...parentsOf(type)];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next === ancestor) return true;
    if (!seen.has(next)) queue.push(...parentsOf(next));
    seen.add(next);
  }
  return false;
}

function* staticParents(store: EntityStore, type: string): Iterable<{ child: EntityUid; parent: EntityUid }> {
  for (const { uid, parents } of store) {
    if (uid.type !== type) continue;
    for (const parent of parents) yield { child: uid, parent };
  }
}

function invalid(message: string, help: string): CommandError {
  return new CommandError("invalid_argument", message, { help });
}
