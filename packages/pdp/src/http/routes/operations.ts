import type { JsonValue } from "@cordon/engine/json";
import type { SourceStatus } from "../../project/project-decider.js";
import type { Exchange } from "../exchange.js";
import { FaultWindow } from "../fault-window.js";
import { ref } from "../openapi/schemas.js";
import type { Route } from "../route.js";
import type { Service } from "../service.js";

/** What those who run the server look at. */
export function operationRoutes(service: Service): Route[] {
  return [healthz(), readyz(service), metrics(service)];
}

function healthz(): Route {
  return {
    method: "GET",
    path: "/healthz",
    access: "public",
    doc: {
      id: "health",
      tag: "Operations",
      summary: "Is the process alive?",
      description: "Answers as long as the process can answer anything.",
      answers: { "200": { description: "Alive", content: { "application/json": ref("Health") } } },
    },
    handle: (exchange) => exchange.json({ status: "ok" }),
  };
}

/** How long after the last failed write of the log the server counts as not ready. */
const LOG_FAULT_MS = 30_000;

function readyz(service: Service): Route {
  const logFault = new FaultWindow(LOG_FAULT_MS);
  return {
    method: "GET",
    path: "/readyz",
    access: "partial",
    doc: {
      id: "ready",
      tag: "Operations",
      summary: "Does it answer decisions, and from what?",
      description:
        "`stale` means that the project no longer validates and its last good bundle goes on answering. That is still a `200`: taking every replica out of rotation because of a typo in a policy would turn the typo into an outage. Alert on `cordon_bundle_stale` instead. `log_unavailable` means that the last write of the decision log failed and decisions are denied: a `503`, and again a `200` once half a minute passed without a further failure, since only a decision can tell whether the log works again. A source that fails leaves the server ready: decisions that need it are denied, and `sources` says which it is. A caller without a key, where keys exist, sees the status alone.",
      answers: {
        "200": { description: "Ready", content: { "application/json": ref("Ready") } },
        "503": {
          description:
            "Not ready: shutting down (`stopping`), or the decision log can't be written (`log_unavailable`)",
          content: { "application/json": ref("Ready") },
        },
      },
    },
    handle: (exchange) => answerReady(service, logFault, exchange),
  };
}

function answerReady(service: Service, logFault: FaultWindow, exchange: Exchange): void {
  const { log } = service.decider;
  const status = readiness(service);
  const body: Record<string, JsonValue> = { status };
  if (exchange.caller !== undefined) Object.assign(body, details(service));
  const failing = log !== null && logFault.isOpen(log.stats(), performance.now());
  exchange.json(body, undefined, status === "stopping" || failing ? 503 : 200);
}

function readiness(service: Service): "ok" | "stale" | "stopping" | "log_unavailable" {
  if (service.closing.aborted) return "stopping";
  const { log, status } = service.decider;
  if (log !== null && !log.stats().healthy) return "log_unavailable";
  return status.state;
}

function details(service: Service): Record<string, JsonValue> {
  const { status, log } = service.decider;
  const body: Record<string, JsonValue> = {
    bundle: status.bundleId,
    loaded_at: status.loadedAt,
    entities: status.entities,
    diagnostics: status.diagnostics.map(({ code, severity, message, file, range }) =>
      range === undefined
        ? { code, severity, message, file }
        : { code, severity, message, file, line: range.start.line, column: range.start.column },
    ),
  };
  if (status.lastReloadError !== undefined) body.last_reload_error = { ...status.lastReloadError };
  if (log !== null) {
    const { mode, queued, written, healthy, lastError } = log.stats();
    body.log = { mode, queued, written, healthy, last_error: lastError };
  }
  const sources = service.decider.sources.list();
  if (sources.length > 0) body.sources = sources.map(sourceHealth);
  return body;
}

function sourceHealth({ name, kind, health }: SourceStatus): JsonValue {
  const { state, lastSuccess, lastFailure, lastMs } = health;
  const failure = lastFailure === null ? null : { ...lastFailure };
  return { name, kind, state, last_success: lastSuccess, last_failure: failure, last_ms: lastMs };
}

function metrics(service: Service): Route {
  return {
    method: "GET",
    path: "/metrics",
    access: ["read_log", "administer"],
    doc: {
      id: "metrics",
      tag: "Operations",
      summary: "Metrics for Prometheus",
      description:
        "In Prometheus' text format. Once keys exist one with `read_log` or `administer` is needed: how often whom is denied tells about the policies.",
      answers: {
        "200": { description: "The metrics", content: { "text/plain": { type: "string" } } },
      },
    },
    handle: async (exchange) => {
      const { registry } = service.metrics;
      exchange.send(200, registry.contentType, await registry.metrics());
    },
  };
}
