import type { JsonObject } from "@cordon/engine/json";
import { array, integer, object, open, ref, text } from "./schema.js";

const CONTEXT = open("What the caller says about the circumstances, as in an evaluation");

const PAGE = object(
  {
    token: text("`next_token` of the page before; without it the search begins"),
    limit: integer("The most results wanted: 100 without it, and never more than 1,000"),
  },
  [],
  "Which part of the results is asked for",
);

const ANY = (what: string) =>
  object({ type: text(`The entity type of the ${what} searched for`) }, ["type"], "An id is ignored");

function response(results: JsonObject): JsonObject {
  return object(
    {
      results: array(results),
      page: object(
        {
          next_token: text("What to ask for the next page with; empty where this is the last"),
          count: integer("Results on this page"),
        },
        ["next_token", "count"],
      ),
      context: object(
        {
          id: text("Id of this page's record in the decision log"),
          bundle: text("Id of the bundle that answered"),
          reason: object(
            { code: text(), message: text() },
            ["code", "message"],
            "Why none, where no policy says so",
          ),
          ignored: array(text("RFC 6901 pointer"), "Members accepted and not used; only with `debug`"),
        },
        ["id", "bundle"],
      ),
    },
    ["results", "page", "context"],
  );
}

/** The Search APIs of AuthZEN 1.0. */
export const searchSchemas = {
  SubjectSearchRequest: object(
    {
      subject: ANY("principals"),
      action: ref("Action"),
      resource: ref("Resource"),
      context: CONTEXT,
      page: PAGE,
    },
    ["subject", "action", "resource"],
    "Unknown members are ignored",
  ),
  ResourceSearchRequest: object(
    {
      subject: ref("Subject"),
      action: ref("Action"),
      resource: ANY("resources"),
      context: CONTEXT,
      page: PAGE,
    },
    ["subject", "action", "resource"],
    "Unknown members are ignored",
  ),
  ActionSearchRequest: object(
    { subject: ref("Subject"), resource: ref("Resource"), context: CONTEXT, page: PAGE },
    ["subject", "resource"],
    "Unknown members are ignored",
  ),
  EntitySearchResponse: response(object({ type: text("As the request has it"), id: text() }, ["type", "id"])),
  ActionSearchResponse: response(object({ name: text("The action's name") }, ["name"])),
} satisfies Record<string, JsonObject>;
