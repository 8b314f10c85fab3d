import type { Bound, Sql } from "../sql/fragment.js";
import { POSTGRES } from "../sql/postgres.js";

export const quote = POSTGRES.quote;

/** A table or function with its schema, each part quoted. */
export function quoteDotted(name: string): string {
  return name.split(".").map(quote).join(".");
}

/** Text as a literal that means the same whatever `standard_conforming_strings` says. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
  return text.includes("\\") ? `E${quoted}` : quoted;
}

/** SQL with its values written into it: policies and functions have no parameters. */
export function written({ parts }: Sql): string {
  return parts.map((part) => (typeof part === "string" ? part : writtenValue(part))).join("");
}

function writtenValue({ type, value }: Bound): string {
  const [, cast] = POSTGRES.around(type);
  if (typeof value === "object") {
    return value.length === 0 ? `'{}'${cast}` : `ARRAY[${value.map(literal).join(", ")}]${cast}`;
  }
  return `${literal(String(value))}${cast}`;
}
