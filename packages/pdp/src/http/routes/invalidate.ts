import type { JsonValue } from "@cordon/engine/json";
import type { SourceChange } from "../../sources/index.js";
import type { Exchange } from "../exchange.js";
import { ref } from "../openapi/schemas.js";
import { Problem } from "../problem.js";
import type { Route } from "../route.js";
import type { Service } from "../service.js";

/** A webhook: whatever lies behind a source tells that something changed. */
export function invalidateRoute(service: Service): Route {
  return {
    method: "POST",
    path: "/cordon/v1/sources/{name}/invalidate",
    access: ["administer"],
    doc: {
      id: "invalidateSource",
      tag: "Cordon",
      summary: "Forget what a source said before a change",
      description:
        "Tells that data behind a source changed: one entity, all of a type, or (an empty object) anything. What was fetched before is forgotten, and what is under way is not kept, so that the next decision asks anew.",
      parameters: [
        {
          name: "name",
          in: "path",
          description: "The source, as `cordon.yaml` has it",
          schema: { type: "string" },
        },
      ],
      body: { schema: ref("SourceChange"), example: { type: "User", id: "ann" } },
      answers: {
        "200": { description: "Forgotten", content: { "application/json": ref("Invalidated") } },
      },
      problems: ["unknown_source"],
    },
    handle: async (exchange) => {
      const change = changeOf(await exchange.body());
      invalidate(service, exchange, change);
    },
  };
}

function invalidate({ decider }: Service, exchange: Exchange, change: SourceChange): void {
  const { name = "" } = exchange.params;
  if (!decider.sources.invalidate(name, change)) {
    throw new Problem("unknown_source", `there is no source \`${name}\` that keeps anything`, {
      parameter: "name",
      help: "`cordon sources list` lists those of the project",
    });
  }
  exchange.json({ source: name });
}

function changeOf(body: JsonValue): SourceChange {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Problem("wrong_type", "the body must be an object", {
      pointer: "",
      help: "send `{}` for anything",
    });
  }
  const { type, id } = body;
  for (const [name, value] of [
    ["type", type],
    ["id", id],
  ] as const) {
    if (value === undefined || typeof value === "string") continue;
    throw new Problem("wrong_type", `\`${name}\` must be a string`, { pointer: `/${name}` });
  }
  if (typeof id === "string" && type === undefined) {
    throw new Problem("missing_member", "`type` is missing", {
      pointer: "/type",
      help: "an id names an entity only with its type",
    });
  }
  return {
    ...(typeof type === "string" ? { type } : {}),
    ...(typeof id === "string" ? { id } : {}),
  };
}
