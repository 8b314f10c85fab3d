import type { ProjectReport } from "@cordon/analysis/check";
import { counted } from "../render/count.js";
import type { Terminal } from "../terminal.js";
import type { ServedBundle } from "./state.js";

type Colors = Terminal["color"];

/** A failed test is told as such, and not once more as a problem. */
const FAILED_TEST = "test_failed";

/** `no problems`, `1 error, 2 warnings`. */
export function checkSummary({ diagnostics }: ProjectReport, color: Colors): string {
  const problems = diagnostics.filter(({ code }) => code !== FAILED_TEST);
  const count = (wanted: string) => problems.filter(({ severity }) => severity === wanted).length;
  const [errors, warnings] = [count("error"), count("warning")];
  if (errors + warnings === 0) return color.green("✓ no problems");
  return [
    ...(errors > 0 ? [color.red(`✗ ${counted(errors, "error")}`)] : []),
    ...(warnings > 0 ? [color.yellow(counted(warnings, "warning"))] : []),
  ].join(", ");
}

/** `67 passed`, `2 failed, 65 passed`. */
export function testSummary({ tests, bundle }: ProjectReport, color: Colors): string {
  if (tests === undefined) {
    return color.dim(
      bundle === undefined ? "not run: the project has errors" : "none yet: write tests/first.yaml",
    );
  }
  const { passed, failed, durationMs } = tests;
  const time = color.dim(`in ${Math.max(1, Math.round(durationMs))} ms`);
  if (failed === 0) return `${color.green(`✓ ${passed} passed`)} ${time}`;
  return `${color.red(`✗ ${failed} failed`)}, ${passed} passed ${time}`;
}

/** Short enough for a glance, long enough to tell two apart. */
export function bundleSummary({ id, policies, entities }: ServedBundle, color: Colors): string {
  const counts = `${counted(policies, "policy", "policies")}, ${counted(entities, "entity", "entities")}`;
  return `${id.slice(0, 12)}  ${color.dim(counts)}`;
}

export function clock(time: Date): string {
  return time.toTimeString().slice(0, 8);
}
