/**
 * Text from outside (ids, names, reasons) made safe for a terminal: control characters, with which a
 * logged id could rewrite the screen or forge lines, and bidirectional overrides are shown as escapes.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (character) => `\\u{${character.charCodeAt(0).toString(16)}}`,
  );
}
