export { etagOf, type ScimChange, ScimDirectory, type ScimTable } from "./directory.js";
export { RESOURCE_TYPES, SCIM_MEDIA_TYPE, SCIM_SCHEMAS, SERVICE_PROVIDER_CONFIG } from "./discovery.js";
export { listed, represent } from "./representation.js";
export type { ScimKind, Stored } from "./resource.js";
export { ScimError } from "./scim-error.js";
