const TRACE_PARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = "0".repeat(32);
const NO_PARENT = "0".repeat(16);

/**
 * The trace id of a W3C `traceparent` header. An invalid header counts as absent, as W3C Trace Context
 * (section 3.2.2) demands: a broken tracer must never break a decision.
 */
export function traceIdOf(header: string | string[] | undefined): string | undefined {
  if (typeof header !== "string") return undefined;
  const [, version, traceId, parentId, , rest] = TRACE_PARENT.exec(header) ?? [];
  if (version === undefined || version === "ff") return undefined;
  if (version === "00" && rest !== undefined) return undefined;
  return traceId === NO_TRACE || parentId === NO_PARENT ? undefined : traceId;
}
