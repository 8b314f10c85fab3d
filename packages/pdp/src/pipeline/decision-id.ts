import { randomFillSync } from "node:crypto";

const POOL_BYTES = 4096;
const RANDOM_BYTES = 8;
/** The counter of RFC 9562, section 6.2, method 1: 12 bits, of which the top one starts at 0. */
const COUNTER_LIMIT = 0x1000;

const pool = new Uint8Array(POOL_BYTES);
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
let poolAt = POOL_BYTES;
let lastMs = 0;
/** The part of an id that says `lastMs`. */
let timePart = "";
let counter = 0;

/** A UUIDv7 (RFC 9562); ids of one process sort in the order made. */
export function newDecisionId(): string {
  const at = takeRandom();
  tick(Date.now(), at);
  const rand = (index: number): string => HEX[pool[at + index] ?? 0] ?? "00";
  const variant = HEX[0x80 | ((pool[at] ?? 0) & 0x3f)] ?? "80";
  const tail = `${rand(2)}${rand(3)}${rand(4)}${rand(5)}${rand(6)}${rand(7)}`;
  return `${timePart}${HEX[counter >> 8]?.slice(1)}${HEX[counter & 0xff]}-${variant}${rand(1)}-${tail}`;
}

/** Time never runs backwards, and a full counter borrows from the next millisecond. */
function tick(now: number, at: number): void {
  if (now > lastMs) {
    enter(now);
    counter = (((pool[at] ?? 0) << 3) ^ (pool[at + 1] ?? 0)) & 0x7ff;
  } else if (++counter === COUNTER_LIMIT) {
    enter(lastMs + 1);
    counter = 0;
  }
}

function enter(ms: number): void {
  lastMs = ms;
  const text = ms.toString(16).padStart(12, "0");
  timePart = `${text.slice(0, 8)}-${text.slice(8)}-7`;
}

function takeRandom(): number {
  if (poolAt + RANDOM_BYTES > POOL_BYTES) {
    randomFillSync(pool);
    poolAt = 0;
  }
  const at = poolAt;
  poolAt += RANDOM_BYTES;
  return at;
}
