import { type Diagnostic, TextPositions } from "@cordon/cedar";
import type { Settings } from "@cordon/pdp/project";
import { isLintId, type LintLevel, type LintLevels, lintLevels, unknownLintHelp } from "../lint/index.js";
import { SETTINGS_FILE } from "./project-layout.js";

/** The levels that a project's settings choose, and what they name that is no lint. */
export function levelsOf(
  settings: Pick<Settings, "check">,
  text: string | undefined,
): { levels: LintLevels; diagnostics: Diagnostic[] } {
  const chosen: Record<string, LintLevel> = settings.check.lints;
  const unknown = Object.keys(chosen).filter((id) => !isLintId(id));
  return { levels: lintLevels(chosen), diagnostics: unknown.map((id) => unknownLint(id, text)) };
}

function unknownLint(id: string, text: string | undefined): Diagnostic {
  return {
    code: "settings_unknown_lint",
    severity: "error",
    message: `there is no lint \`${id}\``,
    help: unknownLintHelp(id),
    file: SETTINGS_FILE,
    ...rangeOfKey(id, text),
  };
}

function rangeOfKey(key: string, text = ""): Pick<Diagnostic, "range"> {
  const lints = text.search(/^\s*lints\s*:|\blints\s*:/m);
  const at = text.indexOf(key, Math.max(lints, 0));
  return at < 0 ? {} : { range: new TextPositions(text).range(at, at + key.length) };
}
