import type { JsonObject } from "@cordon/engine/json";
import { array, flag, mapOf, object, open, ref, text } from "./schema.js";

const ATTRIBUTES = array(text(), "Attributes of the resource's type");

const MASK: JsonObject = {
  description: "A value that is always the same, or how many characters of the text are shown",
  anyOf: [
    { type: ["string", "number", "boolean", "null"] },
    object({ first: { type: "integer" } }, ["first"]),
    object({ last: { type: "integer" } }, ["last"]),
  ],
};

/** Which attributes somebody may act on. */
export const fieldSchemas = {
  Fields: object(
    {
      decision: flag("Whether the action itself is permitted: otherwise every attribute is hidden"),
      context: open("As of an evaluation"),
      fields: object(
        {
          allowed: ATTRIBUTES,
          masked: mapOf(MASK, "By attribute, what stands in its place"),
          hidden: ATTRIBUTES,
        },
        ["allowed", "masked", "hidden"],
        "Every attribute of the resource's type is in one of the three",
      ),
      needed: array(
        object(
          {
            action: object({ name: text() }, ["name"]),
            attributes: ATTRIBUTES,
            decision: flag(),
            context: open("As of an evaluation"),
          },
          ["action", "attributes", "decision", "context"],
        ),
        "The actions that groups of attributes take beside, and how each was decided",
      ),
    },
    ["decision", "context", "fields", "needed"],
  ),
  FieldPlan: object(
    {
      rows: ref("Plan"),
      allowed: array(text(), "Attributes that every row of `rows` shows"),
      groups: array(
        object(
          {
            action: object({ name: text() }, ["name"]),
            attributes: ATTRIBUTES,
            plan: ref("Plan"),
            mask: MASK,
          },
          ["action", "attributes", "plan"],
        ),
        "Attributes that rows of `rows` show where the group's own plan lets them through, too",
      ),
    },
    ["rows", "allowed", "groups"],
  ),
} satisfies Record<string, JsonObject>;
