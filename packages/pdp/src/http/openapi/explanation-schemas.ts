import type { JsonObject } from "@cordon/engine/json";
import { array, flag, integer, mapOf, nullable, object, oneOfText, ref, text } from "./schema.js";

const DECISION = oneOfText(["allow", "deny"]);
const POSITION = object(
  { file: text(), line: integer("From 1"), column: integer("From 1, in UTF-16 units") },
  ["file", "line", "column"],
);

/** Why a decision came out as it did. */
export const explanationSchemas = {
  Explained: object(
    {
      decision: flag("As an evaluation answers"),
      context: ref("DecisionContext"),
      explanation: ref("Explanation"),
      sources: ref("FetchReport"),
    },
    ["decision", "context", "explanation"],
  ),
  FetchReport: object(
    {
      rounds: integer("How often it had to ask before it could go on"),
      fetched: array(
        object(
          {
            source: text(),
            entity: text(),
            exists: flag("False: the source says that there is no such entity"),
            attributes: array(text()),
            parents: flag(),
            at: text("RFC 3339"),
            ageMs: integer("In milliseconds"),
            stale: flag("Older than it should be"),
          },
          ["source", "entity", "exists", "attributes", "parents", "at", "ageMs"],
        ),
      ),
      context: array(
        object({ source: text(), member: text(), at: text("RFC 3339"), stale: flag() }, [
          "source",
          "member",
          "at",
        ]),
      ),
      failed: array(
        object({ source: text(), entity: text(), code: text(), message: text() }, [
          "source",
          "code",
          "message",
        ]),
      ),
      notFetched: array(
        object({ source: text(), entity: text(), what: array(text()) }, ["source", "what"]),
        "What could not change the decision, or could not be had",
      ),
      openPolicies: array(
        text(),
        "Policies that were not evaluated to the end, and that the explanation leaves out",
      ),
    },
    ["rounds", "fetched", "context", "failed", "notFetched", "openPolicies"],
    "What sources were asked; absent where the project has none",
  ),
  Replay: object(
    {
      decision: DECISION,
      same: flag("Whether it came out as recorded"),
      differences: array(text(), "What differs, in words"),
      explanation: ref("Explanation"),
      record: ref("DecisionRecord"),
    },
    ["decision", "same", "differences", "explanation", "record"],
  ),
  Explanation: object(
    {
      decision: DECISION,
      policies: array(
        ref("PolicyExplanation"),
        "Those that determined the decision, then errors, then the nearest misses, then the rest",
      ),
    },
    ["decision", "policies"],
  ),
  PolicyExplanation: object(
    {
      policyId: text(),
      effect: oneOfText(["permit", "forbid"]),
      annotations: mapOf({ type: "string" }),
      outcome: oneOfText(["satisfied", "not_satisfied", "error"]),
      determining: flag(),
      error: ref("EvaluationError"),
      scope: array(
        object(
          { part: oneOfText(["principal", "action", "resource"]), text: text("As Cedar"), holds: flag() },
          ["part", "text", "holds"],
        ),
      ),
      clauses: array(ref("ClauseExplanation")),
      position: POSITION,
    },
    ["policyId", "effect", "annotations", "outcome", "determining", "scope", "clauses"],
  ),
  ClauseExplanation: object(
    {
      kind: oneOfText(["when", "unless"]),
      text: text("As Cedar"),
      outcome: {
        enum: [true, false, "error", "not_evaluated"],
        description: "The value of the clause's expression: an `unless` is met by false",
      },
      error: ref("EvaluationError"),
      position: POSITION,
      trace: ref("ExprTrace"),
    },
    ["kind", "text", "outcome", "trace"],
  ),
  ExprTrace: object(
    {
      text: text("The sub-expression, as Cedar"),
      operator: text("What it is: `==`, `has`, `variable`, `literal`"),
      value: { description: "What it came to, in Cedar's JSON" },
      error: ref("EvaluationError"),
      evaluated: flag("False for what short-circuiting skipped"),
      children: array(ref("ExprTrace")),
    },
    ["text", "operator", "evaluated", "children"],
  ),
  EvaluationError: object(
    { code: text(), message: text("As Cedar words it"), help: nullable({ type: "string" }) },
    ["code", "message", "help"],
  ),
} satisfies Record<string, JsonObject>;
