import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { SCHEMA_URNS, type ScimKind } from "./resource.js";

export const SCIM_MEDIA_TYPE = "application/scim+json";

const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const KINDS: readonly ScimKind[] = ["User", "Group"];

/** RFC 7643, section 5. */
export const SERVICE_PROVIDER_CONFIG: JsonObject = {
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 1_000 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: "oauthbearertoken",
      name: "API key",
      description: "A key with the scope `provision`",
      primary: true,
    },
  ],
};

/** RFC 7643, section 6. */
export const RESOURCE_TYPES: JsonObject = listOf(
  KINDS.map((kind) => ({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
    id: kind,
    name: kind,
    endpoint: `/${kind}s`,
    schema: SCHEMA_URNS[kind],
  })),
);

/** RFC 7643, section 7: the attributes that mean something here. Others are kept as they come. */
export const SCIM_SCHEMAS: JsonObject = listOf([
  schemaOf("User", [
    attribute("userName", "string", { required: true, uniqueness: "server" }),
    attribute("displayName", "string"),
    attribute("active", "boolean"),
    attribute("emails", "complex", { multiValued: true, subAttributes: [attribute("value", "string")] }),
    attribute("groups", "complex", { multiValued: true, mutability: "readOnly" }),
  ]),
  schemaOf("Group", [
    attribute("displayName", "string", { required: true, uniqueness: "server" }),
    attribute("members", "complex", { multiValued: true, subAttributes: [attribute("value", "string")] }),
  ]),
]);

function listOf(resources: JsonValue[]): JsonObject {
  const { length } = resources;
  return { schemas: [LIST], totalResults: length, startIndex: 1, itemsPerPage: length, Resources: resources };
}

function schemaOf(kind: ScimKind, attributes: JsonValue[]): JsonObject {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
    id: SCHEMA_URNS[kind],
    name: kind,
    attributes,
  };
}

function attribute(name: string, type: string, more: JsonObject = {}): JsonObject {
  return {
    name,
    type,
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: "readWrite",
    returned: "default",
    uniqueness: "none",
    ...more,
  };
}
