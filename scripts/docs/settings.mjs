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
 */

/** The page on every setting, from the shape that `cordon.yaml` is read by. */
export function settingsPage() {
  return [
    "# Settings",
    "`cordon.yaml` holds what departs from the defaults. Everything in it is optional, and a key that is not listed here is an error. [Policy projects](../policy-projects.md#settings) has a file with all of them.",
    "`schemas/cordon.schema.json` tells the same to editors: with `# yaml-language-server: $schema=…` as its first line they complete and check it.",
    table(
      ["setting", "takes", "default", "what it does"],
      entries(/** @type {Schema} */ (settingsJsonSchema()), ""),
    ),
    "`[]` marks the items of a list; in them, what has no default and isn't marked optional is required. `*` stands for a name of yours.",
  ].join("\n\n");
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
    return [row, ...entries(setting, here), ...entries(setting.items ?? {}, `${here}[]`)];
  });
}

/**
 * @param {Schema} schema
 * @returns {string}
 */
function takes(schema) {
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(", ");
  if (schema.items !== undefined) return "a list";
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
