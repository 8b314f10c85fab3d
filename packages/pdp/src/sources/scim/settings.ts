import { z } from "zod";
import { typeShape } from "../common-settings.js";
import { parsePointer } from "../json-pointer.js";

const name = z.string().min(1, "must not be empty");

/** An attribute of a resource: its name, or a JSON pointer into the resource. Once read: the path. */
const attribute = name
  .regex(
    /^([^/]|\/([^~]|~[01])*$)/,
    "must be the name of an attribute, or a JSON pointer such as `/name/givenName`",
  )
  .transform((text) => (text.startsWith("/") ? parsePointer(text) : [text]));

const attributes = z
  .record(name, attribute)
  .default({})
  .describe("attributes of the entity, by the resource's: `active: active`, `email: /emails/0/value`");

/** A source of kind `scim`: users and groups that an identity provider pushes to `/scim/v2`. */
export const scimSettings = z.strictObject({
  kind: z.literal("scim").describe("users and groups that an identity provider pushes to `/scim/v2`"),
  users: z
    .strictObject({
      type: name.default("User").describe("the entity type of users; `User` without it"),
      id: attribute
        .prefault("userName")
        .describe(
          "what the id of the entity is: `userName` without it; `externalId`, or `id` for the server's own",
        ),
      attributes,
    })
    .prefault({})
    .describe("how users become entities"),
  groups: z
    .strictObject({
      type: name.default("Group").describe("the entity type of groups; `Group` without it"),
      id: attribute
        .prefault("displayName")
        .describe("what the id of the entity is; `displayName` without it"),
      attributes,
    })
    .prefault({})
    .describe("how groups become entities"),
  types: z
    .record(name, z.strictObject({ precedence: typeShape.precedence }))
    .default({})
    .describe("what differs for entity types, by name"),
});

export type ScimSettings = z.output<typeof scimSettings>;
export type ScimMapping = ScimSettings["users"];
