import {
  type DecideOptions,
  type FoundAction,
  type FoundEntity,
  PlanUnavailable,
  type SearchResult,
} from "@cordon/engine";
import type { JsonValue } from "@cordon/engine/json";
import { encodeSearchResult, SEARCHES, wirePointer } from "../../authzen/index.js";
import { ProjectError } from "../../project/project-error.js";
import { ref } from "../openapi/schemas.js";
import { Problem } from "../problem.js";
import type { Route, RouteDoc } from "../route.js";
import { decideOptions, type Service } from "../service.js";
import { asProblem, decoded } from "./evaluate.js";

type Result = SearchResult<FoundEntity | FoundAction>;
type Search = (body: JsonValue, options: DecideOptions) => Promise<Result>;

const RULES =
  "Each result is something that an evaluation at that moment permits, and the pages together have all of them, once each, in an order that doesn't change. A page may have fewer results than `limit`: only an empty `next_token` says that it is the last. A token is good for the same search by the same caller for an hour, and until policies, schema or entity files change. What can't be answered whole is refused: `not_searchable` says why.";

/** The Search APIs of the OpenID AuthZEN Authorization API 1.0. */
export function searchRoutes(service: Service): Route[] {
  const { decider } = service;
  const { principals, resources, actions } = SEARCHES;
  return [
    searchRoute(service, principals, "Who may do this to that resource?", async (body, options) =>
      decider.searchPrincipals(
        decoded(() => principals.decode(body)),
        options,
      ),
    ),
    searchRoute(
      service,
      resources,
      "Which resources of a type may this principal do this to?",
      async (body, options) =>
        decider.searchResources(
          decoded(() => resources.decode(body)),
          options,
        ),
    ),
    searchRoute(service, actions, "What may this principal do to that resource?", async (body, options) =>
      decider.searchActions(
        decoded(() => actions.decode(body)),
        options,
      ),
    ),
  ];
}

function searchRoute(
  service: Service,
  { name, example }: (typeof SEARCHES)[keyof typeof SEARCHES],
  summary: string,
  search: Search,
): Route {
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const doc: RouteDoc = {
    id: `search${title}s`,
    tag: "AuthZEN",
    summary,
    description: `${title} Search of the OpenID AuthZEN Authorization API 1.0. ${RULES}`,
    body: { schema: ref(`${title}SearchRequest`), example },
    answers: {
      "200": {
        description: "A page of results",
        content: {
          "application/json": ref(name === "action" ? "ActionSearchResponse" : "EntitySearchResponse"),
        },
      },
    },
    problems: ["invalid_request", "source_unavailable"],
  };
  return {
    method: "POST",
    path: `/access/v1/search/${name}`,
    access: ["evaluate"],
    doc,
    handle: async (exchange) => {
      const body = await exchange.body();
      const result = await search(body, decideOptions(exchange)).catch((error: unknown) => {
        throw refused(error, service);
      });
      exchange.json(encodeSearchResult(result, exchange.debug ? wirePointer : undefined));
    },
  };
}

function refused(error: unknown, service: Service): unknown {
  if (error instanceof PlanUnavailable) {
    return new Problem("source_unavailable", error.message, { help: error.help });
  }
  if (error instanceof ProjectError && error.code === "store_unavailable") {
    return new Problem("store_unavailable", error.message, { help: error.help });
  }
  return asProblem(error, service);
}
