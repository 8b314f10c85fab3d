import { LINT_IDS, type LintId, type LintLevel, lintOf } from "./lint-table.js";

export type LintLevels = Readonly<Record<LintId, LintLevel>>;

/** The levels of a project: as the table has them, but for what its settings say. */
export function lintLevels(settings: Readonly<Partial<Record<LintId, LintLevel>>> = {}): LintLevels {
  return Object.fromEntries(LINT_IDS.map((id) => [id, settings[id] ?? lintOf(id).level])) as LintLevels;
}
