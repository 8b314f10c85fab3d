import { type CedarValueJson, decodeValue, describeValue, EntityUid } from "@cordon/engine";
import type { EntityRecord, StoredRecord } from "@cordon/pdp";
import { jsonLine } from "../json-output.js";
import type { Terminal } from "../terminal.js";
import { answerWord } from "./decision.js";
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
    { text: record.policies.length > 0 ? printable(record.policies.join(", ")) : record.reasonCode },
    { text: record.id, style: color.dim },
  ];
}

/** A record with all that it was decided on. */
export function renderRecord(record: StoredRecord, color: Colors): string {
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
  if (!record.replayable) facts.push(["replay", color.yellow("not possible: attributes were redacted")]);
  const lines = facts.map(([name, text]) => `${color.cyan(name.padEnd(11))} ${text}`);
  lines.push(...contextLines(request.context, request.added, color));
  for (const entity of record.entities) lines.push("", ...entityLines(entity, color));
  return lines.join("\n");
}

function contextLines(context: object, added: readonly string[], color: Colors): string[] {
  const rows = Object.entries(context).map(([name, value]) => [
    { text: `  ${printable(name)}` },
    { text: valueText(value) },
    { text: added.includes(name) ? "added by Cordon" : "", style: color.dim },
  ]);
  return rows.length === 0 ? [] : ["", color.cyan("context"), ...trimmed(rows)];
}

function entityLines(entity: EntityRecord, color: Colors): string[] {
  const head = color.bold(uidText(entity.uid));
  const within = entity.ancestors.map(uidText).join(", ");
  const rows = Object.entries(entity.attrs).map(([name, value]) => [
    { text: `  ${printable(name)}` },
    { text: valueText(value) },
    { text: entity.from[name] ?? "", style: color.dim },
  ]);
  const tags = Object.entries(entity.tags ?? {}).map(([name, value]) => [
    { text: `  tag ${JSON.stringify(name)}` },
    { text: valueText(value) },
    { text: entity.from[name] ?? "", style: color.dim },
  ]);
  return [within === "" ? head : `${head} ${color.dim(`in ${within}`)}`, ...trimmed([...rows, ...tags])];
}

function trimmed(rows: Cell[][]): string[] {
  return new Table().lines(rows).map((line) => line.trimEnd());
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
