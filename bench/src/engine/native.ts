import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Answered } from "../decisions/contenders.js";
import type { RoundSample } from "../measure/rounds.js";
import { root } from "../process/paths.js";
import { answered } from "./answered.js";
import type { AppContender } from "./contenders.js";
import type { Questions } from "./questions.js";

const PROJECT = join(root, "bench/native-cedar");
const MAX_OUTPUT = 2 ** 28;

/** The built harness around Cedar's own Rust library, or why there is none. */
export type NativeHarness = { readonly program: string } | { readonly missing: string };

/** Builds the harness where there is a Rust toolchain that can have the crates. */
export function buildNative(): NativeHarness {
  const built = spawnSync("cargo", ["build", "--release", "--locked", "--quiet"], {
    cwd: PROJECT,
    encoding: "utf8",
  });
  if (built.error !== undefined) return { missing: "there is no `cargo` here" };
  if (built.status !== 0) return { missing: `\`cargo build\` failed: ${lastLine(built.stderr)}` };
  return { program: join(root, "bench/dist/native-cedar/release/native-cedar") };
}

/**
 * The crate on the same policies, entities and requests. It runs in a process of its own, started for each round;
 * what it reads, it has parsed before the round begins.
 */
export function nativeContender(
  { program }: { program: string },
  questions: Questions,
  runsPerRound: number,
): AppContender & { close(): void } {
  const folder = mkdtempSync(join(tmpdir(), "cordon-native-"));
  const worlds = questions.worlds.map(({ bundle, entities, asked }, index) => {
    const world = join(folder, String(index));
    mkdirSync(world);
    writeFileSync(join(world, "policies.json"), JSON.stringify(bundle.policies));
    writeFileSync(join(world, "entities.json"), JSON.stringify(entities));
    writeFileSync(join(world, "requests.json"), JSON.stringify(asked));
    return world;
  });
  const answers = call<readonly Answered[]>(program, ["answers", ...worlds]);
  const notHere = () => {
    throw new Error("the native library runs in another process");
  };
  return {
    key: "native",
    name: "cedar-policy, the Rust crate",
    includes: "policies, entities and requests parsed beforehand; native code, in a process of its own",
    runsPerRound,
    run: notHere,
    sample: (first) => call<RoundSample>(program, ["round", ...worlds, String(first), String(runsPerRound)]),
    answer: (index) => {
      const answer = answers[index % answers.length];
      if (answer === undefined) throw new Error(`the native library left question ${index} unanswered`);
      return answered(answer.decision, answer.reason, answer.erring);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function call<T>(program: string, args: readonly string[]): T {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", maxBuffer: MAX_OUTPUT });
  if (status !== 0) throw new Error(`${program} ended with exit code ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
