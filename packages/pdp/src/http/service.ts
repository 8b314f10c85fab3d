import type { DecideOptions } from "@cordon/engine";
import type { Logger } from "pino";
import type { ProjectDecider } from "../project/project-decider.js";
import type { Exchange } from "./exchange.js";
import type { Metrics } from "./metrics.js";
import { Problem } from "./problem.js";
import type { ParameterDoc } from "./route.js";
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

/**
 * Who asks and as part of which trace, for the decision log, and how old the data of sources may be.
 *
 * @throws Problem `invalid_header`
 */
export function decideOptions(exchange: Exchange): DecideOptions {
  const { headers } = exchange.req;
  const options: DecideOptions = { caller: exchange.caller?.name ?? "anonymous" };
  const traceId = traceIdOf(headers.traceparent);
  if (traceId !== undefined) options.traceId = traceId;
  if (headers[MAX_AGE] !== undefined) options.maxAge = maxAgeOf(String(headers[MAX_AGE]));
  return options;
}

const MAX_AGE = "cordon-max-age";

/** For the documentation of every route that decides. */
export const MAX_AGE_PARAMETER: ParameterDoc = {
  name: "Cordon-Max-Age",
  in: "header",
  description:
    "How old data from sources may be, in whole seconds, where that is less than the project allows; `0` has every source asked anew",
  schema: { type: "string", pattern: "^[0-9]{1,9}$" },
};

/** Seconds, as in `Cache-Control: max-age`; in milliseconds. */
function maxAgeOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  throw new Problem("invalid_header", `\`${text}\` is no number of seconds`, {
    header: MAX_AGE,
    help: "send whole seconds; `0` has every source asked anew",
  });
}
