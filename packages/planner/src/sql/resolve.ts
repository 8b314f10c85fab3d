import type { SchemaType } from "@cordon/engine";
import {
  type ColumnMapping,
  type ColumnStorage,
  isColumn,
  isSetTable,
  type SetTableMapping,
} from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import { entityTypeOf, type Kind, kindOf, kindOfType, type Term } from "../predicate/index.js";
import type { JsonKind } from "./dialect.js";
import { type Sql, sql } from "./fragment.js";
import type { Query, Row, Scope } from "./query.js";
import type { Form, Scalar } from "./scalar.js";

/** Where a term that isn't a literal or computed comes from. */
export type Resolved =
  | { readonly kind: "scalar"; readonly scalar: Scalar }
  | {
      readonly kind: "columns";
      readonly row: Row;
      readonly members: Readonly<Record<string, ColumnMapping>>;
    }
  | {
      readonly kind: "json";
      readonly value: Sql;
      readonly type: SchemaType;
      readonly conditions: readonly Sql[];
    }
  | { readonly kind: "array"; readonly column: Sql; readonly element: Form; readonly exact: boolean }
  | { readonly kind: "table"; readonly row: Row; readonly mapping: SetTableMapping };

/** @throws PlanError `not_mapped` or `not_expressible` */
export function resolve(term: Term, scope: Scope): Resolved {
  switch (term.kind) {
    case "row":
      return { kind: "scalar", scalar: idOf(scope.query, scope.query.row) };
    case "session":
      return sessionOf(term, scope);
    case "attribute":
      return entityTypeOf(kindOf(term.of)) === undefined ? memberOf(term, scope) : attributeOf(term, scope);
    case "tag":
      return tagOf(term, scope);
    default:
      throw new PlanError("not_expressible", "it is computed");
  }
}

function sessionOf(term: Term & { kind: "session" }, { query: { session } }: Scope): Resolved {
  if (session === undefined) throw new PlanError("not_known", `the ${term.variable} is not known`);
  return term.variable === "principal"
    ? { kind: "scalar", scalar: session.principal }
    : { kind: "json", value: session.context, type: term.type, conditions: [] };
}

/** The id of a row of the mapping. */
export function idOf(query: Query, row: Row): Scalar {
  const { id, idAs = "text", idExact = false } = row.mapping;
  return { sql: query.column(row, id), form: formOfId(idAs, query), conditions: [], exact: idExact };
}

/** A reference to an entity of a type, stored as `as` or else as the ids of that type are. */
export function referenceIn(
  query: Query,
  column: Sql,
  type: string,
  { as, exact = false }: { as?: ColumnStorage | undefined; exact?: boolean | undefined },
): Scalar {
  const form = formOfId(as ?? query.mappingOf(type)?.idAs ?? "text", query);
  return { sql: column, form, conditions: [], exact };
}

/** The row of the entity that a term comes to: joined, where it isn't the row itself. */
export function rowOf(term: Term, scope: Scope): Row {
  if (term.kind === "row") return scope.query.row;
  const type = entityTypeOf(kindOf(term)) ?? "";
  return scope.joined(term, () => {
    const { query } = scope;
    const mapping = query.tableOf(type);
    const reference = scalarOf(term, scope);
    const row: Row = { alias: query.newAlias(), mapping };
    return {
      row,
      from: sql`${query.table(mapping.table)} ${row.alias}`,
      on: sameIds(query, idOf(query, row), reference),
    };
  });
}

/** @throws PlanError for a set or record */
export function scalarOf(term: Term, scope: Scope): Scalar {
  const known = scope.query.session?.lookup(term);
  if (known !== undefined) return known;
  const resolved = resolve(term, scope);
  if (resolved.kind === "scalar") return resolved.scalar;
  if (resolved.kind === "json") return jsonScalarOf(resolved, scope);
  throw new PlanError("not_expressible", "a set or record is compared as a whole");
}

