import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { escapeHtml, words } from "./prose.js";

/** A JSON schema's type in a few words, with links to the schemas that it names. */
export function typeOf(schema: JsonObject): string {
  if (typeof schema.$ref === "string") {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
    return `<a href="#schema-${name}">${escapeHtml(name)}</a>`;
  }
  const alternatives = (schema.oneOf ?? schema.allOf) as JsonObject[] | undefined;
  if (alternatives !== undefined)
    return alternatives.map(typeOf).join(schema.oneOf === undefined ? " and " : " or ");
  if (Array.isArray(schema.enum)) return schema.enum.map(literal).join(" or ");
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.type === "array") return `array of ${typeOf((schema.items ?? {}) as JsonObject)}`;
  if (schema.type === "object" && isMap(schema))
    return `map to ${typeOf(schema.additionalProperties as JsonObject)}`;
  return escapeHtml(String(schema.type ?? "any"));
}

function isMap(schema: JsonObject): boolean {
  return typeof schema.additionalProperties === "object";
}

function literal(value: JsonValue): string {
  return `<code>${escapeHtml(String(value))}</code>`;
}

/** The members of an object schema, those of nested objects indented below by their path. */
export function schemaTable(schema: JsonObject): string {
  const rows = memberRows(schema, "");
  if (rows.length === 0) return `<p>${typeOf(schema)}</p>`;
  return `<div class="scroll"><table><thead><tr><th scope="col">Member</th><th scope="col">Type</th><th scope="col"></th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function memberRows(schema: JsonObject, prefix: string): string[] {
  const parts = (schema.allOf as JsonObject[] | undefined) ?? [schema];
  return parts.flatMap((part) => {
    if (part.properties === undefined) return [];
    const required = (part.required as string[] | undefined) ?? [];
    return Object.entries(part.properties as JsonObject).flatMap(([name, member]) => {
      const path = `${prefix}${name}`;
      return [
        row(path, member as JsonObject, required.includes(name)),
        ...nestedRows(member as JsonObject, path),
      ];
    });
  });
}

function nestedRows(member: JsonObject, path: string): string[] {
  if (member.type === "array") return nestedRows(member.items as JsonObject, `${path}[]`);
  return member.properties === undefined ? [] : memberRows(member, `${path}.`);
}

function row(path: string, schema: JsonObject, required: boolean): string {
  const mark = required ? ' <span class="must">required</span>' : "";
  const description = schema.description === undefined ? "" : words(String(schema.description));
  return `<tr><td><code>${escapeHtml(path)}</code>${mark}</td><td>${typeOf(schema)}</td><td>${description}</td></tr>`;
}
