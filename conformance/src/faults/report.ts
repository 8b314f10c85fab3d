import type { FaultReport } from "./run.js";

/** The figures of a run, for people. */
export function describeReport(report: FaultReport): string {
  const { judged, memory, recoveries, complaints } = report;
  const { allow, deny, unavailable, excused, stale } = judged.counts;
  const slowest = recoveries.reduce((most, { ms }) => Math.max(most, ms), 0);
  return [
    `${report.perSecond.toFixed(0)} requests a second beside ${report.changes} changes of the data:`,
    `${allow} allowed, ${deny} denied, ${unavailable} denied for want of a source, ${stale} with stale data`,
    ...(excused > 0 ? [`${excused} failures while the machine had too much to do`] : []),
    `slowest recovery ${slowest.toFixed(0)} ms after ${recoveries.length} faults`,
    `memory ${memory.first.toFixed(0)} MB at first, ${memory.most.toFixed(0)} MB at most, ${memory.last.toFixed(0)} MB at last`,
    `the load was late by ${report.lagMs.toFixed(0)} ms at most; the server ended with ${report.exitCode}`,
    ...judged.wrong.map((line) => `WRONG: ${line}`),
    ...complaints.map((line) => `the server said: ${line}`),
  ].join("\n");
}
