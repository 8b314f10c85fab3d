import type { EntityUid, PolicyId } from "@cordon/engine";
import type { EntityMapping } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import { commandCondition, type RlsPolicies, tableOf } from "./command-conditions.js";
import { COMMANDS, type Command, type Installation, type ProtectedTable } from "./installation.js";
import type { StaticParents } from "./lineage.js";
import { Lookups } from "./lookups.js";
import { applyMigration, undoMigration } from "./migration.js";
import type { RlsWorld } from "./session-sql.js";

/** The action that each command on the rows of a type is. */
export type CommandActions = Readonly<Partial<Record<Command, EntityUid>>>;

export interface RlsOptions
  extends Omit<RlsPolicies, "onNarrowed">,
    Omit<Installation, "schema" | "tables" | "lookups"> {
  /** The schema of the database that functions are put into. */
  readonly home: string;
  readonly mappings: Iterable<EntityMapping>;
  /** By entity type. Commands without an action are refused. */
  readonly commands: Readonly<Record<string, CommandActions>>;
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
  const tables = Object.entries(options.commands).map(([type, actions]): ProtectedTable => {
    const conditions: Partial<Record<Command, string>> = {};
    for (const command of COMMANDS) {
      const action = actions[command];
      if (action === undefined) continue;
      const principalTypes = principalTypesOf(action, type, options);
      conditions[command] = commandCondition({ action, resourceType: type, principalTypes }, policies, world);
    }
    return { table: tableOf(type, world).table, conditions };
  });
  const installation: Installation = { ...options, schema: options.home, tables, lookups };
  return {
    apply: applyMigration(installation),
    undo: undoMigration(installation),
    tables,
    narrowed: [...narrowed.values()],
  };
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
