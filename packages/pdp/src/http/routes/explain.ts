import type { Explanation } from "@cordon/engine";
import type { JsonValue } from "@cordon/engine/json";
import { decodeEvaluation, EVALUATION_EXAMPLE, encodeDecision, wirePointer } from "../../authzen/index.js";
import { ref } from "../openapi/schemas.js";
import type { Route } from "../route.js";
import { decideOptions, MAX_AGE_PARAMETER, type Service } from "../service.js";
import { asProblem, decoded } from "./evaluate.js";

export function explainRoute(service: Service): Route {
  return {
    method: "POST",
    path: "/cordon/v1/explain",
    access: ["read_log"],
    doc: {
      id: "explain",
      tag: "Cordon",
      summary: "Decide, and say why, clause by clause",
      description:
        "Takes the body of an evaluation and answers it likewise, with an explanation: which policies matched, which nearly did, and the values that decided. It shows policies and attributes, hence the scope `read_log`.",
      parameters: [MAX_AGE_PARAMETER],
      body: { schema: ref("EvaluationRequest"), example: EVALUATION_EXAMPLE },
      answers: {
        "200": {
          description: "The decision and its explanation",
          content: { "application/json": ref("Explained") },
        },
      },
      problems: ["invalid_request", "invalid_header"],
    },
    handle: async (exchange) => {
      const body = await exchange.body();
      const request = decoded(() => decodeEvaluation(body));
      const { decision, explanation, sources } = await service.decider
        .explain(request, decideOptions(exchange))
        .catch((error: unknown) => {
          throw asProblem(error, service);
        });
      service.metrics.decided(decision);
      const answer = encodeDecision(decision, wirePointer) as Record<string, JsonValue>;
      const told = { ...answer, explanation: asJson(explanation) };
      exchange.json(sources === undefined ? told : { ...told, sources: sources as unknown as JsonValue });
    },
  };
}

/** An explanation is JSON already; only its optional members keep the types from saying so. */
export function asJson(explanation: Explanation): JsonValue {
  return explanation as unknown as JsonValue;
}
