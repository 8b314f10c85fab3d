export const MIN_LONG = "-9223372036854775808";
export const MAX_LONG = "9223372036854775807";

/** A pattern of `LIKE … ESCAPE '|'`. */
export function likePattern(pieces: readonly string[]): string {
  return pieces.map((piece) => piece.replace(/[|%_]/g, "|$&")).join("%");
}

/** Half a surrogate pair is in no database: drivers would store something else in its place. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** The digits that an integer id is read as. */
export function isIntegerId(id: string): boolean {
  return /^(?:0|-?[1-9][0-9]{0,18})$/.test(id) && isLong(BigInt(id));
}

/** As databases print uuids. */
export function isUuid(id: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(id);
}

function isLong(value: bigint): boolean {
  return value >= BigInt(MIN_LONG) && value <= BigInt(MAX_LONG);
}
