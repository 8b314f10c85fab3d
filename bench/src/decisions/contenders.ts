import * as wasm from "@cedar-policy/cedar-wasm/nodejs";
import { type AuthorizationCall, isAuthorized } from "@cordon/cedar";
import {
  type CedarRecord,
  compile,
  decodeValue,
  EntityUid,
  encodeEntity,
  type Request,
} from "@cordon/engine";
import type { HelpdeskProject } from "../helpdesk/project.js";
import type { PlainRequest } from "../helpdesk/requests.js";
import { sliceOf } from "../helpdesk/slices.js";
import type { Contender } from "../measure/rounds.js";

export interface Answered {
  readonly decision: string;
  readonly reason: readonly string[];
  readonly erring: readonly string[];
}

/** A contender whose every answer can be compared with the others'. */
export interface ComparableContender extends Contender {
  answer(index: number): Answered;
}

const POLICY_SET = "helpdesk";

/** All run in this process, on the same requests. What each figure includes stands beside it. */
export function contendersOf(
  project: HelpdeskProject,
  requests: readonly PlainRequest[],
): ComparableContender[] {
  const slices = requests.map((request) => sliceOf(project, request));
  const calls = requests.map((request, index) => ({ ...request, entities: slices[index] }));
  return [...ours(project, requests, calls), ...theirs(project, calls, requests)];
}

type Call = PlainRequest & { entities: unknown };

function ours(project: HelpdeskProject, requests: readonly PlainRequest[], calls: readonly Call[]) {
  const authorizer = compile(project.bundle);
  const ready = requests.map(decodeRequest);
  const policies = policyTexts(project);
  const at = <T>(list: readonly T[], index: number) => list[index % list.length] as T;

  const decide = (index: number) => authorizer.isAuthorized(at(ready, index), project.store);
  const decode = (index: number) =>
    authorizer.isAuthorized(decodeRequest(at(requests, index)), project.store);
  const dropIn = (index: number) =>
    isAuthorized({ ...at(calls, index), policies } as unknown as AuthorizationCall);
  return [
    {
      name: "Cordon engine",
      includes: "request as values, all entities ready",
      runsPerRound: 40_000,
      run: decide,
      answer: (index: number) => fromEngine(decide(index)),
    },
    {
      name: "Cordon engine",
      includes: "request from JSON data, all entities ready",
      runsPerRound: 20_000,
      run: decode,
      answer: (index: number) => fromEngine(decode(index)),
    },
    {
      name: "Cordon `isAuthorized` (drop-in)",
      includes: "policies, request and entities of the request as JSON data in each call",
      runsPerRound: 2_000,
      run: dropIn,
      answer: (index: number) => fromCedar(dropIn(index)),
    },
  ];
}

function theirs(project: HelpdeskProject, calls: readonly Call[], requests: readonly PlainRequest[]) {
  const policies = policyTexts(project);
  const prepared = wasm.preparsePolicySet(POLICY_SET, policies);
  if (prepared.type === "failure")
    throw new Error(`cedar-wasm refuses the policies: ${JSON.stringify(prepared.errors)}`);
  const everything = [...project.store].map((entity) => encodeEntity(entity));
  const at = <T>(list: readonly T[], index: number) => list[index % list.length] as T;

  const stateful = (call: object) =>
    wasm.statefulIsAuthorized({
      ...call,
      preparsedPolicySetId: POLICY_SET,
    } as wasm.StatefulAuthorizationCall);
  const stateless = (index: number) =>
    wasm.isAuthorized({ ...at(calls, index), policies } as wasm.AuthorizationCall);
  const withSlice = (index: number) => stateful(at(calls, index));
  const withAll = (index: number) => stateful({ ...at(requests, index), entities: everything });
  return [
    {
      name: "cedar-wasm `statefulIsAuthorized`",
      includes: "policies parsed beforehand, request and entities of the request as JSON data",
      runsPerRound: 400,
      run: withSlice,
      answer: (index: number) => fromCedar(withSlice(index)),
    },
    {
      name: "cedar-wasm `isAuthorized`",
      includes: "policies, request and entities of the request as JSON data in each call",
      runsPerRound: 100,
      run: stateless,
      answer: (index: number) => fromCedar(stateless(index)),
    },
    {
      name: "cedar-wasm `statefulIsAuthorized`",
      includes: `policies parsed beforehand, all ${everything.length.toLocaleString("en-US")} entities as JSON data`,
      runsPerRound: 2,
      run: withAll,
      answer: (index: number) => fromCedar(withAll(index)),
    },
  ];
}

function decodeRequest(request: PlainRequest): Request {
  return {
    principal: EntityUid.of(request.principal.type, request.principal.id),
    action: EntityUid.of(request.action.type, request.action.id),
    resource: EntityUid.of(request.resource.type, request.resource.id),
    context: decodeValue(request.context as Parameters<typeof decodeValue>[0]) as CedarRecord,
  };
}

function policyTexts(project: HelpdeskProject) {
  const texts = Object.entries(project.bundle.sources).map(([id, source]) => [id, source.text] as const);
  return { staticPolicies: Object.fromEntries(texts), templates: {}, templateLinks: [] };
}

function fromEngine(answer: {
  decision: string;
  reason: readonly string[];
  errors: readonly { policyId: string }[];
}): Answered {
  return {
    decision: answer.decision,
    reason: [...answer.reason].sort(),
    erring: answer.errors.map((error) => error.policyId).sort(),
  };
}

function fromCedar(answer: ReturnType<typeof wasm.isAuthorized> | ReturnType<typeof isAuthorized>): Answered {
  if (answer.type === "failure") throw new Error(`not answered: ${JSON.stringify(answer.errors)}`);
  const { decision, diagnostics } = answer.response;
  return fromEngine({ decision, ...diagnostics });
}
