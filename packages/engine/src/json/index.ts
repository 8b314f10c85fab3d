export type { JsonObject, JsonValue } from "./value.js";
