import { CommandError } from "../failure.js";
import type { FindOptions } from "../search/find.js";
import type { Terminal } from "../terminal.js";
import type { RequestOptions } from "./request.js";

export interface SearchOptions extends RequestOptions {
  project?: string;
  type?: string;
  limit?: string;
  at?: string;
  json?: boolean;
}

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
