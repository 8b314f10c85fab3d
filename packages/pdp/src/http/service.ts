import type { DecideOptions } from "@cordon/engine";
import type { Logger } from "pino";
import type { ProjectDecider } from "../project/project-decider.js";
import type { Exchange } from "./exchange.js";
import type { Metrics } from "./metrics.js";
import { traceIdOf } from "./trace-parent.js";

/** What the routes share. */
export interface Service {
  readonly decider: ProjectDecider;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly maxBatch: number;
  /** URL under which callers reach this server, where the operator says so. */
  readonly publicUrl: string | undefined;
  readonly secure: boolean;
  /** Aborted when the server begins to close: open-ended answers end then. */
  readonly closing: AbortSignal;
}

/** Who asks and as part of which trace, for the decision log. */
export function decideOptions(exchange: Exchange): DecideOptions {
  const caller = exchange.caller?.name ?? "anonymous";
  const traceId = traceIdOf(exchange.req.headers.traceparent);
  return traceId === undefined ? { caller } : { caller, traceId };
}
