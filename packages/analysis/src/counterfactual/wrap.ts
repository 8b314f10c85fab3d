/** An escape sequence that sets a style. */
const STYLE = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/** Text with no line longer than `width`; a line goes on below its own indentation. Styles take no room. */
export function wrap(text: string, width: number | undefined): string {
  if (width === undefined) return text;
  return text
    .split("\n")
    .flatMap((line) => wrapLine(line, Math.max(width, 24)))
    .join("\n");
}

function wrapLine(line: string, width: number): string[] {
  if (lengthOf(line) <= width) return [line];
  const indent = /^ */.exec(line)?.[0] ?? "";
  const hanging = `${indent.slice(0, width / 2)}  `;
  const lines: string[] = [];
  let current = "";
  for (const word of line.slice(indent.length).split(" ")) {
    const start = lines.length === 0 ? indent : hanging;
    if (current === "") current = start + word;
    else if (lengthOf(current) + 1 + lengthOf(word) <= width) current += ` ${word}`;
    else {
      lines.push(current.trimEnd());
      current = hanging + word;
    }
  }
  return [...lines, current];
}

function lengthOf(text: string): number {
  return [...text.replaceAll(STYLE, "")].length;
}
