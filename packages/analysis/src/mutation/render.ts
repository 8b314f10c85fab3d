import { counted, type Paint, paintFor, printable } from "../policy-tests/index.js";
import type { MutationResult, Survivor } from "./mutate.js";

/** Mutation for people: the score, and each change that no test noticed as the patch that it is. */
export function renderMutation(result: MutationResult, options: { color?: boolean } = {}): string {
  const paint = paintFor(options.color === true);
  const { survivors, mutants, noticed, invalid, equivalent, score, durationMs } = result;
  const styled = survivors.length === 0 ? paint.good : score >= 80 ? paint.doubtful : paint.bad;
  const lines = [
    `${paint.strong("Mutation")}  ${styled(`${score}%`)}  ${counted(mutants, "change")} tried, ${noticed} noticed${survivors.length === 0 ? "" : `, ${paint.bad(`${survivors.length} not noticed`)}`}`,
    paint.faint(
      `          ${invalid} refused by validation and ${equivalent} without effect don't count; ${(durationMs / 1000).toFixed(1)} s`,
    ),
  ];
  for (const survivor of survivors) lines.push("", ...survivorLines(survivor, paint));
  if (survivors.length > 0) {
    lines.push("", `${paint.faint("help")}: for each, write the case that should have failed`);
  }
  return lines.join("\n");
}

function survivorLines({ policyId, what, file, line, column, patch }: Survivor, paint: Paint): string[] {
  const place = paint.faint(`${printable(file)}:${line}:${column}`);
  const patchLines = patch
    .split("\n")
    .map((text) => `    ${dressed(printable(text.replaceAll("\t", "  ")), paint)}`);
  return [
    `${paint.bad("●")} ${paint.strong(printable(policyId))}  ${printable(what)}  ${place}`,
    ...patchLines,
  ];
}

function dressed(line: string, paint: Paint): string {
  if (line.startsWith("---") || line.startsWith("+++") || line.startsWith("@@")) return paint.faint(line);
  if (line.startsWith("-")) return paint.bad(line);
  return line.startsWith("+") ? paint.good(line) : line;
}
