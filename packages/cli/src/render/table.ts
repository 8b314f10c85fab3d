/** A cell: its text, and how it is dressed once it has been padded. */
export interface Cell {
  text: string;
  style?: (text: string) => string;
}

/**
 * Aligned columns for rows that arrive a batch at a time: a column never narrows, so that lines printed
 * later stay under those printed before.
 */
export class Table {
  readonly #widths: number[] = [];

  lines(rows: readonly (readonly Cell[])[]): string[] {
    for (const row of rows) {
      for (const [column, { text }] of row.entries()) {
        this.#widths[column] = Math.max(this.#widths[column] ?? 0, displayWidth(text));
      }
    }
    return rows.map((row) => this.#line(row));
  }

  #line(row: readonly Cell[]): string {
    const last = row.length - 1;
    return row
      .map(({ text, style = (plain) => plain }, column) => {
        const padding = column === last ? 0 : (this.#widths[column] ?? 0) - displayWidth(text);
        return style(text) + " ".repeat(padding);
      })
      .join("  ");
  }
}

/** Columns a text takes on a terminal: combining marks take none, East Asian wide characters and emoji two. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) continue;
    width +=
      /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]$/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}
