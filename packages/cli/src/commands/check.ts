import type { Diagnostic } from "@cordon/cedar";
import { renderDiagnostic } from "@cordon/cedar";
import { checkProject, type ProjectSummary } from "@cordon/pdp";
import type { CommandInput } from "../command-input.js";
import { exitCode } from "../failure.js";
import { findProject } from "../project-folder.js";
import { counted } from "../render/count.js";
import type { Terminal } from "../terminal.js";

export async function check({
  options,
  terminal,
}: CommandInput<{ project?: string; json?: boolean }>): Promise<number> {
  const folder = findProject(options.project);
  const { diagnostics, texts, bundle, summary } = await checkProject(folder);
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const valid = errors === 0 && bundle !== undefined;
  if (options.json) {
    terminal.out(JSON.stringify({ valid, bundleId: bundle?.id ?? null, summary, diagnostics }));
  } else {
    const color = terminal.color.isColorSupported;
    for (const diagnostic of diagnostics) {
      terminal.out(`${renderDiagnostic(diagnostic, texts.get(diagnostic.file), { color }).trimEnd()}\n`);
    }
    terminal.out(summaryLine(summary, diagnostics, terminal.color));
  }
  return valid ? exitCode.ok : exitCode.unusable;
}

function summaryLine(
  summary: ProjectSummary,
  diagnostics: readonly Diagnostic[],
  color: Terminal["color"],
): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const counts = [
    counted(summary.policies, "policy", "policies"),
    ...(summary.templates > 0 ? [counted(summary.templates, "template")] : []),
    counted(summary.schemas, "schema"),
    counted(summary.entities, "entity", "entities"),
  ].join(", ");
  if (errors > 0) {
    const also = warnings > 0 ? ` and ${counted(warnings, "warning")}` : "";
    return `${counts}, ${color.red(color.bold(`${counted(errors, "error")}${also}`))}`;
  }
  return `${counts}, ${warnings > 0 ? color.yellow(counted(warnings, "warning")) : color.green("no problems")}`;
}
