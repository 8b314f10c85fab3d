import type { EntityUid, Mask, PolicyId } from "@cordon/engine";
import type { EntityMapping, TableMapping } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import { commandCondition, type RlsPolicies, tableOf } from "./command-conditions.js";
import { COMMANDS, type Command, type Installation, type ProtectedTable } from "./installation.js";
import type { StaticParents } from "./lineage.js";
import { Lookups } from "./lookups.js";
import { columnsOf, type MaskedGroup, maskedQuery } from "./masks.js";
import { applyMigration, undoMigration } from "./migration.js";
import type { RlsWorld } from "./session-sql.js";

/** The action that each command on the rows of a type is. */
export type CommandActions = Readonly<Partial<Record<Command, EntityUid>>>;

/** Attributes that take a further action. */
export interface FieldGroup {
  readonly attributes: readonly string[];
  readonly action: EntityUid;
  /** Absent where nothing stands in their place. */
  readonly mask?: Mask | undefined;
}

export interface RlsOptions
  extends Omit<RlsPolicies, "onNarrowed">,
    Omit<Installation, "schema" | "tables" | "lookups"> {
  /** The schema of the database that functions are put into. */
  readonly home: string;
  readonly mappings: Iterable<EntityMapping>;
  /** By entity type. Commands without an action are refused. */
  readonly commands: Readonly<Record<string, CommandActions>>;
  /** The attributes of a type that an action on it alone doesn't show, or let write. */
  readonly fieldGroups: (type: string, action: EntityUid) => readonly FieldGroup[];
  /** Types of principals, where there is no schema to say which an action is for. */
  readonly principalTypes: readonly string[];
  readonly isStatic: (type: string) => boolean;
  readonly staticParents: StaticParents;
}

export interface RlsMigration {
  /** SQL that applies it, in one transaction. */
  readonly apply: string;
  /** SQL that takes it back, in one transaction. */
  readonly undo: string;
  readonly tables: readonly ProtectedTable[];
  /** Parts of policies that show no rows, because they can't be expressed. */
  readonly narrowed: readonly { readonly policyId: PolicyId; readonly clause: string }[];
}

/**
 * Policies for PostgreSQL, from the same plans as filters: what a session sees of a table is what its principal
 * may see of it by decisions.
 *
 * @throws PlanError for what can't be expressed, unless `narrow`
 */
export function generateRls(options: RlsOptions): RlsMigration {
  const lookups = new Lookups(options.home);
  const mappings = new Map([...options.mappings].map((mapping) => [mapping.type, mapping]));
  const { isStatic, staticParents } = options;
  const world: RlsWorld = { mappings, lookups, isStatic, staticParents };
  const narrowed = new Map<string, { policyId: PolicyId; clause: string }>();
  const policies: RlsPolicies = {
    ...options,
    onNarrowed: (policyId, clause) => narrowed.set(JSON.stringify([policyId, clause]), { policyId, clause }),
  };
  const conditionOf = (action: EntityUid, type: string): string => {
    const principalTypes = principalTypesOf(action, type, options);
    return commandCondition({ action, resourceType: type, principalTypes }, policies, world);
  };
  const tables = Object.entries(options.commands).map(([type, actions]) =>
    protectedTable(type, actions, options, tableOf(type, world), conditionOf),
  );
  const installation: Installation = { ...options, schema: options.home, tables, lookups };
  return {
    apply: applyMigration(installation),
    undo: undoMigration(installation),
    tables,
    narrowed: [...narrowed.values()],
  };
}

function protectedTable(
  type: string,
  actions: CommandActions,
  { fieldGroups }: RlsOptions,
  mapping: TableMapping,
  conditionOf: (action: EntityUid, type: string) => string,
): ProtectedTable {
  const conditions: Partial<Record<Command, string>> = {};
  const columns: Partial<Record<Command, readonly string[]>> = {};
  let view: string | undefined;
  for (const command of COMMANDS) {
    const action = actions[command];
    if (action === undefined) continue;
    const condition = conditionOf(action, type);
    conditions[command] = condition;
    const groups = command === "delete" ? [] : fieldGroups(type, action);
    if (groups.length === 0) continue;
    const divided = columnsOf(
      mapping,
      groups.flatMap(({ attributes }) => attributes),
    );
    columns[command] = divided.free;
    if (command !== "select") continue;
    const masked = groups.map(
      ({ attributes, mask, action: further }): MaskedGroup => ({
        attributes,
        mask,
        condition: conditionOf(further, type),
      }),
    );
    view = maskedQuery(mapping, condition, masked, divided);
  }
  return { table: mapping.table, conditions, columns, view };
}

/** @throws PlanError for an action that isn't for entities of the type */
function principalTypesOf(
  action: EntityUid,
  type: string,
  { schema, principalTypes }: RlsOptions,
): readonly string[] {
  if (schema === null) return principalTypes;
  const key = action.toString();
  const declared = Object.hasOwn(schema.actions, key) ? schema.actions[key] : undefined;
  if (declared?.resourceTypes.includes(type) === true) return declared.principalTypes;
  const problem = declared === undefined ? "is not in the schema" : `is not for entities of type \`${type}\``;
  throw new PlanError("not_known", `action \`${action}\` ${problem}`, { help: "mend `rls` in cordon.yaml" });
}
