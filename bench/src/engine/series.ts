import type { ComparableContender } from "../decisions/contenders.js";
import { crossCheck } from "../decisions/cross-check.js";
import { type Measured, measureRounds } from "../measure/rounds.js";
import type { Application } from "./apps/application.js";
import { type AppContender, ourContenders, wasmContenders } from "./contenders.js";
import { type NativeHarness, nativeContender } from "./native.js";
import { questionsOf } from "./questions.js";

/** The entity counts of the paper's figure. */
export const SIZES = [5, 10, 15, 20, 30, 40, 50];

export interface AppFigures {
  readonly application: Application;
  readonly size: number;
  readonly compared: number;
  /** Of all questions, how many are allowed. */
  readonly allowedShare: number;
  readonly measured: readonly (Measured & { readonly key: string })[];
}

export interface Effort {
  readonly worlds: number;
  readonly rounds: number;
  /** Scales the runs of each round. */
  readonly scale: number;
}

/** All contenders on one application at one size, their answers compared before anything is timed. */
export function measureApp(
  application: Application,
  size: number,
  native: NativeHarness,
  { worlds, rounds, scale }: Effort,
): AppFigures {
  process.stderr.write(`${titleOf(application)}, ${size} entities a type\n`);
  const questions = questionsOf(application, size, worlds);
  const runs = (count: number) => Math.max(4, Math.round(count * scale));
  const crate =
    "program" in native
      ? nativeContender(native, questions, runs(application.templates ? 1_000 : 4_000))
      : null;
  try {
    const contenders: AppContender[] = [
      ...ourContenders(questions, runs(20_000)),
      ...(crate === null ? [] : [crate]),
      ...wasmContenders(questions, { slice: runs(100), stateless: runs(40), all: runs(20) }),
    ];
    const { compared, allowed } = crossCheck(contenders as ComparableContender[], questions.count);
    const measured = measureRounds(contenders, rounds);
    return {
      ...{ application, size, compared },
      allowedShare: allowed / questions.count,
      measured: measured.map((each, index) => ({ ...each, key: contenders[index]?.key ?? "" })),
    };
  } finally {
    crate?.close();
  }
}

export function titleOf({ name, templates }: Application): string {
  return templates ? `${name}, templates` : name;
}
