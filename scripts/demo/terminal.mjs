const tty = process.stdout.isTTY === true;
const colored = tty && !process.env.NO_COLOR && process.env.TERM !== "dumb";
const paint = (open, close) => (text) => (colored ? `\u001b[${open}m${text}\u001b[${close}m` : text);

export const bold = paint(1, 22);
export const dim = paint(2, 22);
export const red = paint(31, 39);
export const green = paint(32, 39);
export const yellow = paint(33, 39);
export const cyan = paint(36, 39);
export { colored };

const width = Math.max(60, Math.min(process.stdout.columns || 100, 100));

export const say = (text = "") => void process.stdout.write(`${text}\n`);

/** Text broken at spaces, each line after `indent` spaces. */
export function wrapped(text, indent = 2) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? "";
    if (last.length > 0 && indent + last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last.length > 0 ? `${last} ${word}` : word;
  }
  return lines.map((line) => " ".repeat(indent) + line).join("\n");
}

export const indented = (text, indent) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => (line.trim() === "" ? "" : " ".repeat(indent) + line))
    .join("\n");

const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

/**
 * Shows that something goes on: a spinner with a clock in a terminal, a line now and then elsewhere.
 * `work` resolves to what to say when it is done.
 */
export async function progress(title, work) {
  const started = Date.now();
  const elapsed = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  let frame = 0;
  const draw = () =>
    process.stdout.write(`\r  ${cyan(FRAMES[frame++ % FRAMES.length])} ${title} ${dim(elapsed())} `);
  if (!tty) say(`  … ${title}`);
  const ticking = setInterval(tty ? draw : () => say(`    still at it, ${elapsed()}`), tty ? 80 : 15_000);
  const erase = () => tty && process.stdout.write("\r\u001b[K");
  try {
    const outcome = await work();
    erase();
    say(`  ${green("✓")} ${outcome} ${dim(elapsed())}`);
  } catch (error) {
    erase();
    say(`  ${red("✗")} ${title} ${dim(elapsed())}`);
    throw error;
  } finally {
    clearInterval(ticking);
  }
}
