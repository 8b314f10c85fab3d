import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { bare } from "./attributes.js";
import { etagOf, type ScimDirectory } from "./directory.js";
import { parseFilter } from "./filter.js";
import type { ScimKind, Stored } from "./resource.js";
import { ScimError } from "./scim-error.js";

const DEFAULT_COUNT = 100;
const MAX_COUNT = 1_000;
/** Always shown (RFC 7643, section 7: `returned`). */
const ALWAYS = new Set(["schemas", "id"]);

/** A resource as the provider gets it: with what the server manages, and only what was asked for. */
export function represent(
  row: Stored,
  directory: ScimDirectory,
  location: string,
  query: URLSearchParams,
): JsonObject {
  const { id, kind, created, modified, attributes } = row;
  const whole = bare([...Object.entries(attributes), ["id", id]]);
  if (kind === "User") {
    const groups = directory.groupsOf(id);
    whole.groups = groups.map((group) => ({
      value: group.id,
      display: String(group.attributes.displayName),
    }));
  }
  whole.meta = { resourceType: kind, created, lastModified: modified, version: etagOf(row), location };
  return selected(whole, query);
}

/**
 * RFC 7644, section 3.4.2.
 *
 * @param base the address of the listing
 * @throws ScimError for a filter or number that is none
 */
export function listed(
  directory: ScimDirectory,
  kind: ScimKind,
  query: URLSearchParams,
  base: string,
): JsonObject {
  const text = query.get("filter");
  const filter = text === null || text.trim() === "" ? () => true : parseFilter(text);
  const found: Stored[] = [];
  for (const row of directory.all(kind)) {
    if (filter(bare([...Object.entries(row.attributes), ["id", row.id]]))) found.push(row);
  }
  const start = Math.max(1, numberOf(query, "startIndex", 1));
  const count = Math.min(MAX_COUNT, Math.max(0, numberOf(query, "count", DEFAULT_COUNT)));
  const page = found.slice(start - 1, start - 1 + count);
  return {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    totalResults: found.length,
    startIndex: start,
    itemsPerPage: page.length,
    Resources: page.map((row) => represent(row, directory, `${base}/${row.id}`, query)),
  };
}

function numberOf(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  if (!/^-?\d{1,9}$/.test(text)) throw new ScimError(400, "invalidValue", `\`${name}\` is no whole number`);
  return Number(text);
}

function selected(resource: JsonObject, query: URLSearchParams): JsonObject {
  const wanted = namesIn(query.get("attributes"));
  const unwanted = namesIn(query.get("excludedAttributes"));
  if (wanted === null && unwanted === null) return resource;
  const shown = Object.entries(resource).filter(([name]): boolean => {
    if (ALWAYS.has(name)) return true;
    const folded = name.toLowerCase();
    return wanted === null ? unwanted?.has(folded) !== true : wanted.has(folded);
  });
  return bare(shown as [string, JsonValue][]);
}

/** Parts of complex attributes stand for the whole. */
function namesIn(text: string | null): ReadonlySet<string> | null {
  if (text === null || text.trim() === "") return null;
  const names = text.split(",").map((name) => name.trim().toLowerCase());
  return new Set(names.map((name) => (name.startsWith("urn:") ? name : (name.split(".")[0] ?? name))));
}
