import { existsSync } from "node:fs";
import type { StoredRecord } from "@cordon/pdp";
import { withLog } from "../log/log-reader.js";
import { findStore } from "../project/settings.js";

/** Where decisions are looked up: a server, or without one the project's own log. */
export interface DecisionSource {
  readonly url?: string;
  readonly key?: string;
}

/** What a policy decided lately. */
export interface PolicyDecisions {
  readonly count: number;
  readonly last: StoredRecord;
}

/** How many decisions count as lately. */
const RECENT = 500;
const FRESH_MS = 5_000;

/** The latest decisions by the policies that determined them, looked up again when they are some seconds old. */
export class RecentDecisions {
  readonly #folder: string;
  #known: { at: number; source: string; byPolicy: Promise<ReadonlyMap<string, PolicyDecisions>> } | null =
    null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Empty where there is no log, or the server doesn't answer. */
  byPolicy(source: DecisionSource, now = Date.now()): Promise<ReadonlyMap<string, PolicyDecisions>> {
    const key = JSON.stringify(source);
    if (this.#known === null || this.#known.source !== key || now - this.#known.at > FRESH_MS) {
      this.#known = { at: now, source: key, byPolicy: this.#read(source).catch(() => new Map()) };
    }
    return this.#known.byPolicy;
  }

  async #read({ url, key }: DecisionSource): Promise<ReadonlyMap<string, PolicyDecisions>> {
    if (url === undefined && !existsSync(await findStore(this.#folder))) return new Map();
    const location = url === undefined ? { project: this.#folder } : { server: url, ...(key ? { key } : {}) };
    const { records } = await withLog(location, (log) => log.list({ order: "newest", limit: RECENT }));
    const found = new Map<string, PolicyDecisions>();
    for (const record of records) {
      for (const id of record.policies) {
        const known = found.get(id);
        found.set(id, { count: (known?.count ?? 0) + 1, last: known?.last ?? record });
      }
    }
    return found;
  }
}

/** `allow User::"ann" ticket:read Ticket::"T-1", 3 min ago, and 11 more of the last 500`. */
export function describeDecisions({ last, count }: PolicyDecisions, now = Date.now()): string {
  const { principal, action, resource } = last.request;
  const uid = ({ type, id }: { type: string; id: string }) => `${type}::${JSON.stringify(id)}`;
  const what = `${last.decision} ${uid(principal)} ${action.id} ${uid(resource)}`;
  const more = count > 1 ? `, and ${count - 1} more of the last ${RECENT}` : "";
  return `${what}, ${ago(now - Date.parse(last.time))}${more}`;
}

function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return `${Math.floor(minutes / 1_440)} days ago`;
}
