import { type EntityMapping, isColumn, isSetTable, isTable } from "@cordon/planner/mapping";

/** What a change of a table means: entities of a type changed, whose ids are in a column; all of it without one. */
export interface Meaning {
  readonly type: string;
  readonly column: string | null;
}

/** A table and what its changes mean. */
export interface PushedTable {
  readonly table: string;
  readonly meanings: readonly Meaning[];
}

/**
 * The tables that the mappings read, and which entities a change in each concerns. A change of a join table concerns
 * the child, whose parents it changes.
 *
 * @param watched tables whose changes concern a whole type, by type: for queries and views
 */
export function pushedTables(
  mappings: readonly EntityMapping[],
  watched: ReadonlyMap<string, readonly string[]>,
): PushedTable[] {
  const tables = new Map<string, Meaning[]>();
  const add = (table: string, meaning: Meaning): void => {
    const meanings = tables.get(table) ?? [];
    tables.set(table, meanings);
    if (!meanings.some(({ type, column }) => type === meaning.type && column === meaning.column)) {
      meanings.push(meaning);
    }
  };
  for (const mapping of mappings) {
    const { type } = mapping;
    const instead = watched.get(type);
    for (const table of instead ?? []) add(table, { type, column: null });
    if (isTable(mapping) && instead === undefined) add(mapping.table, { type, column: mapping.id });
    for (const attribute of Object.values(mapping.attributes)) {
      if (!isColumn(attribute) && isSetTable(attribute))
        add(attribute.table, { type, column: attribute.owner });
    }
    for (const parent of mapping.parents) {
      if ("table" in parent) add(parent.table, { type, column: parent.child });
    }
    if (mapping.tags !== undefined) add(mapping.tags.table, { type, column: mapping.tags.entity });
  }
  return [...tables].map(([table, meanings]) => ({ table, meanings }));
}

/** Types that no table stands for, so that none of their changes would be told. */
export function unwatched(
  mappings: readonly EntityMapping[],
  watched: ReadonlyMap<string, readonly string[]>,
): string[] {
  return mappings
    .filter((mapping) => !isTable(mapping) && !watched.has(mapping.type))
    .map(({ type }) => type);
}
