import { PlanUnavailable } from "@cordon/engine";
import {
  decodeEvaluation,
  decodePlanRequest,
  EVALUATION_EXAMPLE,
  encodeFieldPlan,
  encodeFields,
  PLAN_EXAMPLE,
  wirePointer,
} from "../../authzen/index.js";
import type { Exchange } from "../exchange.js";
import { ref } from "../openapi/schemas.js";
import { Problem } from "../problem.js";
import type { Route } from "../route.js";
import { decideOptions, MAX_AGE_PARAMETER, type Service } from "../service.js";
import { asProblem, decoded } from "./evaluate.js";

export function fieldRoutes(service: Service): Route[] {
  return [
    {
      method: "POST",
      path: "/cordon/v1/fields",
      access: ["evaluate"],
      doc: {
        id: "fields",
        tag: "Cordon",
        summary: "Which attributes of this resource may the principal act on?",
        description:
          "Takes the body of an evaluation and answers it likewise, with the resource's attributes divided into those that are allowed, masked and hidden, as the setting `fields` has it.",
        parameters: [MAX_AGE_PARAMETER],
        body: { schema: ref("EvaluationRequest"), example: EVALUATION_EXAMPLE },
        answers: {
          "200": { description: "The attributes", content: { "application/json": ref("Fields") } },
        },
        problems: ["invalid_request", "invalid_header"],
      },
      handle: (exchange) => answerFields(service, exchange),
    },
    {
      method: "POST",
      path: "/cordon/v1/fields/plan",
      access: ["evaluate"],
      doc: {
        id: "planFields",
        tag: "Cordon",
        summary: "Which resources of a type, and which of their attributes?",
        description:
          "Takes the body of a plan request. Answers with the plan of the action, and with one for each group of attributes that takes a further action.",
        parameters: [MAX_AGE_PARAMETER],
        body: { schema: ref("PlanRequest"), example: PLAN_EXAMPLE },
        answers: {
          "200": { description: "The plans", content: { "application/json": ref("FieldPlan") } },
        },
        problems: ["invalid_request", "invalid_header", "source_unavailable"],
      },
      handle: (exchange) => answerFieldPlan(service, exchange),
    },
  ];
}

async function answerFields(service: Service, exchange: Exchange): Promise<void> {
  const body = await exchange.body();
  const request = decoded(() => decodeEvaluation(body));
  const fields = await service.decider.fields(request, decideOptions(exchange)).catch((error: unknown) => {
    throw asProblem(error, service);
  });
  service.metrics.decided(fields.decision);
  for (const { decision } of fields.needed) {
    if ("error" in decision) service.metrics.failed(decision.error.code);
    else service.metrics.decided(decision);
  }
  exchange.json(encodeFields(fields, exchange.debug ? wirePointer : undefined));
}

async function answerFieldPlan(service: Service, exchange: Exchange): Promise<void> {
  const body = await exchange.body();
  const request = decoded(() => decodePlanRequest(body));
  const plan = await service.decider.planFields(request, decideOptions(exchange)).catch((error: unknown) => {
    throw error instanceof PlanUnavailable
      ? new Problem("source_unavailable", error.message, { help: error.help })
      : asProblem(error, service);
  });
  exchange.json(encodeFieldPlan(plan, exchange.debug ? wirePointer : undefined));
}