/** Whether two ids are the same, however each is stored. */
export function sameIds({ dialect }: Query, left: Scalar, right: Scalar): Sql {
  const typed = left.typed?.[right.form] ?? right.typed?.[left.form];
  if (typed !== undefined) return sql`${left.typed === undefined ? left.sql : right.sql} = ${typed}`;
  if (left.form === right.form && left.form !== "text") return sql`${left.sql} = ${right.sql}`;
  const [a, b] = [left, right].map((id) => (id.form === "text" ? id.sql : dialect.asText(id)));
  return dialect.textsEqual(a ?? left.sql, b ?? right.sql);
}

function attributeOf(term: Term & { kind: "attribute" }, scope: Scope): Resolved {
  const type = entityTypeOf(kindOf(term.of)) ?? "";
  const { attributes } = scope.query.tableOf(type);
  const mapping = Object.hasOwn(attributes, term.name) ? attributes[term.name] : undefined;
  if (mapping === undefined) {
    throw new PlanError(
      "not_mapped",
      `the mapping doesn't say where attribute \`${term.name}\` of ${type} is`,
      {
        help: `add it to the attributes of \`${type}\``,
      },
    );
  }
  const row = rowOf(term.of, scope);
  if (isColumn(mapping)) return columnOf(row, mapping, term.type, scope.query);
  return isSetTable(mapping)
    ? { kind: "table", row, mapping }
    : { kind: "columns", row, members: mapping.members };
}

function memberOf(term: Term & { kind: "attribute" }, scope: Scope): Resolved {
  const { query } = scope;
  if (term.of.kind === "session") {
    const scalar = query.session?.member(term.name, term.type);
    if (scalar !== undefined) return { kind: "scalar", scalar };
  }
  const record = resolve(term.of, scope);
  if (record.kind === "columns") {
    const mapping = Object.hasOwn(record.members, term.name) ? record.members[term.name] : undefined;
    if (mapping !== undefined) return columnOf(record.row, mapping, term.type, query);
    throw new PlanError("not_mapped", `the mapping doesn't say where member \`${term.name}\` of a record is`);
  }
  if (record.kind !== "json") throw new PlanError("not_expressible", "it isn't a record in the database");
  return {
    kind: "json",
    value: query.dialect.jsonMember(record.value, term.name),
    type: term.type,
    conditions: [...record.conditions, query.dialect.isJson(record.value, "object")],
  };
}

function columnOf(row: Row, mapping: ColumnMapping, type: SchemaType, query: Query): Resolved {
  const column = query.column(row, mapping.column);
  const { dialect } = query;
  if (type.type === "Record") {
    if (mapping.as !== undefined && mapping.as !== "json") throw wrongStorage(mapping.as, "a Record");
    return { kind: "json", value: column, type, conditions: [] };
  }
  if (type.type === "Set") {
    const as = mapping.as ?? dialect.defaults.Set;
    if (as === "json") return { kind: "json", value: column, type, conditions: [] };
    if (as !== "array" || dialect.name !== "postgres") throw wrongStorage(as, "a Set");
    return { kind: "array", column, element: formOfElement(type.element), exact: mapping.exact ?? false };
  }
  if (type.type === "Entity")
    return { kind: "scalar", scalar: referenceIn(query, column, type.name, mapping) };
  const form = formOf(type, mapping.as, query);
  return {
    kind: "scalar",
    scalar: {
      sql: column,
      form,
      conditions: conditionsOf(column, form, query),
      exact: mapping.exact ?? false,
    },
  };
}

