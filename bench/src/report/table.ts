/** A Markdown table, aligned to be read as plain text too; numbers belong to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const numeric = header.map(
    (_, column) => rows.every((row) => /^[\d.,]|^[–-]$/.test(row[column] ?? "-")) && column > 0,
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => (numeric[i] ? `${"-".repeat(width - 1)}:` : "-".repeat(width))).join(" | ")} |`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}

export function nanoseconds(value: number): string {
  if (value < 1e3) return `${value.toFixed(0)} ns`;
  if (value < 1e6) return `${significant(value / 1e3)} µs`;
  return `${significant(value / 1e6)} ms`;
}

export function milliseconds(value: number): string {
  return nanoseconds(value * 1e6);
}

export function rate(perSecond: number): string {
  return Math.round(Number(perSecond.toPrecision(3))).toLocaleString("en-US");
}

/** How many times as many; two significant digits say all that a benchmark knows. */
export function ratio(value: number): string {
  const rounded = Number(value.toPrecision(2));
  return `${rounded >= 1000 ? rounded.toLocaleString("en-US") : rounded}×`;
}

function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
