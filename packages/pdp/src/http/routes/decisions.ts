import type { JsonValue } from "@cordon/engine/json";
import type { StoredRecord, VerifyResult } from "../../log/index.js";
import { ProjectError } from "../../project/project-error.js";
import { StoreError } from "../../store/index.js";
import type { Exchange } from "../exchange.js";
import { LOG_PARAMETERS, logFilter, PINNED, pinnedHead } from "../log-query.js";
import { ref } from "../openapi/schemas.js";
import { Problem } from "../problem.js";
import type { Route, RouteDoc } from "../route.js";
import type { Service } from "../service.js";
import { asJson } from "./explain.js";
import { followRoute } from "./follow.js";
import { logOf, recordJson } from "./log-access.js";

const ID = { name: "id", in: "path", description: "Id of the decision", schema: { type: "string" } } as const;

/** The decision log. */
export function decisionRoutes(service: Service): Route[] {
  return [list(service), verify(service), followRoute(service), show(service), explain(service)];
}

function list(service: Service): Route {
  return logRoute(
    "/cordon/v1/decisions",
    {
      id: "listDecisions",
      summary: "Decisions, filtered, page by page",
      description: "All filters hold together. An unknown parameter is refused rather than ignored.",
      parameters: LOG_PARAMETERS,
      answers: { "200": { description: "A page", content: { "application/json": ref("DecisionPage") } } },
      problems: ["invalid_parameter"],
    },
    async (exchange) => {
      const filter = logFilter(exchange.query);
      const page = await logOf(service).list(filter).catch(refuseFilter);
      exchange.json({ decisions: page.records.map(recordJson), next: page.next });
    },
  );
}

function verify(service: Service): Route {
  let running: Promise<VerifyResult> | undefined;
  return logRoute(
    "/cordon/v1/decisions/verify",
    {
      id: "verifyDecisions",
      summary: "Is the log whole?",
      description:
        "Reads the whole log and recomputes its hash chain. Callers that ask while it is being read get the result of the same reading. Keep `lastSeq` and `headHash` elsewhere, and pass them as `pinned` later, to notice even a rewrite of the whole file.",
      parameters: [PINNED],
      problems: ["invalid_parameter"],
      answers: {
        "200": {
          description: "What was found; damage is an answer, not an error",
          content: { "application/json": ref("Verification") },
        },
      },
    },
    async (exchange) => {
      const log = logOf(service);
      const pinned = pinnedHead(exchange.query);
      if (pinned !== undefined) {
        exchange.json((await log.verify({ pinned })) as unknown as JsonValue);
        return;
      }
      running ??= log.verify().finally(() => {
        running = undefined;
      });
      exchange.json((await running) as unknown as JsonValue);
    },
  );
}

function show(service: Service): Route {
  return logRoute(
    "/cordon/v1/decisions/{id}",
    {
      id: "showDecision",
      summary: "One decision, with everything it came from",
      description: "The record as it lies in the log, redacted as the project says.",
      parameters: [ID],
      answers: {
        "200": { description: "The record", content: { "application/json": ref("DecisionRecord") } },
      },
      problems: ["unknown_decision"],
    },
    async (exchange) => exchange.json(recordJson(await recordOf(service, exchange))),
  );
}

function explain(service: Service): Route {
  return logRoute(
    "/cordon/v1/decisions/{id}/explain",
    {
      id: "explainDecision",
      summary: "Why did it come out like that?",
      description:
        "Answers the recorded question again, with the bundle of that time and the values of the record, and explains the answer. `same` tells whether it came out the same, as it must.",
      parameters: [ID],
      answers: { "200": { description: "The explanation", content: { "application/json": ref("Replay") } } },
      problems: ["unknown_decision", "not_replayable"],
    },
    async (exchange) => {
      const { id } = await recordOf(service, exchange);
      const { record, same, differences, decision, explanation } = await service.decider
        .replay(id)
        .catch(refuseReplay);
      exchange.json({
        decision,
        same,
        differences: [...differences],
        explanation: asJson(explanation),
        record: recordJson(record),
      });
    },
  );
}

type LogDoc = Omit<RouteDoc, "tag">;

function logRoute(path: string, doc: LogDoc, handle: (exchange: Exchange) => Promise<void>): Route {
  const problems = [...(doc.problems ?? []), "log_off" as const];
  return {
    method: "GET",
    path,
    access: ["read_log"],
    doc: { ...doc, tag: "Decision log", problems },
    handle,
  };
}

async function recordOf(service: Service, exchange: Exchange): Promise<StoredRecord> {
  const id = exchange.params.id ?? "";
  const record = await logOf(service).get(id);
  if (record !== undefined) return record;
  throw new Problem("unknown_decision", `the log has no decision \`${id}\``, { parameter: "id" });
}

function refuseFilter(error: unknown): never {
  if (!(error instanceof StoreError) || error.code !== "filter_invalid") throw error;
  throw new Problem("invalid_parameter", error.message, { parameter: "cursor", help: error.help ?? "" });
}

const LACKS: ReadonlySet<string> = new Set(["record_missing", "bundle_missing", "not_replayable"]);

function refuseReplay(error: unknown): never {
  if (error instanceof ProjectError && LACKS.has(error.code)) {
    throw new Problem("not_replayable", error.message, {
      code: error.code,
      parameter: "id",
      help: error.help,
    });
  }
  throw error;
}
