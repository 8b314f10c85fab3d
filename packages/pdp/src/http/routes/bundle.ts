import type { Bundle } from "@cordon/engine";
import { type JsonValue, stringifyJson } from "@cordon/engine/json";
import { ref } from "../openapi/schemas.js";
import type { Route } from "../route.js";
import type { Service } from "../service.js";

export function bundleRoute(service: Service): Route {
  const bytesOf = remember(serialise);
  return {
    method: "GET",
    path: "/cordon/v1/bundle",
    access: ["read_log", "administer"],
    doc: {
      id: "bundle",
      tag: "Cordon",
      summary: "The bundle that answers now",
      description:
        "The policies, schema and settings that answers come from, as one immutable document. Its id is its entity tag, so asking again with `If-None-Match` costs nothing while it is the same.",
      parameters: [
        {
          name: "If-None-Match",
          in: "header",
          description: "Entity tags that the caller has already",
          schema: { type: "string" },
        },
      ],
      answers: {
        "200": { description: "The bundle", content: { "application/json": ref("Bundle") } },
        "304": { description: "The caller has it already" },
      },
    },
    handle: (exchange) => {
      const { bundle } = service.decider;
      const etag = `"${bundle.id}"`;
      const headers = { etag, "cache-control": "private, no-cache" };
      if (matches(exchange.req.headers["if-none-match"], etag)) {
        exchange.empty(304, headers);
        return;
      }
      exchange.send(200, "application/json", bytesOf(bundle), headers);
    },
  };
}

function serialise(bundle: Bundle): Buffer {
  return Buffer.from(stringifyJson(bundle as unknown as JsonValue));
}

/** The result for the value asked for last: a bundle changes rarely and is large. */
function remember<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  let last: { key: K; value: V } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, value: compute(key) };
    return last.value;
  };
}

/** `If-None-Match` of RFC 9110, section 13.1.2: weak comparison. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((tag) => {
    const trimmed = tag.trim();
    return trimmed === "*" || trimmed.replace(/^W\//, "") === etag;
  });
}
