import type { LogFilter, StoredRecord } from "@cordon/pdp";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { type LogLocation, type LogReader, withLog } from "../log/log-reader.js";
import { type FilterOptions, matches, readFilter } from "../log/record-filter.js";
import { recordRow } from "../render/record.js";
import { Table } from "../render/table.js";
import type { Terminal } from "../terminal.js";

interface ListOptions extends FilterOptions, LogLocation {
  limit?: string;
  oldest?: boolean;
  follow?: boolean;
  json?: boolean;
}

/** What the log gives at most in one page. */
const pageSize = 1_000;
const defaultLimit = 50;
/** Like `tail -f`, a follower first shows a little of what came before. */
const followedBacklog = 10;

export async function listLog({ args, options, terminal }: CommandInput<ListOptions>): Promise<number> {
  refuseUnknown(args);
  const filter = readFilter(options);
  const print = printer(options.json === true, terminal);
  if (options.follow) refuseWithFollow(options);
  const limit = readLimit(options.limit) ?? (options.follow ? followedBacklog : defaultLimit);
  return withLog(options, async (log) => {
    if (options.follow) await follow(log, filter, limit, print);
    else await list(log, { ...filter, order: options.oldest ? "oldest" : "newest" }, limit, print, terminal);
    return exitCode.ok;
  });
}

type Print = (records: readonly StoredRecord[]) => Promise<void>;

function printer(json: boolean, terminal: Terminal): Print {
  const table = new Table();
  return async (records) => {
    const lines = json
      ? records.map((record) => jsonLine(record))
      : table.lines(records.map((record) => recordRow(record, terminal.color)));
    if (lines.length > 0) terminal.out(lines.join("\n"));
    await terminal.drained();
  };
}

async function list(
  log: LogReader,
  filter: LogFilter,
  limit: number,
  print: Print,
  terminal: Terminal,
): Promise<void> {
  let shown = 0;
  let cursor: string | null = null;
  do {
    const page = await log.list({
      ...filter,
      limit: Math.min(pageSize, limit - shown),
      ...(cursor === null ? {} : { cursor }),
    });
    await print(page.records);
    shown += page.records.length;
    cursor = page.next;
  } while (cursor !== null && shown < limit);
  if (shown === 0) terminal.err("no decision matches");
  if (cursor !== null) {
    terminal.err(
      terminal.errorColor.dim(`more than ${limit} match: raise --limit, or narrow with --since and --until`),
    );
  }
}

/** Ends well on an interrupt: that is how one stops following. */
async function follow(log: LogReader, filter: LogFilter, backlog: number, print: Print): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const newest = (await log.list({ order: "newest", limit: 1 })).records[0]?.seq ?? 0;
  const { records } = await log.list({ ...filter, order: "newest", limit: Math.min(backlog, pageSize) });
  // What was written between the two questions is left to the follower, so that nothing shows twice.
  await print(records.filter(({ seq }) => seq <= newest).reverse());
  for await (const record of log.follow(newest, stop.signal)) {
    if (matches(record, filter)) await print([record]);
  }
}

function readLimit(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && Number.isSafeInteger(limit)) return limit;
  throw new CommandError("invalid_argument", `\`${text}\` is not a limit`, {
    help: "give a whole number from 1",
  });
}

function refuseUnknown(args: readonly string[]): void {
  const [name] = args;
  if (name === undefined) return;
  throw new CommandError("invalid_argument", `\`cordon log\` has no subcommand \`${name}\``, {
    help: "it has `show ID` and `verify`; without one it lists",
  });
}

function refuseWithFollow(options: ListOptions): void {
  const [option] = [options.until !== undefined && "--until", options.oldest && "--oldest"].filter(Boolean);
  if (option === undefined) return;
  throw new CommandError("invalid_argument", `\`${option}\` can't be used with \`--follow\``, {
    help: "a follower shows what comes next, in its order",
  });
}
