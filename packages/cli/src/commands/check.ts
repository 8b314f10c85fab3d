import { checkProject, type ProjectSummary } from "@cordon/pdp";
import type { CommandInput } from "../command-run.js";
import { exitCode } from "../failure.js";
import { findProject } from "../project/folder.js";
import { counted } from "../render/count.js";
import { renderDiagnostics } from "../render/diagnostics.js";
import type { Terminal } from "../terminal.js";

export async function check({
  options,
  terminal,
}: CommandInput<{ project?: string; json?: boolean }>): Promise<number> {
  const folder = findProject(options.project);
  const { diagnostics, texts, bundle, summary } = await checkProject(folder);
  const valid = bundle !== undefined && summary.errors === 0;
  if (options.json) {
    terminal.out(JSON.stringify({ valid, bundleId: bundle?.id ?? null, summary, diagnostics }));
  } else {
    const color = terminal.color.isColorSupported;
    const problems = renderDiagnostics(diagnostics, texts, color);
    if (problems !== "") terminal.out(problems);
    terminal.out(summaryLine(summary, valid, terminal.color));
  }
  return valid ? exitCode.ok : exitCode.unusable;
}

function summaryLine(summary: ProjectSummary, valid: boolean, color: Terminal["color"]): string {
  const { policies, policyFiles, hasSchema, entities, errors, warnings } = summary;
  const counts = [
    // What doesn't parse can't be counted.
    valid ? counted(policies, "policy", "policies") : counted(policyFiles, "policy file"),
    hasSchema ? "1 schema" : "no schema",
    counted(entities, "entity", "entities"),
  ].join(", ");
  if (errors === 0 && warnings === 0) return `${counts}, ${color.green("no problems")}`;
  const problems = [
    ...(errors > 0 ? [color.red(counted(errors, "error"))] : []),
    ...(warnings > 0 ? [color.yellow(counted(warnings, "warning"))] : []),
  ];
  return `${counts}, ${color.bold(problems.join(" and "))}`;
}
