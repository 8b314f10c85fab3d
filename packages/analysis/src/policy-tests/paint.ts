/** ANSI styles, or none. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  doubtful(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

export function paintFor(color: boolean): Paint {
  const style = (code: string) => (text: string) =>
    color && text !== "" ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    good: style("32"),
    bad: style("31"),
    doubtful: style("33"),
    strong: style("1"),
    faint: style("2"),
  };
}

/** Text from outside made safe for a terminal: control and bidirectional characters are shown as escapes. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (character) => `\\u{${character.charCodeAt(0).toString(16)}}`,
  );
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
