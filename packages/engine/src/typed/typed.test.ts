import assert from "node:assert/strict";
import { test } from "node:test";
import type { DecideOptions, Decision, DecisionRequest } from "../decider.js";
import type { Fields } from "../fields/types.js";
import { typedDecider } from "./decider.js";
import type { Long } from "./values.js";

interface Schema {
  entities: {
    User: { id: string; attributes: object; tags: never };
    Ticket: { id: string; attributes: { status: string }; tags: never };
  };
  actions: {
    close: { principals: ["User"]; resources: ["Ticket"]; context: { country?: string }; properties: never };
    refund: { principals: ["User"]; resources: ["Ticket"]; context: object; properties: { amount: Long } };
  };
}

function asked(answer: "allow" | "deny" | Error) {
  const questions: [DecisionRequest, DecideOptions | undefined][] = [];
  const decide = async (request: DecisionRequest, options?: DecideOptions): Promise<Decision> => {
    questions.push([request, options]);
    if (answer instanceof Error) throw answer;
    return { decision: answer, id: "d" } as Decision;
  };
  return { questions, decider: typedDecider<Schema>({ decide }) };
}

test("only an allow is a yes", async () => {
  assert.equal(await asked("allow").decider.can('User::"ann"', "close", 'Ticket::"T"'), true);
  assert.equal(await asked("deny").decider.can('User::"ann"', "close", 'Ticket::"T"'), false);
  const unreachable = new Error("unreachable");
  await assert.rejects(asked(unreachable).decider.can('User::"ann"', "close", 'Ticket::"T"'), unreachable);
});

test("a request holds what entities are, and nothing else of the application's objects", async () => {
  const { questions, decider } = asked("allow");
  const ticket = { type: "Ticket", id: "T", properties: { status: "open" }, notes: "private" } as const;
  const options = { traceId: "0af7651916cd43dd8448eb211c80319c" };
  await decider.decide({ type: "User", id: "ann" }, "close", ticket, { country: "DE" }, options);
  await decider.can('User::"ann"', { name: "refund", properties: { amount: 5n } }, 'Ticket::"T"');
  assert.deepEqual(questions, [
    [
      {
        principal: { type: "User", id: "ann" },
        action: "close",
        resource: { type: "Ticket", id: "T", properties: { status: "open" } },
        context: { country: "DE" },
      },
      options,
    ],
    [
      {
        principal: 'User::"ann"',
        action: { name: "refund", properties: { amount: 5n } },
        resource: 'Ticket::"T"',
      },
      undefined,
    ],
  ]);
});

test("attributes are asked for like decisions, by the names of the resource's type", async () => {
  const questions: [DecisionRequest, DecideOptions | undefined][] = [];
  const answer = { allowed: ["status"], masked: {}, hidden: [] } as unknown as Fields;
  const decider = typedDecider<Schema>({
    decide: async () => ({ decision: "deny" }) as Decision,
    fields: async (request, options) => {
      questions.push([request, options]);
      return answer;
    },
  });
  const { allowed, masked } = await decider.fields('User::"ann"', "close", { type: "Ticket", id: "T" });
  const name: "status" | undefined = allowed[0];
  assert.deepEqual([name, masked.status], ["status", undefined]);
  assert.deepEqual(questions, [
    [{ principal: 'User::"ann"', action: "close", resource: { type: "Ticket", id: "T" } }, undefined],
  ]);
  // @ts-expect-error -- tickets have no such attribute
  assert.equal(masked.colour, undefined);
  // @ts-expect-error -- a decider that knows no attributes isn't asked for any
  assert.equal(typeof asked("allow").decider.fields, "function");
});
