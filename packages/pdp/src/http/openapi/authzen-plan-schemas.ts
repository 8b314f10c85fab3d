import type { JsonObject } from "@cordon/engine/json";
import { array, flag, object, oneOfText, open, ref, text } from "./schema.js";

const PREDICATE = open("A condition on one resource, for `@cordon/planner` to turn into SQL and the like");

/** What may be done to which resources. */
export const planSchemas = {
  PlanRequest: object(
    {
      subject: ref("Subject"),
      action: ref("Action"),
      resource: object({ type: text("The entity type of the resources asked for") }, ["type"]),
      context: open("What the caller says about the circumstances, as in an evaluation"),
      approximate: flag(
        "Leave open what a filter can't express, instead of refusing: then each row must be decided before it counts",
      ),
    },
    ["subject", "action", "resource"],
    "Unknown members are ignored",
  ),
  Plan: object(
    {
      outcome: oneOfText(["always", "never", "when"], "All resources of the type, none, or some"),
      predicate: PREDICATE,
      exact: flag("False: each row that the predicate lets through must be decided before it counts"),
      id: text("The plan's id"),
      bundle: text("Id of the bundle that answered"),
      resource: object({ type: text() }, ["type"]),
      policies: array(
        object(
          {
            id: text(),
            effect: oneOfText(["permit", "forbid"]),
            reason: text("The policy's `@reason`"),
            outcome: oneOfText(["always", "when"]),
            predicate: PREDICATE,
          },
          ["id", "effect", "outcome"],
        ),
        "What each policy contributes",
      ),
      reason: object(
        { code: text(), message: text() },
        ["code", "message"],
        "Why none, where no policy says so",
      ),
      ignored: array(text("RFC 6901 pointer"), "Members accepted and not used; only with `debug`"),
    },
    ["outcome", "exact", "id", "bundle", "resource", "policies"],
  ),
} satisfies Record<string, JsonObject>;
