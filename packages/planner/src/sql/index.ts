export { checkFor, compileSql, DIALECT_NAMES, type SqlFilter, type SqlOptions } from "./compile-sql.js";
export type { DialectName } from "./dialect.js";
export type { ParameterValue } from "./fragment.js";
