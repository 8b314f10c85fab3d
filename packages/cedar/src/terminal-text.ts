/** One line of source laid out for a terminal: what to print, and how many cells precede each UTF-16 unit. */
export interface LaidOutLine {
  text: string;
  /** `cells[i]` cells come before unit `i`; the last entry is the whole width. */
  cells: number[];
}

const TAB_STOP = 4;
const ZERO_WIDTH = /^[\p{Mark}\p{Format}]$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const CONTROL = /^[\x00-\x1f\x7f-\x9f]$/;
/** East Asian wide and full-width blocks and emoji, coarse but right for what people write in policies. */
const WIDE =
  /^[\p{Emoji_Presentation}\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{a960}-\u{a97c}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{20000}-\u{3fffd}]$/u;

/** Tabs become spaces up to the next stop; control characters, which could drive a terminal, become symbols. */
export function layOut(line: string): LaidOutLine {
  let text = "";
  let width = 0;
  const cells: number[] = [];
  for (const character of line) {
    for (let unit = 0; unit < character.length; unit++) cells.push(width);
    const shown = show(character, width);
    text += shown.text;
    width += shown.width;
  }
  cells.push(width);
  return { text, cells };
}

function show(character: string, at: number): { text: string; width: number } {
  if (character === "\t") {
    const width = TAB_STOP - (at % TAB_STOP);
    return { text: " ".repeat(width), width };
  }
  if (CONTROL.test(character)) return { text: "�", width: 1 };
  // Bidirectional overrides are format characters: shown, they could make a line read as it isn't.
  if (ZERO_WIDTH.test(character))
    return /\p{Format}/u.test(character) ? { text: "�", width: 1 } : { text: character, width: 0 };
  return { text: character, width: WIDE.test(character) ? 2 : 1 };
}
