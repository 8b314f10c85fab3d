import type { JsonValue } from "@cordon/engine/json";
import type { DecisionLog, StoredRecord } from "../../log/index.js";
import { Problem } from "../problem.js";
import type { Service } from "../service.js";

/** @throws Problem `log_off` */
export function logOf(service: Service): DecisionLog {
  const { log } = service.decider;
  if (log !== null) return log;
  throw new Problem("log_off", "this server writes no decision log", {
    help: "set `log.mode` in `cordon.yaml`",
  });
}

/** A record is JSON already; only its optional members keep the types from saying so. */
export function recordJson(record: StoredRecord): JsonValue {
  return record as unknown as JsonValue;
}
