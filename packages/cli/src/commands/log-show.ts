import { renderExplanation } from "@cordon/engine";
import type { StoredRecord } from "@cordon/pdp";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { type LogLocation, type ReplayedDecision, withLog } from "../log/log-reader.js";
import { printable } from "../render/printable.js";
import { renderRecord } from "../render/record.js";
import type { Terminal } from "../terminal.js";

interface ShowOptions extends LogLocation {
  why?: boolean;
  all?: boolean;
  json?: boolean;
}

export async function showRecord({ args, options, terminal }: CommandInput<ShowOptions>): Promise<number> {
  const [id = ""] = args;
  return withLog(options, async (log) => {
    const record = await log.get(id);
    if (record === undefined) throw notFound(id);
    const replay = options.why ? await log.replay(id) : undefined;
    terminal.out(
      options.json ? jsonRecord(record, replay) : renderAll(record, replay, options.all === true, terminal),
    );
    return exitCode.ok;
  });
}

function notFound(id: string): CommandError {
  return new CommandError("not_found", `there is no decision \`${printable(id)}\` in the log`, {
    help: "`cordon log` lists the latest, with their ids",
  });
}

function jsonRecord(record: StoredRecord, replay: ReplayedDecision | undefined): string {
  if (replay === undefined) return jsonLine(record);
  const { same, differences, decision, explanation } = replay;
  return jsonLine({ ...record, replay: { same, differences, decision, explanation } });
}

function renderAll(
  record: StoredRecord,
  replay: ReplayedDecision | undefined,
  all: boolean,
  { color, width }: Terminal,
): string {
  const shown = renderRecord(record, color, width);
  if (replay === undefined) return shown;
  const verdict = replay.same
    ? color.dim("decided again by the bundle of that time: the same")
    : color.red(`decided again by the bundle of that time: ${replay.differences.map(printable).join("; ")}`);
  const explained = renderExplanation(replay.explanation, { color: color.isColorSupported, all }).trimEnd();
  return `${shown}\n\n${verdict}\n\n${explained}`;
}
