import { type CedarValueJson, decodeValue, describeValue, EntityUid } from "@cordon/engine";
import type { EntityRecord, StoredRecord } from "@cordon/pdp";
import { jsonLine } from "../json-output.js";
import type { Terminal } from "../terminal.js";
import { answerWord } from "./decision.js";
import { ageText } from "./fetch-report.js";
import { printable } from "./printable.js";
import { type Cell, Table } from "./table.js";

type UidJson = StoredRecord["request"]["principal"];
type Colors = Terminal["color"];

/** One line of `cordon log`: when, answer, who, what, on what, because of which policies, id. */
export function recordRow(record: StoredRecord, color: Colors): Cell[] {
  const { principal, action, resource } = record.request;
  return [
    { text: record.time.replace("T", " "), style: color.dim },
    { text: record.decision, style: record.decision === "allow" ? color.green : color.red },
    { text: uidText(principal) },
    { text: actionText(action), style: color.bold },
    { text: uidText(resource) },
    { text: whyText(record) },
    { text: record.id, style: color.dim },
  ];
}

/** Why, or of a search how much it found. */
function whyText({ policies, reasonCode, search, plan }: StoredRecord): string {
  if (plan !== undefined) return `plan: ${PLANNED[plan.outcome]}`;
  if (search !== undefined) return `search for ${search.for}s: ${search.found} found`;
  return policies.length > 0 ? printable(policies.join(", ")) : reasonCode;
}

/** A record with all that it was decided on; long values are broken into lines of `width`, where there is one. */
export function renderRecord(record: StoredRecord, color: Colors, width?: number): string {
  const { request } = record;
  const facts: [string, string][] = [
    ["decision", `${answerWord(record.decision, color)}  ${printable(record.reasonCode)}`],
    ["id", record.id],
    ["time", `${record.time} ${color.dim(`(took ${formatDuration(record.durationUs)})`)}`],
    ["caller", printable(record.caller)],
    ["principal", uidText(request.principal)],
    ["action", uidText(request.action)],
    ["resource", uidText(request.resource)],
    ["policies", record.policies.length === 0 ? "none" : printable(record.policies.join(", "))],
    ...record.errors.map((e): [string, string] => [
      "error",
      color.yellow(`${printable(e.policyId)}: ${printable(e.message)}`),
    ]),
    ...record.obligations.map((o): [string, string] => [
      "obligation",
      `${printable(o.id)} ${color.dim(`(${printable(o.policyId)})`)}`,
    ]),
    ["trace", record.traceId ?? "none"],
    ["bundle", record.bundleId],
    ["record", `${record.seq}, hash ${record.hash}`],
    ["", `after  ${record.previousHash}`],
  ];
  if (record.plan !== undefined) facts.push(["plan", planText(record.plan)]);
  else if (record.search !== undefined) facts.push(["search", searchText(record.search)]);
  else if (!record.replayable) facts.push(["replay", color.yellow("not possible: attributes were redacted")]);
  const lines = facts.map(([name, text]) => `${color.cyan(name.padEnd(11))} ${text}`);
  lines.push(...contextLines(request.context, request.added, color, width));
  for (const entity of record.entities) lines.push("", ...entityLines(entity, color, width));
  return lines.join("\n");
}

const PLANNED = { always: "all", never: "none", when: "some" } as const;

function planText({ outcome, exact }: NonNullable<StoredRecord["plan"]>): string {
  return `${PLANNED[outcome]}${exact ? "" : ", of which each is to be decided"}`;
}

function searchText({ for: what, found, more }: NonNullable<StoredRecord["search"]>): string {
  return `for ${what}s: a page of ${found}, ${more ? "and there were more" : "the last"}`;
}

function contextLines(context: object, added: readonly string[], color: Colors, width?: number): string[] {
  const rows = Object.entries(context).map(
    ([name, value]): ValueRow => [
      { text: `  ${printable(name)}` },
      { text: valueText(value) },
      { text: added.includes(name) ? "added by Cordon" : "", style: color.dim },
    ],
  );
  return rows.length === 0 ? [] : ["", color.cyan("context"), ...trimmed(rows, width)];
}

function entityLines(entity: EntityRecord, color: Colors, width?: number): string[] {
  const head = color.bold(uidText(entity.uid));
  const within = entity.ancestors.map(uidText).join(", ");
  const rows = Object.entries(entity.attrs).map(
    ([name, value]): ValueRow => [
      { text: `  ${printable(name)}` },
      { text: valueText(value) },
      { text: originText(entity, name), style: color.dim },
    ],
  );
  const tags = Object.entries(entity.tags ?? {}).map(
    ([name, value]): ValueRow => [
      { text: `  tag ${JSON.stringify(name)}` },
      { text: valueText(value) },
      { text: entity.from[name] ?? "", style: color.dim },
    ],
  );
  return [
    within === "" ? head : `${head} ${color.dim(`in ${within}`)}`,
    ...trimmed([...rows, ...tags], width),
  ];
}

/** Where a value came from and, of a source, how old that was. */
function originText({ from, fetched }: EntityRecord, name: string): string {
  const origin = from[name] ?? "";
  const found = fetched?.[origin];
  if (found === undefined) return printable(origin);
  const age = found.ageMs === 0 ? "" : `, ${ageText(found.ageMs)} old`;
  return `${printable(origin)}${age}${found.stale === true ? ", stale" : ""}`;
}

function trimmed(rows: ValueRow[], width?: number): string[] {
  const lines = rows.flatMap((row) => brokenRow(row, rows, width));
  return new Table().lines(lines).map((line) => line.trimEnd());
}

type ValueRow = [name: Cell, value: Cell, from: Cell];

/** Values narrower than this can't be read anyhow. */
const narrowest = 20;

/** A row of name, value and origin, its value over as many lines as it takes. */
function brokenRow([name, value, from]: ValueRow, rows: readonly ValueRow[], width?: number): Cell[][] {
  const widest = (column: 0 | 2) => Math.max(...rows.map((row) => row[column].text.length));
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - widest(0) - widest(2) - 4;
  const [first = "", ...more] = brokenText(value.text, Math.max(room, narrowest));
  return [[name, { text: first }, from], ...more.map((text) => [{ text: "" }, { text }])];
}

/** Breaks after a comma where there is one in the last half of a line. */
function brokenText(text: string, room: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > room) {
    const comma = rest.lastIndexOf(", ", room - 2) + 1;
    const at = comma > room / 2 ? comma : wholeCharacters(rest, room);
    lines.push(rest.slice(0, at));
    rest = rest.slice(at === comma ? at + 1 : at);
  }
  return [...lines, rest];
}

/** As Cedar writes it; what was redacted is no Cedar value any more and is shown as it lies in the log. */
function valueText(value: unknown): string {
  try {
    return printable(describeValue(decodeValue(value as CedarValueJson)));
  } catch {
    return printable(jsonLine(value));
  }
}

export function uidText({ type, id }: UidJson): string {
  return printable(EntityUid.of(type, id).toString());
}

/** Actions of the namespace-less kind, which is nearly all, by their name alone. */
function actionText(action: UidJson): string {
  return action.type === "Action" ? printable(action.id) : uidText(action);
}

function formatDuration(microseconds: number): string {
  return microseconds < 1_000 ? `${microseconds} µs` : `${(microseconds / 1_000).toFixed(1)} ms`;
}

/** At most `length` UTF-16 units of a text, never half a character. */
function wholeCharacters(text: string, length: number): number {
  return /[\ud800-\udbff]/.test(text[length - 1] ?? "") ? length - 1 : length;
}
