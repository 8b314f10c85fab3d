import type { Decider, FieldDecider } from "@cordon/engine";
import { parseMoment } from "../arguments/moment.js";
import { CommandError } from "../failure.js";
import { findProject } from "./folder.js";

export interface OpenOptions {
  project?: string;
  server?: string;
  key?: string;
  at?: string;
  log: boolean;
}

export function momentOf({ at }: OpenOptions): Date | undefined {
  return at === undefined ? undefined : new Date(parseMoment("--at", at));
}

interface Opened {
  decider: Decider & FieldDecider;
  close(): Promise<void>;
}

/** The decider that a question goes to: a server, or the project in a folder. */
export async function openDecider(options: OpenOptions, caller: string): Promise<Opened> {
  if (options.server === undefined) return openFolder(options, caller);
  for (const [option, given] of [
    ["--project", options.project],
    ["--at", options.at],
    ["--no-log", options.log ? undefined : true],
  ]) {
    if (given !== undefined) {
      throw new CommandError("invalid_argument", `\`${option}\` can't be used with \`--server\``, {
        help: "the server decides by its own project, clock and log",
      });
    }
  }
  const { connect } = await import("@cordon/client");
  const decider = connect({ url: options.server, key: options.key ?? process.env.CORDON_KEY });
  return { decider, close: async () => {} };
}

async function openFolder(options: OpenOptions, caller: string): Promise<Opened> {
  const at = momentOf(options);
  const folder = findProject(options.project);
  const { openProject } = await import("@cordon/pdp");
  const decider = await openProject(folder, {
    oneShot: true,
    caller,
    ...(at === undefined ? {} : { clock: () => at }),
    // The log tells what was decided when: an answer as of another time would be a false record in it.
    ...(options.log && at === undefined ? {} : { log: false as const }),
  });
  return { decider, close: () => decider.close() };
}
