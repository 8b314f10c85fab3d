import { posix } from "node:path";
import { type Coverage, countedConditions, type FileCoverage } from "./model.js";

/**
 * Coverage in the form that tools for code read: a policy is a function, a condition is a branch that goes two
 * ways, and a line counts as often as what begins on it was evaluated.
 *
 * @param folder of the project, as seen from where the report will be read
 */
export function lcovReport({ files }: Coverage, folder = ""): string {
  return files.map((file) => `${fileLines(file, folder).join("\n")}\n`).join("");
}

function fileLines({ file, policies }: FileCoverage, folder: string): string[] {
  const lines = new Map<number, number>();
  const hit = (line: number, times: number) => lines.set(line, Math.max(lines.get(line) ?? 0, times));
  const functions: string[] = [];
  const branches: string[] = [];
  let branchesHit = 0;
  for (const policy of policies) {
    const reached = policy.seen.true + policy.seen.false + policy.seen.error;
    hit(policy.line, reached);
    functions.push(`FN:${policy.line},${policy.policyId}`, `FNDA:${policy.seen.true},${policy.policyId}`);
    for (const { line, seen } of countedConditions(policy)) {
      const evaluated = seen.true + seen.false + seen.error;
      hit(line, evaluated);
      const block = branches.length / 2;
      for (const [branch, times] of [seen.true, seen.false].entries()) {
        branches.push(`BRDA:${line},${block},${branch},${evaluated === 0 ? "-" : times}`);
        branchesHit += times > 0 ? 1 : 0;
      }
    }
  }
  const ordered = [...lines].sort(([a], [b]) => a - b);
  return [
    "TN:cordon",
    `SF:${posix.join(folder, file)}`,
    ...functions,
    `FNF:${policies.length}`,
    `FNH:${policies.filter(({ seen }) => seen.true > 0).length}`,
    ...branches,
    `BRF:${branches.length}`,
    `BRH:${branchesHit}`,
    ...ordered.map(([line, times]) => `DA:${line},${times}`),
    `LF:${ordered.length}`,
    `LH:${ordered.filter(([, times]) => times > 0).length}`,
    "end_of_record",
  ];
}
