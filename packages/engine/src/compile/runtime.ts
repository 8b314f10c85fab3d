import * as ops from "../ops/index.js";
import { Datetime, Duration } from "../value/datetime.js";
import { Decimal } from "../value/decimal.js";
import { EntityUid } from "../value/entity-uid.js";
import { valuesEqual } from "../value/equality.js";
import { IpAddr } from "../value/ip-addr.js";
import { CedarRecord } from "../value/record.js";
import { CedarSet } from "../value/set.js";

/** Everything that generated code names but didn't declare. */
export const RUNTIME = {
  ...ops,
  CedarRecord,
  CedarSet,
  Datetime,
  Decimal,
  Duration,
  EntityUid,
  IpAddr,
  valuesEqual,
};
