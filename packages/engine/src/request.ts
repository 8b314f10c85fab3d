import type { EntityUid } from "./value/entity-uid.js";
import type { CedarRecord } from "./value/record.js";

export interface Request {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: CedarRecord;
}
