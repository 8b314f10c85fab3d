import type { Datetime, Duration } from "./datetime.js";
import type { Decimal } from "./decimal.js";
import type { EntityUid } from "./entity-uid.js";
import type { IpAddr } from "./ip-addr.js";
import type { CedarRecord } from "./record.js";
import type { CedarSet } from "./set.js";

/**
 * A Cedar value. A Long is a number while it is a safe integer and a bigint beyond,
 * so that each Long has exactly one representation.
 */
export type Value =
  | boolean
  | string
  | number
  | bigint
  | EntityUid
  | CedarSet
  | CedarRecord
  | Decimal
  | IpAddr
  | Datetime
  | Duration;

/** Cedar's JSON form of a value, with integers beyond 2^53 as bigint. */
export type CedarValueJson =
  | boolean
  | string
  | number
  | bigint
  | CedarValueJson[]
  | { __entity: { type: string; id: string } }
  | { __extn: { fn: string; arg: CedarValueJson } | { fn: string; args: CedarValueJson[] } }
  | { [attribute: string]: CedarValueJson };
