import { settingsJsonSchema } from "@cordon/pdp/project";
import { code, table } from "./markdown.mjs";

/**
 * The part of JSON Schema that settings are described in.
 *
 * @typedef {object} Schema
 * @property {string} [description]
 * @property {string} [type]
 * @property {unknown} [default]
 * @property {unknown} [const]
 * @property {unknown[]} [enum]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {Record<string, Schema>} [properties]
 * @property {string[]} [required]
 * @property {Schema} [items]
 * @property {Schema | boolean} [additionalProperties]
 * @property {Schema[]} [oneOf]
 * @property {Schema[]} [anyOf]
 */

/** The page on every setting, from the shape that `cordon.yaml` is read by. */
export function settingsPage() {
  return [
    "# Settings",
    "`cordon.yaml` holds what departs from the defaults. Everything in it is optional, and a key that is not listed here is an error. [Policy projects](../policy-projects.md#settings) has a file with all of them.",
    "`schemas/cordon.schema.json` tells the same to editors: with `# yaml-language-server: $schema=…` as its first line they complete and check it.",
    settingsTable(/** @type {Schema} */ (settingsJsonSchema())),
    ...sourceSections(),
    "`[]` marks the items of a list; in them, what has no default and isn't marked optional is required. `*` stands for a name of yours.",
  ].join("\n\n");
}

/** @param {Schema} schema */
function settingsTable(schema) {
  return table(["setting", "takes", "default", "what it does"], entries(schema, ""));
}

/** What sources that are asked for entities can have, and then each kind's own. */
function sourceSections() {
  const { properties } = /** @type {Schema} */ (settingsJsonSchema());
  const map = properties?.sources?.additionalProperties;
  const kinds = typeof map === "object" ? (map.oneOf ?? []) : [];
  const asked = kinds.filter((kind) => kind.properties?.batch !== undefined);
  const [first] = asked;
  if (first === undefined) return [];
  const isCommon = (/** @type {string} */ name) =>
    asked.every(
      (kind) => JSON.stringify(kind.properties?.[name]) === JSON.stringify(first.properties?.[name]),
    );
  const only = (/** @type {Schema} */ kind, /** @type {boolean} */ common) => ({
    ...kind,
    properties: Object.fromEntries(
      Object.entries(kind.properties ?? {}).filter(
        ([name]) => name !== "kind" && (asked.includes(kind) && isCommon(name)) === common,
      ),
    ),
  });
  const nameOf = (/** @type {Schema} */ kind) => code(String(kind.properties?.kind?.const));
  return [
    "## Sources",
    `Each entry of \`sources\` has a \`kind\`. Those that are asked for entities (${asked.map(nameOf).join(", ")}) can have:`,
    settingsTable(only(first, true)),
    ...kinds.flatMap((kind) => [`### Sources of kind ${nameOf(kind)}`, settingsTable(only(kind, false))]),
  ];
}

/**
 * @param {Schema} schema
 * @param {string} path
 * @returns {string[][]}
 */
function entries({ properties = {}, required = [] }, path) {
  const inList = path.includes("[]");
  return Object.entries(properties).flatMap(([name, setting]) => {
    const here = path === "" ? name : `${path}.${name}`;
    if (setting.description === undefined) throw new Error(`the setting \`${here}\` has no description`);
    const optional = inList && !required.includes(name) ? " (optional)" : "";
    const row = [code(here), `${takes(setting)}${optional}`, defaultOf(setting), setting.description];
    return [row, ...nested(setting, here)];
  });
}

/**
 * The settings inside of one: of a mapping, of a list's items, of names of yours, of any of its forms.
 *
 * @param {Schema} setting
 * @param {string} path
 * @returns {string[][]}
 */
function nested(setting, path) {
  const { items, additionalProperties: map, anyOf = [] } = setting;
  return [
    ...entries(setting, path),
    ...(items === undefined ? [] : nested(items, `${path}[]`)),
    ...(typeof map === "object" ? nested(map, `${path}.*`) : []),
    ...anyOf.flatMap((form) => nested(form, path)),
  ];
}

/**
 * @param {Schema} schema
 * @returns {string}
 */
function takes(schema) {
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(", ");
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(takes))].join(" or ");
  if (schema.items !== undefined) return "a list";
  if (schema.oneOf !== undefined) return "settings of one kind";
  if (typeof schema.additionalProperties === "object")
    return `${code("*")}: ${takes(schema.additionalProperties)}`;
  if (schema.type === "integer") {
    const { minimum, maximum } = schema;
    return `a number from ${minimum?.toLocaleString("en-US")} to ${maximum?.toLocaleString("en-US")}`;
  }
  if (schema.type === "object") return "settings";
  return schema.type === "string" ? "text" : (schema.type ?? "anything");
}

/** @param {Schema} schema */
function defaultOf({ default: value }) {
  if (value === undefined || (typeof value === "object" && value !== null)) return "";
  return code(String(value));
}
