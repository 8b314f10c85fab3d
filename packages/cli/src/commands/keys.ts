import type { KeyRecord, KeyScope } from "@cordon/pdp";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { withStore } from "../project/store.js";
import { printable } from "../render/printable.js";
import { Table } from "../render/table.js";

interface KeysOptions {
  project?: string;
  scope?: string[];
  json?: boolean;
}

/** Scopes as people write them: the log is read with `read-log`. */
const scopes: Record<string, KeyScope> = {
  evaluate: "evaluate",
  "read-log": "read_log",
  administer: "administer",
  provision: "provision",
};

export async function createKey({ args, options, terminal }: CommandInput<KeysOptions>): Promise<number> {
  const [name = ""] = args;
  const asked = (options.scope ?? ["evaluate"]).flatMap((list) => list.split(",")).map(parseScope);
  const { key, record } = await withStore(options.project, (store) =>
    store.keys.create({ name, scopes: [...new Set(asked)] }),
  );
  if (options.json) {
    terminal.out(jsonLine({ key, record }));
  } else {
    // The key alone goes to standard output, so that `$(…)` and `>` get nothing else.
    terminal.out(key);
    const may = record.scopes.map(scopeName).join(", ");
    terminal.err(
      terminal.errorColor.dim(`key \`${printable(record.name)}\` may ${may}; it is shown only this once`),
    );
  }
  return exitCode.ok;
}

export async function listKeys({ options, terminal }: CommandInput<KeysOptions>): Promise<number> {
  const records = await withStore(options.project, (store) => store.keys.list());
  if (options.json) {
    for (const record of records) terminal.out(jsonLine(record));
  } else if (records.length === 0) {
    terminal.err("no keys: without any, the server answers on the loopback only (`cordon keys create NAME`)");
  } else {
    const { color } = terminal;
    const head = ["name", "scopes", "created", "last used", "state"].map((text) => ({
      text,
      style: color.dim,
    }));
    const rows = records.map((record) => keyRow(record).map((text) => ({ text: printable(text) })));
    for (const line of new Table().lines([head, ...rows])) terminal.out(line);
  }
  return exitCode.ok;
}

export async function revokeKey({ args, options, terminal }: CommandInput<KeysOptions>): Promise<number> {
  const [name = ""] = args;
  const revoked = await withStore(options.project, (store) => store.keys.revoke(name));
  if (!revoked) {
    throw new CommandError("not_found", `there is no live key \`${printable(name)}\``, {
      help: "`cordon keys list` shows them all",
    });
  }
  terminal.out(options.json ? jsonLine({ revoked: name }) : `revoked \`${printable(name)}\``);
  return exitCode.ok;
}

function keyRow(record: KeyRecord): string[] {
  return [
    record.name,
    record.scopes.map(scopeName).join(", "),
    minute(record.created),
    record.lastUsed === null ? "never" : minute(record.lastUsed),
    record.revoked === null ? "live" : `revoked ${minute(record.revoked)}`,
  ];
}

function minute(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}

function scopeName(scope: KeyScope): string {
  return scope.replaceAll("_", "-");
}

function parseScope(text: string): KeyScope {
  const scope = scopes[text.trim().replaceAll("_", "-")];
  if (scope !== undefined) return scope;
  throw new CommandError("invalid_argument", `\`${text}\` is not a scope`, {
    help: `the scopes are ${Object.keys(scopes)
      .map((name) => `\`${name}\``)
      .join(", ")}`,
  });
}
