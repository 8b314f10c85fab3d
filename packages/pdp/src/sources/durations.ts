import { z } from "zod";

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const FORM = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** A length of time in settings: `500ms`, `2s`, `5m`, or a number of milliseconds. In milliseconds once read. */
export const duration = z
  .union([
    z.int().min(0).max(31_536_000_000),
    z.string().regex(FORM, 'must be a length of time such as "500ms", "2s" or "5m"'),
  ])
  .transform((given) => (typeof given === "number" ? given : parseDuration(given)));

function parseDuration(text: string): number {
  const [, number = "0", unit = "ms"] = FORM.exec(text) ?? [];
  return Math.round(Number.parseFloat(number) * UNITS[unit as keyof typeof UNITS]);
}
