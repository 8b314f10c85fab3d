import { type Measured, measureRounds } from "../../measure/rounds.js";
import { packageVersion } from "../../report/environment.js";
import type { Application } from "../apps/application.js";
import { ourContenders } from "../contenders.js";
import { questionsOf } from "../questions.js";
import { casbin } from "./casbin.js";
import { casl } from "./casl.js";
import { opa } from "./opa.js";
import type { Peer } from "./peer.js";

export interface PeerFigures {
  readonly measured: readonly Measured[];
  readonly compared: number;
  /** Which could not be measured, and why. */
  readonly missing: readonly string[];
  readonly versions: readonly (readonly [name: string, version: string])[];
}

/** Peers beside our paths, in turn, after each of their decisions has been compared with ours. */
export async function measurePeers(
  application: Application,
  { worlds, rounds }: { worlds: number; rounds: number },
): Promise<PeerFigures> {
  process.stderr.write("peers\n");
  const questions = questionsOf(application, 50, worlds);
  const compiled = await opa(questions, 2_000);
  const peers: Peer[] = [
    casl(questions, 10_000),
    await casbin(questions, 1_000),
    ...(compiled === null ? [] : [compiled]),
  ];
  const ours = ourContenders(questions, 20_000);
  for (let index = 0; index < questions.count; index++) {
    const expected = ours[0]?.answer(index).decision === "allow";
    const wrong = peers.find((peer) => peer.allows(index) !== expected);
    if (wrong !== undefined) throw new Error(`question ${index}: ${wrong.name} answers otherwise than we do`);
  }
  return {
    measured: measureRounds([...ours, ...peers], rounds),
    compared: peers.length * questions.count,
    missing: compiled === null ? ["OPA, whose policies need its own compiler `opa`"] : [],
    versions: ["@casl/ability", "casbin", ...(compiled === null ? [] : ["@open-policy-agent/opa-wasm"])].map(
      (name) => [name, packageVersion(name)],
    ),
  };
}
