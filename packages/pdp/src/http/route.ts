import type { JsonValue } from "@cordon/engine/json";
import type { KeyScope } from "../store/index.js";
import type { Exchange } from "./exchange.js";
import type { ProblemKind } from "./problem.js";

/**
 * Who may use a route: everybody (`public`), everybody though only a known caller is told all (`partial`), or
 * keys with at least one of the scopes.
 */
export type Access = "public" | "partial" | readonly KeyScope[];

export interface ParameterDoc {
  readonly name: string;
  readonly in: "query" | "path" | "header";
  readonly description: string;
  readonly schema: JsonValue;
  readonly example?: JsonValue;
}

export interface ResponseDoc {
  readonly description: string;
  /** Media type → schema; none for an answer without a body. */
  readonly content?: Readonly<Record<string, JsonValue>>;
}

/** What the OpenAPI document says of a route; what follows from method, access and body is added to it. */
export interface RouteDoc {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly ParameterDoc[];
  readonly body?: { readonly schema: JsonValue; readonly example: JsonValue };
  /** Status → answer, problems aside. */
  readonly answers: Readonly<Record<string, ResponseDoc>>;
  /** Problems beyond those that every route of its kind can answer with. */
  readonly problems?: readonly ProblemKind[];
}

/** One endpoint. Server, OpenAPI document and documentation page all come from the same table of these. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As in OpenAPI: `/things/{id}`. */
  readonly path: string;
  readonly access: Access;
  readonly doc: RouteDoc;
  handle(exchange: Exchange): void | Promise<void>;
}
