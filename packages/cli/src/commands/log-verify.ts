import type { VerifyResult } from "@cordon/pdp";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { type LogLocation, withLog } from "../log/log-reader.js";
import { counted } from "../render/count.js";
import { printable } from "../render/printable.js";
import type { Terminal } from "../terminal.js";

interface VerifyCommandOptions extends LogLocation {
  pin?: string;
  json?: boolean;
}

export async function verifyLog({ options, terminal }: CommandInput<VerifyCommandOptions>): Promise<number> {
  const pinned = options.pin === undefined ? undefined : parsePin(options.pin);
  return withLog(options, async (log) => {
    const result = await log.verify(pinned, (done, total) =>
      terminal.progress(
        `verifying record ${done.toLocaleString("en-US")} of ${total.toLocaleString("en-US")}`,
      ),
    );
    terminal.progress(null);
    terminal.out(options.json ? jsonLine(result) : renderResult(result, terminal));
    return result.ok ? exitCode.ok : exitCode.no;
  });
}

function renderResult(result: VerifyResult, { color }: Terminal): string {
  const lines = result.problems.map(
    ({ kind, message }) => `${color.red(kind.replaceAll("_", " "))}  ${printable(message)}`,
  );
  const untold = result.problemCount - result.problems.length;
  if (untold > 0) lines.push(`… and ${counted(untold, "more problem")}`);
  for (const note of result.notes) lines.push(`${color.yellow("note")}  ${printable(note)}`);
  for (const { count, reason, time, lastSeq } of result.checkpoints) {
    lines.push(color.dim(`${counted(count, "record")} up to ${lastSeq} removed by ${reason} on ${time}`));
  }
  const read = counted(result.records, "record");
  if (!result.ok) {
    return [
      ...lines,
      `${color.red(color.bold("NOT INTACT"))}  ${read} read, ${counted(result.problemCount, "problem")}`,
    ].join("\n");
  }
  lines.push(`${color.green(color.bold("INTACT"))}  ${read} verified`);
  if (result.lastSeq > 0) lines.push(color.dim(`head ${result.lastSeq}:${result.headHash}`));
  return lines.join("\n");
}

function parsePin(text: string): { seq: number; hash: string } {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) {
    throw new CommandError("invalid_argument", `\`${text}\` is not the head of a log`, {
      help: "give what an earlier `cordon log verify` printed as `head`, such as `1042:9f86d0…`",
    });
  }
  return { seq: Number(seq), hash };
}
