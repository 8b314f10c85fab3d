import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { CedarRecord, type DecisionRequest, EntityUid, type Value } from "@cordon/engine";
import { openProject } from "../../project/open-project.js";
import type { ProjectDecider } from "../../project/project-decider.js";
import {
  type ContextRequest,
  type ContextSource,
  type Contribution,
  type ProvidedType,
  SourceError,
} from "../../sources/index.js";
import { tempProject } from "../../testing-internal/temp-project.js";

const SCHEMA = `
entity Group;
entity User in [Group] = { level: Long };
entity Doc;
action "read" appliesTo { principal: [User], resource: [Doc], context: { geo?: { country: String }, hour?: Long } };
action "list" appliesTo { principal: [User], resource: [Doc], context: { geo?: { country: String }, hour?: Long } };
action "sign" appliesTo { principal: [User], resource: [Doc], context: { seal: String } };
`;
const POLICIES = `
@id("at-home") permit (principal, action == Action::"read", resource)
when { context has hour && context.hour < 18 && context has geo && context.geo.country == "DE" };
@id("lists") permit (principal, action == Action::"list", resource);
@id("signs") permit (principal, action == Action::"sign", resource) when { context.seal == "ok" };
@id("staff") permit (principal in Group::"staff", action, resource) when { principal.level > 2 };
`;

class Place implements ContextSource {
  readonly kind = "place";
  readonly asked: ContextRequest[] = [];

  constructor(
    readonly name: string,
    readonly members: ReadonlySet<string>,
    readonly answer: (request: ContextRequest) => Contribution | Promise<Contribution>,
    readonly vouchesFor: ReadonlyMap<string, ProvidedType> = new Map(),
  ) {}

  contribute(request: ContextRequest): Contribution | Promise<Contribution> {
    this.asked.push(request);
    return this.answer(request);
  }

  async close(): Promise<void> {}
}

function gives(members: Record<string, Value>): Contribution {
  return { members: new Map(Object.entries(members)) };
}

function geo(answer: (request: ContextRequest) => Contribution | Promise<Contribution>): Place {
  return new Place("geo", new Set(["geo"]), answer);
}

const GERMANY = () =>
  gives({
    geo: CedarRecord.of([
      ["country", "DE"],
      ["asn", 3320],
    ]),
  });

async function open(t: TestContext, sources: ContextSource[]): Promise<ProjectDecider> {
  const project = await tempProject(t, { "policies/a.cedar": POLICIES, "schema.cedarschema": SCHEMA });
  const decider = await openProject(project, { watch: false, sources });
  t.after(() => decider.close());
  return decider;
}

const ask = (action: string, context: object = {}): DecisionRequest => ({
  principal: 'User::"ann"',
  action,
  resource: 'Doc::"d"',
  context: { ...context },
  credentials: { ip: "192.0.2.1" },
});

test("a member comes from its source alone, and is asked for only where it matters", async (t) => {
  const place = geo(GERMANY);
  const decider = await open(t, [place]);
  assert.equal((await decider.decide(ask("list"))).decision, "allow");
  assert.equal((await decider.decide(ask("read", { hour: 20 }))).decision, "deny");
  assert.equal(place.asked.length, 0);
  const answer = await decider.decide(ask("read", { hour: 9, geo: { country: "FR" } }));
  assert.deepEqual([answer.decision, answer.ignored], ["allow", ["/context/geo"]]);
  assert.deepEqual(place.asked[0]?.credentials, { ip: "192.0.2.1" });
  assert.deepEqual([...(place.asked[0]?.needed ?? [])], ["geo"]);
  await decider.log?.flush();
  const record = await decider.log?.get(answer.id);
  assert.deepEqual(
    record?.request.context,
    { hour: 9, geo: { country: "DE" } },
    "without what the schema has no place for",
  );
  assert.deepEqual(record?.request.added, ["geo"]);
  assert.equal(record?.sources?.context?.geo?.source, "geo");
  assert.doesNotMatch(JSON.stringify(record), /192\.0\.2\.1/);
  assert.deepEqual((await decider.replay(answer.id)).differences, []);
});

test("a source that fails denies only where its member could change the answer", async (t) => {
  const fails: (() => Contribution | Promise<Contribution>)[] = [
    () => {
      throw new SourceError("source_unreachable", "geo", "no database", "get one");
    },
    async () => {
      throw new TypeError("broken");
    },
    () => gives({ geo: "Germany" }),
    () => gives({ geo: CedarRecord.of([["country", 49]]) }),
  ];
  for (const fail of fails) {
    const decider = await open(t, [geo(fail)]);
    const answer = await decider.decide(ask("read", { hour: 9 }));
    assert.deepEqual([answer.decision, answer.reason.code], ["deny", "source_unavailable"]);
    assert.equal(answer.unavailable?.[0]?.source, "geo");
    assert.equal((await decider.decide(ask("read", { hour: 20 }))).reason.code, "no_permit");
  }
});

test("a required member that can't be had is no fault of the caller's", async (t) => {
  const seal = new Place("seal", new Set(["seal"]), () => gives({}));
  const decider = await open(t, [seal]);
  const answer = await decider.decide(ask("sign", { seal: "ok" }));
  assert.deepEqual([answer.decision, answer.reason.code], ["deny", "source_unavailable"]);
  assert.match(answer.reason.message, /context\.seal/);
});

test("who vouches for the principal is asked first, and its word counts above all others", async (t) => {
  const users = { attributes: new Set(["level"]), parents: new Set(["Group"]), tags: false };
  const vouching = (answer: (request: ContextRequest) => Contribution) =>
    new Place("token", new Set(), answer, new Map([["User", users]]));
  const staff = vouching(({ principal }) => ({
    members: new Map(),
    entities: [
      {
        uid: principal,
        entity: { attrs: new Map([["level", 3]]), parents: [EntityUid.of("Group", "staff")] },
      },
    ],
  }));
  const decider = await open(t, [staff]);
  const liar = { ...ask("read"), principal: { type: "User", id: "ann", properties: { level: 0 } } };
  const answer = await decider.decide(liar);
  assert.equal(answer.decision, "allow");
  await decider.log?.flush();
  const record = await decider.log?.get(answer.id);
  assert.deepEqual(record?.entities.find(({ uid }) => uid.id === "ann")?.from, { level: "token" });
  assert.deepEqual((await decider.replay(answer.id)).differences, []);

  const refusal = { code: "identity_unverified" as const, message: "the token is somebody else's" };
  const refusing = await open(t, [vouching(() => ({ members: new Map(), refusal }))]);
  const refused = await refusing.decide(ask("list"));
  assert.deepEqual([refused.decision, refused.reason], ["deny", refusal], "whatever the policies say");
  await refusing.log?.flush();
  assert.deepEqual((await refusing.replay(refused.id)).differences, []);

  const silent = await open(t, [
    vouching(() => {
      throw new SourceError("source_timeout", "token", "no keys", "wait");
    }),
  ]);
  const unknown = await silent.decide(ask("list"));
  assert.deepEqual([unknown.decision, unknown.reason.code], ["deny", "source_unavailable"]);
  await silent.log?.flush();
  assert.deepEqual((await silent.replay(unknown.id)).differences, []);
});
