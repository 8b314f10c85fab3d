import * as wasm from "@cedar-policy/cedar-wasm/nodejs";
import type { AuthorizationAnswer } from "@cordon/cedar";
import type { ComparableContender } from "../decisions/contenders.js";
import { fromCedar, fromEngine } from "./answered.js";
import { type OurPath, PATHS } from "./paths.js";
import { forEachQuestion, type Questions, sliceOf } from "./questions.js";

/** A contender with a name that the same one has at every size, for the chart. */
export interface AppContender extends ComparableContender {
  readonly key: string;
}

/** Our paths: one authorizer for each set of policies, one store for each world, requests as values. */
export function ourContenders(questions: Questions, runsPerRound: number): AppContender[] {
  return PATHS.map((path) => ourContender(path, questions, runsPerRound));
}

function ourContender(path: OurPath, questions: Questions, runsPerRound: number): AppContender {
  const authorizers = new Map(questions.worlds.map(({ bundle }) => [bundle, path.compile(bundle)]));
  const asked = forEachQuestion(questions, (world, at) => {
    const authorizer = authorizers.get(world.bundle);
    const request = world.requests[at];
    if (authorizer === undefined || request === undefined) throw new Error("an unprepared world");
    return { authorizer, request, store: world.store };
  });
  const run = (index: number) => {
    const { authorizer, request, store } = asked[index % asked.length] as (typeof asked)[number];
    return authorizer.isAuthorized(request, store);
  };
  return {
    key: path.name,
    name: `Cordon, ${path.name}`,
    includes: "policies compiled, entities ready, request as values",
    runsPerRound,
    run,
    answer: (index) => fromEngine(run(index)),
  };
}

/** How often a call over the boundary is made in a round: it takes a thousand times as long as ours. */
export interface WasmRuns {
  readonly all: number;
  readonly slice: number;
  readonly stateless: number;
}

export function wasmContenders(questions: Questions, runs: WasmRuns): AppContender[] {
  const policySetId = (world: number) => `${questions.application.name}-${world}`;
  for (const [index, { bundle }] of questions.worlds.entries()) {
    const prepared = wasm.preparsePolicySet(policySetId(index), bundle.policies as unknown as wasm.PolicySet);
    if (prepared.type === "failure")
      throw new Error(`cedar-wasm refuses the policies: ${JSON.stringify(prepared.errors)}`);
  }
  const stateful = (entities: "all" | "slice") =>
    forEachQuestion(questions, (world, at, index) => ({
      ...world.asked[at],
      context: {},
      entities: entities === "all" ? world.entities : sliceOf(world, world.requests[at] as never),
      preparsedPolicySetId: policySetId(index),
    })) as unknown as wasm.StatefulAuthorizationCall[];
  const sliced = stateful("slice");
  const stateless = sliced.map(({ preparsedPolicySetId: _, ...call }, index) => ({
    ...call,
    policies: worldOf(questions, index).bundle.policies,
  })) as unknown as wasm.AuthorizationCall[];
  return [
    wasmContender({
      key: "wasm-slice",
      name: "cedar-wasm `statefulIsAuthorized`",
      includes:
        "policies parsed beforehand; the request and the entities it can reach as JSON data in each call",
      runsPerRound: runs.slice,
      ask: asking(sliced, wasm.statefulIsAuthorized),
    }),
    wasmContender({
      key: "wasm-all",
      name: "cedar-wasm `statefulIsAuthorized`",
      includes: "policies parsed beforehand; the request and all entities as JSON data in each call",
      runsPerRound: runs.all,
      ask: asking(stateful("all"), wasm.statefulIsAuthorized),
    }),
    wasmContender({
      key: "wasm-stateless",
      name: "cedar-wasm `isAuthorized`",
      includes: "policies, request and the entities it can reach as JSON data in each call",
      runsPerRound: runs.stateless,
      ask: asking(stateless, wasm.isAuthorized),
    }),
  ];
}

type WasmAnswer = ReturnType<typeof wasm.isAuthorized>;

function asking<Call>(calls: readonly Call[], ask: (call: Call) => WasmAnswer) {
  return (index: number) => ask(calls[index % calls.length] as Call);
}

function wasmContender({
  ask,
  ...named
}: Pick<AppContender, "key" | "name" | "includes" | "runsPerRound"> & {
  ask: (index: number) => WasmAnswer;
}): AppContender {
  return { ...named, run: ask, answer: (index) => fromCedar(ask(index) as AuthorizationAnswer) };
}

function worldOf({ worlds, count }: Questions, index: number) {
  const world = worlds[Math.floor(((index % count) * worlds.length) / count)];
  if (world === undefined) throw new Error("no such world");
  return world;
}
