import type { FetchReport } from "@cordon/engine";

/** What sources were asked for a decision, in lines for people. */
export function fetchReportLines(report: FetchReport): string[] {
  const lines: string[] = [];
  for (const { source, entity, exists, ageMs, stale, parents } of report.fetched) {
    const what = exists ? `${entity}${parents ? " and its parents" : ""}` : `that there is no ${entity}`;
    const age =
      stale === true ? `stale, ${ageText(ageMs)} old` : ageMs === 0 ? "asked now" : `${ageText(ageMs)} old`;
    lines.push(`fetched from ${source}: ${what} (${age})`);
  }
  for (const { source, member, stale } of report.context) {
    lines.push(`given by ${source}: context.${member}${stale === true ? " (stale)" : ""}`);
  }
  for (const { source, entity, message } of report.failed) {
    lines.push(`failed: ${source}${entity === undefined ? "" : `, asked about ${entity}`}: ${message}`);
  }
  for (const { source, entity, what } of report.notFetched) {
    const of = entity === undefined ? "" : ` of ${entity}`;
    lines.push(`not fetched from ${source}: ${what.join(", ")}${of}`);
  }
  for (const policy of report.openPolicies) {
    lines.push(
      `left open: ${policy}, which could not change the answer or could not be evaluated to the end`,
    );
  }
  return lines;
}

/** An age for people. */
export function ageText(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  const seconds = Math.round(ms / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
