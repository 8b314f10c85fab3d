export { PageTokens } from "./page-token.js";
export { searchActions } from "./search-actions.js";
export { type EntitySearchKind, searchEntities } from "./search-entities.js";
export type { Searched } from "./search-record.js";
