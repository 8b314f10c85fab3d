/** A Cedar string literal. */
export function quote(text: string): string {
  let literal = '"';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === "\\") literal += `\\${character}`;
    else if (code < 0x20 || code === 0x7f) literal += `\\u{${code.toString(16)}}`;
    else literal += character;
  }
  return `${literal}"`;
}

export function isIdentifier(name: string): boolean {
  return /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) && !RESERVED.has(name);
}

const RESERVED = new Set(["true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"]);

/** An attribute or record key where Cedar takes either form. */
export function key(name: string): string {
  return isIdentifier(name) ? name : quote(name);
}

/** How many operators of the language occur in generated policies: what must be seen for a run to mean anything. */
export const OPERATORS: Record<string, RegExp> = {
  "==": / == /,
  "!=": / != /,
  "<": / < /,
  "<=": / <= /,
  ">": / > /,
  ">=": / >= /,
  "&&": / && /,
  "||": / \|\| /,
  "!": /!\(/,
  neg: /-\(/,
  "+": / \+ /,
  "-": / - /,
  "*": / \* /,
  in: /\) in /,
  "in set": /\) in \[/,
  is: /\) is /,
  "is in": /\) is [\w:]+ in /,
  has: /\) has /,
  "has path": /\) has \w+\.\w+/,
  like: / like /,
  if: /if /,
  "[…]": /\)\["/,
  set: /\[\(/,
  record: /\{(\w+|"[^"]*"): /,
  unless: /\bunless\b/,
  when: /\bwhen\b/,
  template: /\?principal|\?resource/,
  ...Object.fromEntries(
    [
      ...["contains", "containsAll", "containsAny", "isEmpty", "hasTag", "getTag"],
      ...["ip", "isIpv4", "isIpv6", "isLoopback", "isMulticast", "isInRange"],
      ...["decimal", "lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"],
      ...["datetime", "offset", "durationSince", "toDate", "toTime", "duration"],
      ...["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"],
    ].map((name) => [name, new RegExp(`\\b${name}\\(`)]),
  ),
};
