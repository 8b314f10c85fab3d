import type { JsonObject, JsonValue } from "@cordon/engine/json";
import {
  etagOf,
  listed,
  RESOURCE_TYPES,
  represent,
  SCIM_MEDIA_TYPE,
  SCIM_SCHEMAS,
  type ScimDirectory,
  ScimError,
  type ScimKind,
  SERVICE_PROVIDER_CONFIG,
  type Stored,
} from "../../scim/index.js";
import type { Exchange } from "../exchange.js";
import { ref } from "../openapi/schemas.js";
import type { ParameterDoc, Route, RouteDoc } from "../route.js";
import type { Service } from "../service.js";

const KINDS: readonly ScimKind[] = ["User", "Group"];
const BASE = "/scim/v2";

/** What an identity provider pushes users and groups to: SCIM 2.0 (RFC 7643, RFC 7644). */
export function scimRoutes(service: Service): Route[] {
  return [...KINDS.flatMap((kind) => resourceRoutes(service, kind)), ...discoveryRoutes(service)];
}

function resourceRoutes(service: Service, kind: ScimKind): Route[] {
  const many = `${BASE}/${kind}s`;
  const one = `${many}/{id}`;
  const a = kind === "User" ? "a user" : "a group";
  const body = { schema: ref("ScimResource"), example: EXAMPLES[kind] };
  const patch = { schema: ref("ScimPatch"), example: PATCH_EXAMPLE };
  const route = (
    method: Route["method"],
    path: string,
    doc: Omit<RouteDoc, "tag" | "answers" | "description"> & { answers?: RouteDoc["answers"] },
    answer: (directory: ScimDirectory, exchange: Exchange) => Promise<void> | void,
  ): Route => ({
    method,
    path,
    access: ["provision"],
    doc: {
      tag: "SCIM",
      description:
        "For identity providers. Takes and gives `application/scim+json`; errors are those of RFC 7644.",
      answers: answersOf(kind, method),
      parameters: path === one ? [ID] : [],
      ...doc,
    },
    handle: (exchange) => handled(service, exchange, (directory) => answer(directory, exchange)),
  });
  const { origin } = { origin: (exchange: Exchange) => `${service.publicUrl ?? ""}${exchange.path}` };
  const show = (directory: ScimDirectory, exchange: Exchange, row: Stored, status = 200): void => {
    const location = status === 201 ? `${origin(exchange)}/${row.id}` : origin(exchange);
    const value = represent(row, directory, location, exchange.query);
    answer(exchange, value, status, { etag: etagOf(row), ...(status === 201 ? { location } : {}) });
  };
  const read = (exchange: Exchange) => exchange.body(["application/json", SCIM_MEDIA_TYPE]);
  const ifMatch = ({ req }: Exchange) => req.headers["if-match"];
  const id = ({ params }: Exchange) => params.id ?? "";
  return [
    route(
      "GET",
      many,
      { id: `list${kind}s`, summary: `List ${kind.toLowerCase()}s`, parameters: LISTING },
      (directory, exchange) => answer(exchange, listed(directory, kind, exchange.query, origin(exchange))),
    ),
    route("POST", many, { id: `create${kind}`, summary: `Add ${a}`, body }, async (directory, exchange) =>
      show(directory, exchange, await directory.create(kind, await read(exchange)), 201),
    ),
    route("GET", one, { id: `get${kind}`, summary: `Read ${a}` }, (directory, exchange) => {
      const row = directory.get(id(exchange));
      if (row?.kind !== kind) throw new ScimError(404, undefined, `there is no ${kind} of that id`);
      if (exchange.req.headers["if-none-match"] === etagOf(row)) exchange.empty(304, { etag: etagOf(row) });
      else show(directory, exchange, row);
    }),
    route(
      "PUT",
      one,
      { id: `replace${kind}`, summary: `Replace ${a}`, body },
      async (directory, exchange) => {
        const row = await directory.replace(kind, id(exchange), await read(exchange), ifMatch(exchange));
        show(directory, exchange, row);
      },
    ),
    route(
      "PATCH",
      one,
      { id: `patch${kind}`, summary: `Change ${a}`, body: patch },
      async (directory, exchange) => {
        const row = await directory.patch(kind, id(exchange), await read(exchange), ifMatch(exchange));
        show(directory, exchange, row);
      },
    ),
    route("DELETE", one, { id: `delete${kind}`, summary: `Remove ${a}` }, async (directory, exchange) => {
      await directory.remove(kind, id(exchange), ifMatch(exchange));
      exchange.empty(204, {});
    }),
  ];
}

