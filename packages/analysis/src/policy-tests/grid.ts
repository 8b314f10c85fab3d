import type { Answered, CellChange, Grid, Mark, Matrix } from "./types.js";

export const MARKS: Readonly<Record<Mark, string>> = {
  allow: "✓",
  deny: "·",
  forbid: "✗",
  error: "!",
  inapplicable: "–",
};

export const LEGEND = "✓ allowed   · not permitted   ✗ forbidden   – does not apply   ! no answer";

const MARK_OF = new Map(Object.entries(MARKS).map(([mark, sign]) => [sign, mark as Mark]));

export function markOf(answer: Answered): Mark {
  if ("refused" in answer) return "error";
  const { decision, reason } = answer.decision;
  if (decision === "allow") return "allow";
  switch (reason.code) {
    case "forbidden":
      return "forbid";
    case "no_permit":
      return "deny";
    case "action_not_applicable":
      return "inapplicable";
    default:
      return "error";
  }
}

export function whyOf(answer: Answered): string {
  if ("refused" in answer) return answer.refused.message;
  const { policies, reason } = answer.decision;
  if (policies.length > 0) return policies.map(({ id }) => id).join(", ");
  return reason.message;
}

/** The grid as text, one table a resource: what a snapshot holds and a terminal shows. */
export function drawGrid(
  matrix: Matrix,
  grid: Grid,
  dress: (mark: Mark, changed: boolean, text: string) => string = (_mark, _changed, text) => text,
  changes: readonly CellChange[] = [],
): string[] {
  const firstWidth = Math.max(...matrix.principals.map((name) => plain(name).length));
  const widths = matrix.actions.map((action) => Math.max(plain(action).length, 3));
  const marks = new Map(grid.map(({ cell, mark }) => [keyOf(cell), mark]));
  const before = new Map(changes.map((change) => [keyOf(change), change.before]));
  const lines: string[] = [];
  for (const resource of matrix.resources) {
    if (lines.length > 0) lines.push("");
    lines.push(plain(resource));
    const head = matrix.actions.map((action, i) => plain(action).padEnd(widths[i] ?? 0));
    lines.push(`  ${" ".repeat(firstWidth)}  ${head.join("  ")}`.trimEnd());
    for (const principal of matrix.principals) {
      const signs = matrix.actions.map((action, i) => {
        const key = keyOf({ principal, action, resource });
        const mark = marks.get(key) ?? "error";
        const was = before.get(key);
        const sign = was === undefined ? MARKS[mark] : `${MARKS[was]}→${MARKS[mark]}`;
        const padding = i === matrix.actions.length - 1 ? "" : " ".repeat((widths[i] ?? 0) - sign.length);
        return dress(mark, before.has(key), sign) + padding;
      });
      lines.push(`  ${plain(principal).padEnd(firstWidth)}  ${signs.join("  ")}`);
    }
  }
  return lines;
}

/** Two spaces end a column, so a name has no two in a row. */
function plain(name: string): string {
  return name.replaceAll(/ {2,}/g, (spaces) => "\\u{20}".repeat(spaces.length));
}

export function snapshotText(matrix: Matrix, grid: Grid): string {
  const head = [
    `# ${matrix.name}`,
    `# Written by \`cordon test --update\` from ${matrix.place.file}; review it as you review a policy.`,
    `# ${LEGEND}`,
    "",
  ];
  return `${[...head, ...drawGrid(matrix, grid)].join("\n")}\n`;
}

/** The marks of a snapshot by cell; undefined where its text is no grid. */
export function readSnapshot(text: string): ReadonlyMap<string, Mark> | undefined {
  const marks = new Map<string, Mark>();
  let resource: string | undefined;
  let actions: string[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("#") || line.trim() === "") {
      if (line.trim() === "") resource = undefined;
      continue;
    }
    if (!line.startsWith(" ")) {
      resource = line.trimEnd();
      actions = undefined;
    } else if (resource === undefined) return undefined;
    else if (actions === undefined) actions = line.trim().split(/ {2,}/);
    else {
      const [principal = "", ...signs] = line.trim().split(/ {2,}/);
      if (signs.length !== actions.length) return undefined;
      for (const [index, sign] of signs.entries()) {
        const mark = MARK_OF.get(sign);
        if (mark === undefined) return undefined;
        marks.set(keyOf({ principal, action: actions[index] ?? "", resource }), mark);
      }
    }
  }
  return marks;
}

/** In which cells a grid departs from the reviewed one. */
export function compareGrid(grid: Grid, reviewed: ReadonlyMap<string, Mark>): CellChange[] {
  const changes: CellChange[] = [];
  const seen = new Set<string>();
  for (const { cell, mark, why } of grid) {
    const { principal, action, resource } = cell;
    const key = keyOf(cell);
    if (seen.has(key)) continue;
    seen.add(key);
    const before = reviewed.get(key);
    if (before !== mark) changes.push({ principal, action, resource, before, after: mark, why });
  }
  for (const [key, before] of reviewed) {
    if (seen.has(key)) continue;
    const [principal = "", action = "", resource = ""] = key.split("\n");
    changes.push({ principal, action, resource, before, after: undefined, why: "the matrix no longer asks" });
  }
  return changes;
}

function keyOf({
  principal,
  action,
  resource,
}: Pick<CellChange, "principal" | "action" | "resource">): string {
  return [principal, action, resource].map(plain).join("\n");
}
