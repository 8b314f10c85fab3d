export { JsonError, type JsonErrorCode } from "./error.js";
export { type JsonLocation, locateJson } from "./locate.js";
export { type ParseOptions, parseJson } from "./parse.js";
export { canonicalJson, stringifyJson } from "./stringify.js";
export { type JsonObject, type JsonValue, setMember } from "./value.js";
