import type { JsonObject } from "@cordon/engine/json";
import { array, flag, integer, mapOf, nullable, object, oneOfText, open, ref, text } from "./schema.js";

const DECISION = oneOfText(["allow", "deny"]);
const HASH = "64 hexadecimal digits";

const FETCHED = object(
  { source: text(), at: text("RFC 3339"), ageMs: integer("In milliseconds"), stale: flag() },
  ["at", "ageMs"],
);

/** The decision log. */
export const decisionSchemas = {
  Uid: object({ type: text(), id: text() }, ["type", "id"], "An entity's type and id"),
  DecisionPage: object(
    {
      decisions: array(ref("DecisionRecord")),
      next: nullable({ type: "string", description: "Cursor of the next page" }),
    },
    ["decisions", "next"],
  ),
  DecisionRecord: object(
    {
      id: text("Decision id"),
      seq: integer("Position in the log, from 1"),
      time: text("RFC 3339, UTC, milliseconds"),
      caller: text("Who asked: the name of the key"),
      traceId: nullable({ type: "string", description: "W3C trace id" }),
      bundleId: text("The bundle that answered"),
      request: object(
        {
          principal: ref("Uid"),
          action: ref("Uid"),
          resource: ref("Uid"),
          context: open("As evaluated, in Cedar's JSON"),
          added: array(text(), "Members of the context that the decision point added"),
          properties: open("What the caller sent along"),
        },
        ["principal", "action", "resource", "context", "added"],
      ),
      entities: array(
        object(
          {
            uid: ref("Uid"),
            attrs: open("Attributes that policies mention, in Cedar's JSON"),
            tags: open(),
            ancestors: array(ref("Uid")),
            from: mapOf(
              { type: "string" },
              "Per attribute where it came from: `caller`, `static`, or a source",
            ),
            fetched: mapOf(FETCHED, "By source, how old what it said of the entity was"),
          },
          ["uid", "attrs", "ancestors", "from"],
        ),
        "The entities consulted, as they were then",
      ),
      sources: object(
        {
          refused: flag("Nothing was evaluated, because it was not certain who asks"),
          open: array(text(), "Policies that were not evaluated to the end"),
          unavailable: array(object({ source: text(), code: text() }, ["source", "code"])),
          context: mapOf(FETCHED, "By member of the context, the source that gave it"),
        },
        [],
        "Absent where no source had a say",
      ),
      decision: DECISION,
      reasonCode: text(),
      policies: array(text(), "The policies that determined the decision"),
      errors: array(object({ policyId: text(), message: text() }, ["policyId", "message"])),
      obligations: array(object({ id: text(), policyId: text() }, ["id", "policyId"])),
      durationUs: { type: "number", description: "Microseconds the decision took" },
      search: object(
        {
          for: oneOfText(["principal", "action", "resource"]),
          found: integer("Results on the page"),
          more: flag("It was not the last page"),
        },
        ["for", "found", "more"],
        "Of a page of a search, which is no decision: what was searched for has an empty id",
      ),
      plan: object(
        {
          outcome: oneOfText(["always", "never", "when"]),
          exact: flag("Its rows needn't be decided one by one"),
        },
        ["outcome", "exact"],
        "Of a plan, which is no decision: the resource has an empty id",
      ),
      replayable: flag("False where redaction took what a replay would need, of searches and of plans"),
      previousHash: text(`Hash of the record before, ${HASH}`),
      hash: text(`Hash of the previous hash and this record, ${HASH}`),
      details: { description: "Anything else" },
    },
    [
      "id",
      "seq",
      "time",
      "caller",
      "traceId",
      "bundleId",
      "request",
      "entities",
      "decision",
      "reasonCode",
      "policies",
      "errors",
      "obligations",
      "durationUs",
      "replayable",
      "previousHash",
      "hash",
    ],
  ),
  Verification: object(
    {
      ok: flag(),
      records: integer("Records read"),
      firstSeq: nullable({ type: "integer" }),
      lastSeq: integer(),
      headHash: text("The newest record's hash; pin it elsewhere"),
      problems: array(
        object({ kind: text(), seq: nullable({ type: "integer" }), message: text() }, [
          "kind",
          "seq",
          "message",
        ]),
        "The first 1,000",
      ),
      problemCount: integer("All of them"),
      checkpoints: array(
        object(
          {
            lastSeq: integer(),
            lastHash: text(),
            count: integer(),
            reason: oneOfText(["age", "size"]),
            time: text(),
          },
          ["lastSeq", "lastHash", "count", "reason", "time"],
        ),
        "Where retention removed records",
      ),
      notes: array(text()),
    },
    ["ok", "records", "firstSeq", "lastSeq", "headHash", "problems", "problemCount", "checkpoints", "notes"],
  ),
} satisfies Record<string, JsonObject>;
