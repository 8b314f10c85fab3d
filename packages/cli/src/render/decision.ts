import type { Decision } from "@cordon/engine";
import type { Terminal } from "../terminal.js";
import { printable } from "./printable.js";
import { type Cell, Table } from "./table.js";

/** A decision for people: the answer and why on the first line, then what determined it. */
export function renderDecision(decision: Decision, color: Terminal["color"]): string {
  const lines = [
    `${answerWord(decision.decision, color)}  ${printable(shortReason(decision))}`,
    ...section("policies", policyLines(decision, color)),
    ...section(
      "errors",
      decision.errors.map((e) => `${printable(e.policyId)}: ${printable(e.message)}`),
      color.yellow,
    ),
    ...section(
      "obligations",
      decision.obligations.map((o) => `${printable(o.id)} ${color.dim(`(${printable(o.policyId)})`)}`),
    ),
    ...section(
      "ignored",
      decision.ignored.map((pointer) => `${printable(pointer)} of the request was not used`),
      color.yellow,
    ),
    color.dim(`  decision ${decision.id} by bundle ${decision.bundleId.slice(0, 12)}`),
  ];
  return lines.join("\n");
}

export function answerWord(decision: "allow" | "deny", color: Terminal["color"]): string {
  return decision === "allow" ? color.green(color.bold("ALLOW")) : color.red(color.bold("DENY"));
}

/** The policies stand below with their reasons, so that the message, which repeats them, isn't needed. */
export function shortReason({ reason, policies }: Decision): string {
  const count = policies.length === 1 ? "1 policy" : `${policies.length} policies`;
  if (reason.code === "permitted" && policies.length > 0) return `permitted by ${count}`;
  if (reason.code === "forbidden" && policies.length > 0) return `forbidden by ${count}`;
  return reason.message;
}

function policyLines(decision: Decision, color: Terminal["color"]): string[] {
  const rows = decision.policies.map(({ id, effect, reason }): Cell[] => [
    { text: effect, style: effect === "permit" ? color.green : color.red },
    { text: printable(id), style: color.bold },
    { text: reason === undefined ? "" : printable(reason) },
  ]);
  return new Table().lines(rows).map((line) => line.trimEnd());
}

function section(name: string, lines: string[], style = (text: string) => text): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? name : "").padEnd(11)} ${style(line)}`);
}
