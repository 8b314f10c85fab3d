import type { Form } from "../sql/scalar.js";
import { literal, quote, quoteDotted } from "./sql-text.js";

/** How values are returned by functions. */
export const FORM_TYPES: Readonly<Record<Form, string>> = {
  text: "text",
  integer: "bigint",
  wide: "numeric",
  uuid: "uuid",
  boolean: "boolean",
  timestamptz: "timestamptz",
  timestamp: "timestamp",
  milliseconds: "bigint",
  numeric: "numeric",
  units: "bigint",
  inet: "inet",
  address: "text",
};

interface LookupBody {
  /** The table whose row the function is given; undefined for what depends on the session alone. */
  readonly row?: string;
  readonly returns: string;
  /** One query, in which the row is called `r`. */
  readonly query: string;
  /** Tables that it reads. */
  readonly tables: Iterable<string>;
}

/**
 * The functions that look up what policies need of tables. They run as the reader, who sees every row: a policy
 * that read the tables itself would see only what their own policies show, and policies that read each other's
 * tables would be refused as recursive.
 *
 * Nobody but policies can call them: their schema is closed, and names are looked up in it only when a policy is
 * made.
 */
export class Lookups {
  readonly schema: string;
  readonly #defined = new Map<string, Lookup>();

  constructor(schema: string) {
    this.schema = schema;
  }

  /** The name of a function with this body; `purpose` is part of the name of a new one. */
  define(purpose: string, { row, returns, query, tables }: LookupBody): string {
    const key = JSON.stringify([row, returns, query]);
    const known = this.#defined.get(key);
    if (known !== undefined) return known.name;
    const words = purpose
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "_")
      .slice(0, 40);
    const name = this.named(`${words}_${this.#defined.size + 1}`);
    const parameter = row === undefined ? "" : `"r" ${quoteDotted(row)}`;
    const definition =
      `CREATE FUNCTION ${name}(${parameter}) RETURNS ${returns} LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER\n` +
      `BEGIN ATOMIC\n  ${query};\nEND;`;
    this.#defined.set(key, { name, definition, tables: [...tables] });
    return name;
  }

  named(name: string): string {
    return `${quote(this.schema)}.${quote(name)}`;
  }

  /** The functions that policies call, those first that others call, and the tables that they read. */
  usedBy(policies: readonly string[]): { definitions: readonly string[]; tables: ReadonlySet<string> } {
    const all = [...this.#defined.values()];
    const used: Lookup[] = [];
    // What a function calls was defined before it.
    for (const lookup of all.reverse()) {
      const texts = [...policies, ...used.map(({ definition }) => definition)];
      if (texts.some((text) => text.includes(`${lookup.name}(`))) used.unshift(lookup);
    }
    return {
      definitions: used.map(({ definition }) => definition),
      tables: new Set(used.flatMap(({ tables }) => tables)),
    };
  }
}

interface Lookup {
  readonly name: string;
  readonly definition: string;
  readonly tables: readonly string[];
}

/** Text as the id that another storage would have; NULL where it is none of that storage. */
export function typedId(text: string, form: Form): string {
  switch (form) {
    case "integer":
      return `CASE WHEN ${text} ~ ${literal("^(0|-?[1-9][0-9]{0,18})$")} AND ${text}::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 THEN ${text}::bigint END`;
    case "uuid":
      return `CASE WHEN ${text} ~ ${literal("^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$")} THEN ${text}::uuid END`;
    default:
      return text;
  }
}
