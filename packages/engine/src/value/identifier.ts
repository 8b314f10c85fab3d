/** An identifier of Cedar's grammar, as a pattern to build others from. */
export const IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*";

const WHOLE = new RegExp(`^${IDENTIFIER}$`);

/** Words that the grammar keeps for itself, so that they can't be names unless quoted. */
const RESERVED: ReadonlySet<string> = new Set([
  "true",
  "false",
  "if",
  "then",
  "else",
  "in",
  "is",
  "like",
  "has",
  "__cedar",
]);

/** Whether a name can be written without quotes. */
export function isIdentifier(name: string): boolean {
  return WHOLE.test(name) && !RESERVED.has(name);
}
