/** What modules written by `cordon bundle --target esm` import. Not for use by hand. */
export { compilePrepared, type DecidingAuthorizer } from "./compile.js";
export * from "./ops/index.js";
export { Datetime, Duration } from "./value/datetime.js";
export { Decimal } from "./value/decimal.js";
export { EntityUid } from "./value/entity-uid.js";
export { valuesEqual } from "./value/equality.js";
export { IpAddr } from "./value/ip-addr.js";
export { CedarRecord } from "./value/record.js";
export { CedarSet } from "./value/set.js";
