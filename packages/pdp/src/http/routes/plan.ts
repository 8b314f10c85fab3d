import { PlanUnavailable } from "@cordon/engine";
import { decodePlanRequest, encodePlan, PLAN_EXAMPLE, wirePointer } from "../../authzen/index.js";
import { ref } from "../openapi/schemas.js";
import { Problem } from "../problem.js";
import type { Route } from "../route.js";
import { decideOptions, type Service } from "../service.js";
import { asProblem, decoded } from "./evaluate.js";

export function planRoute(service: Service): Route {
  return {
    method: "POST",
    path: "/cordon/v1/plan",
    access: ["evaluate"],
    doc: {
      id: "plan",
      tag: "Cordon",
      summary: "Which resources of a type may this principal act on?",
      description:
        "Takes the body of an evaluation whose resource has a type and no id, and answers with a condition that holds for exactly those resources that an evaluation would permit: `always`, `never`, or `when` a predicate holds. What no filter can express is refused with `not_plannable`, naming policy and clause.",
      body: { schema: ref("PlanRequest"), example: PLAN_EXAMPLE },
      answers: {
        "200": { description: "The plan", content: { "application/json": ref("Plan") } },
      },
      problems: ["invalid_request", "source_unavailable"],
    },
    handle: async (exchange) => {
      const body = await exchange.body();
      const request = decoded(() => decodePlanRequest(body));
      const plan = await service.decider.plan(request, decideOptions(exchange)).catch((error: unknown) => {
        throw error instanceof PlanUnavailable
          ? new Problem("source_unavailable", error.message, { help: error.help })
          : asProblem(error, service);
      });
      exchange.json(encodePlan(plan, exchange.debug ? wirePointer : undefined));
    },
  };
}
