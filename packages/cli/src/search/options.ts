import type { Credentials, DecisionRequest } from "@cordon/engine";
import type { ProjectDecider } from "@cordon/pdp";
import { parseMoment } from "../arguments/moment.js";
import type { RequestOptions } from "../arguments/request.js";
import { CommandError } from "../failure.js";
import { findProject } from "../project/folder.js";
import type { Terminal } from "../terminal.js";
import type { FindOptions } from "./find.js";

export interface SearchOptions extends RequestOptions {
  project?: string;
  type?: string;
  limit?: string;
  at?: string;
  json?: boolean;
}

/** The circumstances that all requests of a command share. */
export type Circumstances = Pick<DecisionRequest, "context"> & { credentials?: Credentials };

const DEFAULT_LIMIT = 1_000;

export function findOptionsOf({ limit }: SearchOptions, terminal: Terminal, what: string): FindOptions {
  return {
    limit: limitOf(limit),
    onProgress: (found) => terminal.progress(`${what}: ${found} found`),
  };
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit > 0) return limit;
  throw new CommandError("invalid_argument", `\`--limit ${text}\` is not a number of results`, {
    help: "write a whole number, 1 or more",
  });
}

/** The project in a folder, for questions that nobody acts on: they are not logged. */
export async function openForSearch({ project, at }: SearchOptions, caller: string): Promise<ProjectDecider> {
  const moment = at === undefined ? undefined : new Date(parseMoment("--at", at));
  const { openProject } = await import("@cordon/pdp");
  return openProject(findProject(project), {
    oneShot: true,
    log: false,
    caller,
    ...(moment === undefined ? {} : { clock: () => moment }),
  });
}
