import type { Anchor, LogEvent, Sealer } from "../../log/chain.js";
import { EMPTY_ANCHOR, GENESIS, linkHash } from "../../log/chain.js";
import type { Connection } from "./connection.js";
import { readMeta, writeMeta } from "./schema.js";

export interface ReadAnchor {
  anchor: Anchor;
  state: "sealed" | "absent" | "unreadable" | "seal_broken" | "other_secret";
}

/** The anchor as it is stored, and whether its seal holds. */
export function readAnchor(connection: Connection, sealer: Sealer): ReadAnchor {
  const empty = { ...EMPTY_ANCHOR, secretId: sealer.secretId };
  const text = readMeta(connection, "log_anchor");
  if (text === undefined) return { anchor: empty, state: "absent" };
  const anchor = parseAnchor(text);
  if (anchor === undefined) return { anchor: empty, state: "unreadable" };
  if (anchor.secretId !== sealer.secretId) return { anchor, state: "other_secret" };
  const seal = readMeta(connection, "log_seal") ?? "";
  return { anchor, state: sealer.holds(text, seal) ? "sealed" : "seal_broken" };
}

export function writeAnchor(connection: Connection, sealer: Sealer, anchor: Anchor): void {
  const text = JSON.stringify({ ...anchor, secretId: sealer.secretId });
  writeMeta(connection, "log_anchor", text);
  writeMeta(connection, "log_seal", sealer.seal(text));
}

/**
 * The anchor that the next write continues from. One that can't be trusted is taken up again from the
 * records, and the event that says so stays in the log: damage is never sealed over silently.
 */
export function continueAnchor(connection: Connection, sealer: Sealer): Anchor {
  const { anchor, state } = readAnchor(connection, sealer);
  if (state === "sealed") return anchor;
  if (state === "absent" && !hasRecords(connection) && countEvents(connection) === 0) return anchor;
  const known = state === "other_secret" ? anchor : anchorFromRecords(connection, sealer.secretId);
  const kind = state === "other_secret" ? "secret_replaced" : "seal_broken";
  return addEvent(connection, known, { kind, lastSeq: known.lastSeq, time: new Date().toISOString() });
}

/** Appends an event to its own chain; the anchor returned covers it. */
export function addEvent(connection: Connection, anchor: Anchor, event: LogEvent): Anchor {
  const body = JSON.stringify(event);
  const eventsHash = linkHash(anchor.eventsHash, body);
  const events = anchor.events + 1;
  connection.run("INSERT OR REPLACE INTO log_events VALUES (?, ?, ?)", [events, body, eventsHash]);
  return { ...anchor, events, eventsHash };
}

function parseAnchor(text: string): Anchor | undefined {
  try {
    const value = JSON.parse(text) as Partial<Anchor>;
    const numbers = [value.firstSeq, value.lastSeq, value.count, value.events];
    const texts = [value.firstPrevious, value.lastHash, value.eventsHash, value.secretId];
    const complete = numbers.every(Number.isSafeInteger) && texts.every((t) => typeof t === "string");
    return complete ? (value as Anchor) : undefined;
  } catch {
    return undefined;
  }
}

function anchorFromRecords(connection: Connection, secretId: string): Anchor {
  const edge = "SELECT seq, previous_hash, hash FROM decisions ORDER BY seq";
  type Edge = { seq: number; previous_hash: string; hash: string };
  const first = connection.one<Edge>(`${edge} LIMIT 1`);
  const last = connection.one<Edge>(`${edge} DESC LIMIT 1`);
  const count = connection.one<{ n: number }>("SELECT count(*) AS n FROM decisions")?.n ?? 0;
  const event = connection.one<{ n: number; hash: string }>(
    "SELECT n, hash FROM log_events ORDER BY n DESC LIMIT 1",
  );
  return {
    firstSeq: first?.seq ?? 1,
    firstPrevious: first?.previous_hash ?? GENESIS,
    lastSeq: last?.seq ?? 0,
    lastHash: last?.hash ?? GENESIS,
    count,
    events: event?.n ?? 0,
    eventsHash: event?.hash ?? GENESIS,
    secretId,
  };
}

function hasRecords(connection: Connection): boolean {
  return connection.all("SELECT 1 FROM decisions LIMIT 1").length > 0;
}

function countEvents(connection: Connection): number {
  return connection.one<{ n: number }>("SELECT count(*) AS n FROM log_events")?.n ?? 0;
}
