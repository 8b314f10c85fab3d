import { counted, type Paint, paintFor, printable } from "../policy-tests/index.js";
import {
  type Coverage,
  countedConditions,
  type PolicyCoverage,
  percent,
  type Totals,
  totalsOf,
} from "./model.js";

/** Longer conditions are cut: their place is beside them. */
const MAX_WHAT = 60;

/** Coverage for people: a line a file, and each thing that no test has seen. */
export function renderCoverage({ files, questions }: Coverage, options: { color?: boolean } = {}): string {
  const paint = paintFor(options.color === true);
  const all = totalsOf(files.flatMap(({ policies }) => policies));
  const rows: [name: string, totals: Totals][] = files.map(({ file, policies }) => [
    file,
    totalsOf(policies),
  ]);
  rows.push(["all", all]);
  const width = Math.max(...rows.map(([name]) => printable(name).length), 8);
  const lines = [
    `${paint.strong("Coverage".padEnd(width))}  ${paint.faint("policies          conditions")}`,
    ...rows.map(([name, totals]) => row(name, width, totals, paint)),
  ];
  const missing = files.flatMap(({ policies }) => policies.flatMap((policy) => missingOf(policy)));
  if (missing.length > 0) {
    lines.push("", paint.strong("Not seen"));
    const places = missing.map(({ file, line, column }) => `${printable(file)}:${line}:${column}`);
    const placeWidth = Math.max(...places.map(({ length }) => length));
    const whatWidth = Math.min(MAX_WHAT, Math.max(...missing.map(({ what }) => printable(what).length)));
    for (const [index, { what, how }] of missing.entries()) {
      const place = (places[index] ?? "").padEnd(placeWidth);
      lines.push(
        `${paint.faint(place)}  ${shortened(printable(what)).padEnd(whatWidth)}  ${paint.doubtful(how)}`,
      );
    }
  }
  const erring = files.flatMap(({ policies }) => policies).filter(({ seen }) => seen.error > 0);
  if (erring.length > 0) {
    lines.push("", paint.strong("Seen failing"));
    for (const { policyId, seen } of erring)
      lines.push(`${printable(policyId)}  ${paint.bad(counted(seen.error, "time"))}`);
  }
  lines.push(
    "",
    paint.faint(`from ${counted(questions, "question")}; a condition counts twice, for true and for false`),
  );
  return lines.join("\n");
}

function row(name: string, width: number, totals: Totals, paint: Paint): string {
  const shares = [
    share(totals.policiesSeen, totals.policies, paint),
    share(totals.outcomesSeen, totals.outcomes, paint),
  ];
  return `${printable(name).padEnd(width)}  ${shares.join("    ")}`;
}

function share(seen: number, all: number, paint: Paint): string {
  const text = `${`${seen}/${all}`.padEnd(9)} ${`${percent(seen, all)}%`.padStart(4)}`;
  return seen === all ? paint.good(text) : seen === 0 ? paint.bad(text) : paint.doubtful(text);
}

function shortened(text: string): string {
  return text.length <= MAX_WHAT ? text : `${text.slice(0, MAX_WHAT - 1)}…`;
}

interface Missing {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly what: string;
  readonly how: string;
}

/** Of a policy that no test reached, only that. */
export function missingOf(policy: PolicyCoverage): Missing[] {
  const { file, line, column, policyId, seen } = policy;
  if (seen.true + seen.false + seen.error === 0) {
    return [{ file, line, column, what: policyId, how: "its scope never fitted" }];
  }
  const missing: Missing[] =
    seen.true === 0 ? [{ file, line, column, what: policyId, how: "never applied" }] : [];
  for (const { text, seen: outcomes, line: at, column: from } of countedConditions(policy)) {
    const ways = (["true", "false"] as const).filter((way) => outcomes[way] === 0);
    if (ways.length === 0) continue;
    const neither = outcomes.error > 0 ? "only ever failed" : "never evaluated";
    const how = ways.length === 2 ? neither : `never ${ways.join("")}`;
    missing.push({ file, line: at, column: from, what: text, how });
  }
  return missing;
}
