import type { JsonObject } from "@cordon/engine/json";
import { array, flag, integer, object, oneOfText, open, ref, text } from "./schema.js";

const PROPERTIES = open("Attributes that the caller vouches for");

const IDENTIFIED = {
  type: text("The entity type, as the policies write it: `User`, `Shop::Customer`"),
  id: text("The entity's id within its type"),
  properties: PROPERTIES,
};

const NAMED = {
  name: text("The action's name: `ticket:read`"),
  properties: open("What the caller says about the action; policies see it as `context.action`"),
};

const CONTEXT = {
  ...open("What the caller says about the circumstances"),
  properties: {
    credentials: object(
      {
        token: text("The bearer token of whoever asks, without the word `Bearer`"),
        ip: text("The address at the other end of the enforcement point's connection"),
        forwarded_for: text("The header `X-Forwarded-For` as it came"),
        device_id: text("The device's id"),
        client_certificate: text("The client's certificate: PEM, or the SHA-256 of its DER form"),
      },
      [],
      "What the decision point verifies itself; never evaluated as it is, never logged",
    ),
  },
};

/** The shapes of AuthZEN 1.0, and what ours adds inside `context`. */
export const authzenSchemas = {
  Subject: object(IDENTIFIED, ["type", "id"], "Who wants to do it"),
  Action: object(NAMED, ["name"], "What is to be done"),
  Resource: object(IDENTIFIED, ["type", "id"], "What it is to be done to"),
  EvaluationRequest: object(
    { subject: ref("Subject"), action: ref("Action"), resource: ref("Resource"), context: CONTEXT },
    ["subject", "action", "resource"],
    "Unknown members are ignored",
  ),
  EvaluationsRequest: object(
    {
      subject: object(IDENTIFIED, [], "The default subject"),
      action: object(NAMED, [], "The default action"),
      resource: object(IDENTIFIED, [], "The default resource"),
      context: CONTEXT,
      evaluations: array(ref("EvaluationItem")),
      options: object(
        {
          evaluations_semantic: {
            ...oneOfText(["execute_all", "deny_on_first_deny", "permit_on_first_permit"]),
            default: "execute_all",
          },
        },
        [],
        "Unknown options are ignored",
      ),
    },
    [],
  ),
  EvaluationItem: object(
    {
      subject: object(IDENTIFIED, []),
      action: object(NAMED, []),
      resource: object(IDENTIFIED, []),
      context: CONTEXT,
    },
    [],
    "One evaluation; members that it leaves out come from the defaults",
  ),
  EvaluationResponse: object(
    {
      decision: flag("True: may go ahead. False: must not"),
      context: { oneOf: [ref("DecisionContext"), ref("ItemError")] },
    },
    ["decision"],
  ),
  EvaluationsResponse: object({ evaluations: array(ref("EvaluationResponse")) }, ["evaluations"]),
  DecisionContext: object(
    {
      id: text("Decision id, the id of its record in the decision log"),
      bundle: text("Id of the bundle that answered"),
      reason: object(
        {
          code: oneOfText([
            "permitted",
            "no_permit",
            "forbidden",
            "forbid_errored",
            "unknown_principal_type",
            "unknown_resource_type",
            "unknown_action",
            "action_not_applicable",
            "source_unavailable",
            "identity_unverified",
            "log_unavailable",
          ]),
          message: text(),
        },
        ["code", "message"],
      ),
      policies: array(
        object(
          { id: text(), effect: oneOfText(["permit", "forbid"]), reason: text("The policy's `@reason`") },
          ["id", "effect"],
        ),
        "The policies that determined the decision",
      ),
      obligations: array(
        object({ id: text(), policy: text("The policy that demands it") }, ["id", "policy"]),
        "What the enforcement point has to see to",
      ),
      errors: array(
        object({ policy: text(), message: text() }, ["policy", "message"]),
        "Policies that could not be evaluated",
      ),
      ignored: array(text("RFC 6901 pointer"), "Members accepted and not used; only with `debug`"),
      stale: array(
        object({ source: text(), age_ms: integer("Age of its data, in milliseconds") }, ["source", "age_ms"]),
        "Sources whose data is older than it should be, because they fail",
      ),
      unavailable: array(
        object({ source: text(), code: text(), message: text() }, ["source", "code", "message"]),
        "Sources that gave no answer, where the reason is `source_unavailable`",
      ),
    },
    ["id", "bundle", "reason", "policies", "obligations", "errors"],
  ),
  ItemError: object(
    {
      error: object(
        {
          status: integer("What the HTTP status would be for this item alone"),
          code: text(),
          message: text(),
          pointer: text("RFC 6901 pointer into the body"),
          help: text(),
        },
        ["status", "code", "message", "pointer"],
      ),
    },
    ["error"],
    "Why an item of a batch could not be evaluated",
  ),
  Metadata: object(
    {
      policy_decision_point: text("Base URL"),
      access_evaluation_endpoint: text(),
      access_evaluations_endpoint: text(),
      search_subject_endpoint: text(),
      search_resource_endpoint: text(),
      search_action_endpoint: text(),
    },
    ["policy_decision_point", "access_evaluation_endpoint", "access_evaluations_endpoint"],
  ),
} satisfies Record<string, JsonObject>;
