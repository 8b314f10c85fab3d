import type { ParentMapping, TableMapping } from "../mapping/index.js";
import { PlanError } from "../plan-error.js";
import {
  type EntityLiteral,
  entityTypeOf,
  isTerm,
  kindOf,
  type Term,
  type Within,
} from "../predicate/index.js";
import { among } from "./comparisons.js";
import { scalarOf } from "./computed.js";
import { allOf, anyOf, FALSE, type Sql, sql } from "./fragment.js";
import type { Query, Row, Scope } from "./query.js";
import { recursiveMembers } from "./recursion.js";
import { idOf, referenceIn, sameIds } from "./resolve.js";
import type { Scalar } from "./scalar.js";
import { TypeGraph } from "./type-graph.js";

/** Whether the member is one of the ancestors looked for, or below one. NULL counts as no. */
export function within(atom: Within, scope: Scope): Sql {
  const type = entityTypeOf(kindOf(atom.member)) ?? "";
  const { session } = scope.query;
  if (session !== undefined && isTerm(atom.of) && ofSession(atom.member) && !ofSession(atom.of)) {
    const target = scalarOf(atom.of, scope);
    return sql`${target.sql} = ANY(${session.lineage(atom.member, entityTypeOf(kindOf(atom.of)) ?? "", target.form)})`;
  }
  const member = scalarOf(atom.member, scope);
  const own = atom.member.kind === "row" ? scope.query.row : undefined;
  const search = isTerm(atom.of) ? towardsTerm(atom.of, scope) : towardsLiterals(atom.of, scope.query);
  return new Climb(scope.query, search).from(member, type, own);
}

/** Whether it is the same for all rows. */
export function ofSession(term: Term): boolean {
  switch (term.kind) {
    case "session":
      return true;
    case "attribute":
      return ofSession(term.of);
    case "tag":
      return ofSession(term.of) && (term.key.kind === "literal" || ofSession(term.key));
    default:
      return false;
  }
}

/** What is looked for among the ancestors. */
interface Search {
  readonly types: ReadonlySet<string>;
  /** Whether an entity is itself what is looked for. */
  matches(id: Scalar, type: string): Sql;
  /** False where what is looked for is in the row, so that it can't be looked for from its own side. */
  readonly isFixed: boolean;
}

function towardsLiterals(literals: readonly EntityLiteral[], query: Query): Search {
  return {
    types: new Set(literals.map(({ name }) => name)),
    matches: (id, type) =>
      among(
        id,
        literals.filter(({ name }) => name === type),
        query,
      ),
    isFixed: true,
  };
}

function towardsTerm(term: Term, scope: Scope): Search {
  const target = scalarOf(term, scope);
  const targetType = entityTypeOf(kindOf(term)) ?? "";
  return {
    types: new Set([targetType]),
    matches: (id, type) => (type === targetType ? sameIds(scope.query, id, target) : FALSE),
    isFixed: ofSession(term),
  };
}

/** Follows parents, type by type, as far as they lead to what is looked for. */
class Climb {
  readonly #query: Query;
  readonly #search: Search;
  readonly #graph: TypeGraph;

  constructor(query: Query, search: Search) {
    this.#query = query;
    this.#search = search;
    this.#graph = new TypeGraph(query, search.types);
  }

  /** `own` is the row whose id it is, where the query has it already. */
  from(id: Scalar, type: string, own?: Row): Sql {
    this.#mustEndIn(type);
    const cycle = this.#graph.cycleOf(type);
    if (cycle !== undefined) return this.#around(id, type, cycle);
    const itself = this.#search.types.has(type) ? [this.#search.matches(id, type)] : [];
    return anyOf([...itself, ...this.#above(id, type, own)]);
  }

  /** Where what is looked for is known, so is everything below it that is in no table, and counted with. */
  #mustEndIn(type: string): void {
    if (this.#search.isFixed || this.#query.mappingOf(type) !== undefined) return;
    throw new PlanError(
      "not_expressible",
      `two entities of the row are compared by a hierarchy that ${type} has a part in, which is in no table`,
    );
  }

  #above(id: Scalar, type: string, own: Row | undefined): Sql[] {
    const parents = this.#graph.parentsOf(type);
    const mapping = parents.length === 0 ? undefined : this.#query.tableOf(type);
    return mapping === undefined ? [] : parents.map((parent) => this.#through(parent, id, mapping, own));
  }

  #through(parent: ParentMapping, id: Scalar, mapping: TableMapping, own: Row | undefined): Sql {
    const query = this.#query;
    if ("column" in parent) {
      const row = own ?? { alias: query.newAlias(), mapping };
      const found = this.from(
        referenceIn(query, query.column(row, parent.column), parent.type, parent),
        parent.type,
      );
      if (own !== undefined) return found;
      return this.#isAmong(id, idOf(query, row), sql`${query.table(mapping.table)} ${row.alias}`, found);
    }
    const link: Row = { alias: query.newAlias(), mapping };
    const from = sql`${query.table(parent.table)} ${link.alias}`;
    const child: Scalar = { ...idOf(query, link), sql: query.column(link, parent.child) };
    const found = this.from(
      referenceIn(query, query.column(link, parent.parent), parent.type, {}),
      parent.type,
    );
    if (own !== undefined) return this.#isAmong(id, child, from, found);
    // An entity without a row has no parents, whatever the join table says.
    const row: Row = { alias: query.newAlias(), mapping };
    const both = sql`${from} JOIN ${query.table(mapping.table)} ${row.alias} ON ${sameIds(query, idOf(query, row), child)}`;
    return this.#isAmong(id, child, both, found);
  }

  #isAmong(id: Scalar, other: Scalar, from: Sql, found: Sql): Sql {
    const { dialect } = this.#query;
    const where = this.#search.isFixed ? found : allOf([...dialect.correlated, found]);
    if (id.form === other.form && id.form !== "text") {
      return sql`${id.sql} IN (SELECT ${other.sql} FROM ${from} WHERE ${where})`;
    }
    const [own, key] = [id, other].map((one) => (one.form === "text" ? one.sql : dialect.asText(one)));
    if (own === undefined || key === undefined) return FALSE;
    return sql`${dialect.textKey(own, "own")} IN (SELECT ${dialect.textKey(key, "other")} FROM ${from} WHERE ${where})`;
  }

  #around(id: Scalar, type: string, cycle: ReadonlySet<string>): Sql {
    if (!this.#search.isFixed) {
      throw new PlanError(
        "not_expressible",
        "two entities of the row are compared by a hierarchy that may be of any depth",
      );
    }
    const below = recursiveMembers(this.#query, id, type, {
      cycle,
      parentsOf: (member) => this.#graph.parentsOf(member),
      matches: (member, memberType) => this.#search.matches(member, memberType),
      above: (member, memberType) => this.from(member, memberType),
    });
    return this.#search.types.has(type) ? anyOf([this.#search.matches(id, type), below]) : below;
  }
}
