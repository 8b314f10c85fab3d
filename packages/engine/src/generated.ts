/** What writes bundles as modules, and what such modules import. */
export { moduleSource } from "./compile/source/module-source.js";
export { compilePrepared, type DecidingAuthorizer } from "./compile.js";
export * from "./ops/index.js";
export { Datetime, Duration } from "./value/datetime.js";
export { Decimal } from "./value/decimal.js";
export { EntityUid } from "./value/entity-uid.js";
export { valuesEqual } from "./value/equality.js";
export { IpAddr } from "./value/ip-addr.js";
export { CedarRecord } from "./value/record.js";
export { CedarSet } from "./value/set.js";