function discoveryRoutes(service: Service): Route[] {
  const documents: [string, string, string, JsonValue][] = [
    ["ServiceProviderConfig", "scimConfig", "What of SCIM there is", SERVICE_PROVIDER_CONFIG],
    ["ResourceTypes", "scimResourceTypes", "The types of resources", RESOURCE_TYPES],
    ["Schemas", "scimSchemas", "The schemas of resources", SCIM_SCHEMAS],
  ];
  return documents.map(([name, id, summary, document]) => ({
    method: "GET",
    path: `${BASE}/${name}`,
    access: ["provision"],
    doc: {
      id,
      tag: "SCIM",
      summary,
      description: "RFC 7644, section 4.",
      answers: { "200": { description: summary, content: { [SCIM_MEDIA_TYPE]: ref("ScimResource") } } },
    },
    handle: (exchange) => handled(service, exchange, () => answer(exchange, document)),
  }));
}

/** Errors in the words of SCIM; what is no fault of the request passes. */
async function handled(
  service: Service,
  exchange: Exchange,
  work: (directory: ScimDirectory) => Promise<void> | void,
): Promise<void> {
  try {
    const directory = service.decider.sources.provisioning;
    if (directory === null) {
      throw new ScimError(404, undefined, "the project has no source of kind `scim`");
    }
    directory.refresh();
    await work(directory);
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    answer(exchange, error.body(), error.status);
  }
}

function answer(
  exchange: Exchange,
  value: JsonValue,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  exchange.send(status, SCIM_MEDIA_TYPE, JSON.stringify(value, bigIntegers), headers);
}

function bigIntegers(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

function answersOf(kind: ScimKind, method: Route["method"]): RouteDoc["answers"] {
  const shown = { [SCIM_MEDIA_TYPE]: ref("ScimResource") };
  const wrong = { description: "A SCIM error", content: { [SCIM_MEDIA_TYPE]: ref("ScimResource") } };
  const good: Record<Route["method"], [string, RouteDoc["answers"][string]]> = {
    GET: ["200", { description: "As it is", content: shown }],
    POST: ["201", { description: `The new ${kind.toLowerCase()}`, content: shown }],
    PUT: ["200", { description: "As it is now", content: shown }],
    PATCH: ["200", { description: "As it is now", content: shown }],
    DELETE: ["204", { description: "Gone" }],
  };
  const [status, doc] = good[method];
  return {
    [status]: doc,
    "404": wrong,
    ...(method === "GET" || method === "DELETE" ? {} : { "409": wrong }),
  };
}

const ID: ParameterDoc = {
  name: "id",
  in: "path",
  description: "The server's own id",
  schema: { type: "string" },
};

const text = (name: string, description: string): ParameterDoc => ({
  name,
  in: "query",
  description,
  schema: { type: "string" },
});

const LISTING: readonly ParameterDoc[] = [
  text("filter", 'Such as `userName eq "ann"` (RFC 7644, section 3.4.2.2)'),
  text("startIndex", "The first to list, counted from 1"),
  text("count", "How many to list at most; 100 without it, 1,000 at most"),
  text("attributes", "Attributes to show, and no others"),
  text("excludedAttributes", "Attributes not to show"),
];

const EXAMPLES: Readonly<Record<ScimKind, JsonObject>> = {
  User: {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: "ann",
    active: true,
    emails: [{ value: "ann@example.com", type: "work", primary: true }],
  },
  Group: { schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"], displayName: "staff", members: [] },
};

const PATCH_EXAMPLE: JsonObject = {
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations: [{ op: "replace", path: "displayName", value: "Ann" }],
};
