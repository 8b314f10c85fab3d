import { CommandError } from "../failure.js";

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/**
 * A moment as people type it: RFC 3339 (`2026-11-24T09:30:00Z`), a day (`2026-11-24`, its first moment
 * in UTC), or how long ago (`90s`, `15m`, `2h`, `3d`, `1w`). Returns RFC 3339 in UTC with milliseconds.
 */
export function parseMoment(option: string, text: string, now: Date = new Date()): string {
  const ago = /^(\d{1,9})([smhdw])$/.exec(text);
  if (ago) {
    const unit = unitMs[ago[2] as keyof typeof unitMs];
    return toIso(new Date(now.getTime() - Number(ago[1]) * unit), option, text);
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return toIso(new Date(`${text}T00:00:00Z`), option, text);
  if (rfc3339.test(text)) return toIso(new Date(text.replace(" ", "T").toUpperCase()), option, text);
  throw invalid(option, text);
}

function toIso(moment: Date, option: string, text: string): string {
  if (Number.isNaN(moment.getTime()) || dayRolledOver(text)) throw invalid(option, text);
  return moment.toISOString();
}

/** JavaScript reads `2026-02-30` as the second of March; we would rather say that there is no such day. */
function dayRolledOver(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return false;
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text.slice(0, 10);
}

function invalid(option: string, text: string): CommandError {
  return new CommandError("invalid_argument", `invalid time \`${text}\` for \`${option}\``, {
    help: "use RFC 3339 such as `2026-11-24T09:30:00Z`, a day such as `2026-11-24`, or how long ago: `15m`, `2h`, `3d`",
  });
}
