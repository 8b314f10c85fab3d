/**
 * The official front end itself, behind the lossless boundary, for conformance tests and benchmarks to compare
 * with. Not part of this package's interface: it changes without notice.
 */
export { type AnswerOnPath, isAuthorizedOnEach } from "./authorize.js";
export { parseLossless, stringifyLossless } from "./lossless-json.js";
export { type CedarFunctions, cedar } from "./wasm.js";