function tagOf(term: Term & { kind: "tag" }, scope: Scope): Resolved {
  const type = entityTypeOf(kindOf(term.of)) ?? "";
  const { query } = scope;
  const { tags } = query.tableOf(type);
  if (tags === undefined) {
    throw new PlanError("not_mapped", `the mapping doesn't say where the tags of ${type} are`, {
      help: `add \`tags\` to the mapping of \`${type}\``,
    });
  }
  const owner = rowOf(term.of, scope);
  const row = scope.joined(term, () => {
    const alias = query.newAlias();
    const tagged: Row = { alias, mapping: owner.mapping };
    const holder: Scalar = { ...idOf(query, owner), sql: query.column(tagged, tags.entity) };
    const key = query.column(tagged, tags.key);
    const on = sql`${sameIds(query, holder, idOf(query, owner))} AND ${keyEquals(key, term.key, scope)}`;
    return { row: tagged, from: sql`${query.table(tags.table)} ${alias}`, on };
  });
  const mapping: ColumnMapping = { column: tags.value, ...(tags.as === undefined ? {} : { as: tags.as }) };
  return columnOf(row, mapping, term.type, query);
}

function keyEquals(column: Sql, key: Term, scope: Scope): Sql {
  const { dialect } = scope.query;
  if (key.kind !== "literal") return dialect.textsEqual(column, scalarOf(key, scope).sql);
  const text = key.value.type === "String" ? key.value.value : "";
  if (!dialect.isStorable(text)) return sql`FALSE`;
  return dialect.textEquals({ sql: column, form: "text", conditions: [], exact: false }, text);
}

function jsonScalarOf(json: Resolved & { kind: "json" }, { query }: Scope): Scalar {
  const kind = jsonKindOf(json.type);
  return {
    sql: query.dialect.jsonScalar(json.value, kind),
    form: JSON_FORMS[kind],
    conditions: json.conditions,
    exact: false,
  };
}

const JSON_FORMS: Readonly<Record<JsonKind, Form>> = { String: "text", Long: "integer", Boolean: "boolean" };

/** @throws PlanError for what JSON holds as text that only Cedar can read */
export function jsonKindOf(type: SchemaType): JsonKind {
  switch (type.type) {
    case "String":
    case "Entity":
      return "String";
    case "Long":
    case "Boolean":
      return type.type;
    default:
      throw new PlanError("not_expressible", `a ${kindOfType(type)} within JSON is compared`, {
        help: "give it a column of its own",
      });
  }
}

export function formOfElement(type: SchemaType): Form {
  return JSON_FORMS[jsonKindOf(type)];
}

const STORAGES: Readonly<Record<string, Readonly<Partial<Record<ColumnStorage, Form>>>>> = {
  datetime: { timestamptz: "timestamptz", timestamp: "timestamp", milliseconds: "milliseconds" },
  duration: { milliseconds: "milliseconds" },
  decimal: { numeric: "numeric", units: "units" },
  ipaddr: { inet: "inet", text: "address" },
};

function formOf(type: SchemaType, as: ColumnStorage | undefined, { dialect }: Query): Form {
  const kind: Kind = kindOfType(type);
  if (kind === "String") return "text";
  if (kind === "Long") return "integer";
  if (kind === "Boolean") return "boolean";
  const storages = STORAGES[kind] ?? {};
  const storage = as ?? (kind === "duration" ? "milliseconds" : dialect.defaults[kind as "datetime"]);
  const form = storages[storage];
  if (form === undefined || !dialect.forms.has(form)) throw wrongStorage(storage, kind);
  return form;
}

function formOfId(as: ColumnStorage, { dialect }: Query): Form {
  if ((as === "text" || as === "integer" || as === "uuid") && dialect.forms.has(as)) return as;
  throw wrongStorage(as, "an entity's id");
}

/** What a column may hold that is no value of the type. */
function conditionsOf(column: Sql, form: Form, { dialect }: Query): readonly Sql[] {
  if (form === "timestamptz" || form === "timestamp") {
    const finite = dialect.isFinite(column);
    return finite === undefined ? [] : [finite];
  }
  if (form !== "numeric") return [];
  return [
    sql`${column} BETWEEN -922337203685477.5808 AND 922337203685477.5807`,
    sql`${column} = round(${column}, 4)`,
  ];
}

function wrongStorage(as: ColumnStorage, what: string): PlanError {
  return new PlanError("not_expressible", `${what} stored as \`${as}\` can't be compared in this database`, {
    help: "see the storages that the mapping offers for it",
  });
}
