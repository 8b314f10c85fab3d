import type { CompiledPolicy } from "../policy/compiled.js";
import { RUNTIME } from "./runtime.js";
import { type Decide, type Path, Situations } from "./situations.js";
import { decisionSource } from "./source/decision-source.js";
import type { Situation } from "./source/expression-source.js";

/** Decisions in one situation before code is generated for it: generating costs as much as some hundred of them. */
const WARMTH = 500;

/** Beyond this V8 no longer optimises a function, and closures are quicker. */
const LONGEST_SOURCE = 100_000;

let allowed: boolean | undefined;

/** Whether this place lets code be made of text: a strict content security policy and edge workers don't. */
function canGenerate(): boolean {
  if (allowed === undefined) {
    try {
      new Function();
      allowed = true;
    } catch {
      allowed = false;
    }
  }
  return allowed;
}

/** Undefined where code can't be made of text here, or would be too long to be quick. */
function generate(policies: readonly CompiledPolicy[], situation: Situation): Decide | undefined {
  if (!canGenerate()) return undefined;
  const source = decisionSource(policies, situation);
  if (source.length > LONGEST_SOURCE) return undefined;
  const names = Object.keys(RUNTIME).join(", ");
  return new Function("runtime", `"use strict"; const { ${names} } = runtime; return ${source}`)(RUNTIME);
}

export function generatingSituations(
  policies: () => readonly CompiledPolicy[],
  path: "auto" | Path,
): Situations {
  const warmth = path === "auto" ? WARMTH : 0;
  return new Situations(policies, {
    generate: path === "closures" ? undefined : generate,
    warmth,
  });
}
