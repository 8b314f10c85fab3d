import { stringifyJson } from "@cordon/engine/json";
import { openApi } from "../openapi/document.js";
import { documentationPage } from "../openapi/page.js";
import type { Route } from "../route.js";

/** The OpenAPI document and its page, of the given routes and these two. */
export function documentationRoutes(others: readonly Route[]): Route[] {
  const routes: Route[] = [];
  const document = once(() => openApi([...others, ...routes]));
  const json = once(() => stringifyJson(document()));
  const page = once(() => documentationPage(document()));
  routes.push(
    {
      method: "GET",
      path: "/openapi.json",
      access: "public",
      doc: {
        id: "openapi",
        tag: "Documentation",
        summary: "This API, described for programs",
        description: "OpenAPI 3.1.",
        answers: {
          "200": { description: "The document", content: { "application/json": { type: "object" } } },
        },
      },
      handle: (exchange) =>
        exchange.send(200, "application/json", json(), { "cache-control": "max-age=300" }),
    },
    {
      method: "GET",
      path: "/docs",
      access: "public",
      doc: {
        id: "docs",
        tag: "Documentation",
        summary: "This API, described for people",
        description: "One page, without scripts and without anything loaded from elsewhere.",
        answers: { "200": { description: "The page", content: { "text/html": { type: "string" } } } },
      },
      handle: (exchange) => {
        const { html, policy } = page();
        exchange.send(200, "text/html; charset=utf-8", html, {
          "cache-control": "max-age=300",
          "content-security-policy": policy,
          "referrer-policy": "no-referrer",
        });
      },
    },
  );
  return routes;
}

function once<T>(compute: () => T): () => T {
  let result: { value: T } | undefined;
  return () => {
    result ??= { value: compute() };
    return result.value;
  };
}
