/**
 * Draws what a program printed to a terminal, colours included, as an SVG.
 *
 *   script -qec "npm run demo" demo.ansi
 *   node scripts/pictures/draw-terminal.mjs --from '^ 7' --to '^ 9' --title 'The group, and the session' < demo.ansi > docs/images/demo.svg
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { from: { type: "string" }, to: { type: "string" }, title: { type: "string" } },
});

const COLORS = {
  30: "#6e7681",
  31: "#ff7b72",
  32: "#7ee787",
  33: "#e3b341",
  34: "#79c0ff",
  35: "#d2a8ff",
  36: "#76e3ea",
  37: "#e6edf3",
  90: "#8b949e",
};
const WIDTH = 8.4;
const HEIGHT = 19;
const MARGIN = 18;
const ESCAPE = String.fromCharCode(27);
const STYLE = new RegExp(`${ESCAPE}\\[([\\d;]*)m`);
// Cursor movements and erasures: what they overwrote is gone from the screen, and so from the picture.
const CONTROL = new RegExp(`${ESCAPE}\\[[\\d;?]*[A-LN-Za-ln-z]|\\r(?!\\n)`, "g");

process.stdout.write(draw(excerpt(readFileSync(0, "utf8"))));

/** @param {string} text */
function excerpt(text) {
  const lines = text
    .replace(/\r\n/g, "\n")
    .split("\n")
    .map((line) => line.slice(line.lastIndexOf("\r") + 1).replace(CONTROL, ""));
  const plain = lines.map((line) => line.replace(new RegExp(STYLE, "g"), ""));
  const start = values.from ? plain.findIndex((line) => new RegExp(values.from ?? "").test(line)) : 0;
  const end = values.to
    ? plain.findIndex((line, at) => at > start && new RegExp(values.to ?? "").test(line))
    : lines.length;
  if (start < 0 || end < 0) throw new Error("--from or --to matches no line");
  const picked = lines.slice(start, end);
  while (picked.at(-1)?.trim() === "") picked.pop();
  return picked;
}

/** @param {string[]} lines */
function draw(lines) {
  const columns = Math.max(...lines.map((line) => line.replace(new RegExp(STYLE, "g"), "").length));
  const width = Math.ceil(columns * WIDTH + 2 * MARGIN);
  const height = lines.length * HEIGHT + 2 * MARGIN;
  const rows = lines.map((line, row) => {
    const y = MARGIN + row * HEIGHT + 14;
    return `<text x="${MARGIN}" y="${y}">${spans(line)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(values.title ?? "Output of a program")}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#e6edf3" xml:space="preserve">`,
    ...rows,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** @param {string} line */
function spans(line) {
  let style = { color: "", bold: false, dim: false };
  let column = 0;
  let out = "";
  for (const [at, part] of line.split(STYLE).entries()) {
    if (at % 2 === 1) {
      style = restyle(style, part);
      continue;
    }
    if (part !== "")
      out += `<tspan x="${MARGIN + column * WIDTH}"${attributes(style)}>${escapeXml(part)}</tspan>`;
    column += part.length;
  }
  return out;
}

/** @param {{ color: string, bold: boolean, dim: boolean }} style @param {string} codes */
function restyle(style, codes) {
  let next = { ...style };
  for (const code of (codes || "0").split(";").map(Number)) {
    if (code === 0) next = { color: "", bold: false, dim: false };
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 22) next = { ...next, bold: false, dim: false };
    else if (code === 39) next.color = "";
    else
      next.color =
        COLORS[/** @type {keyof typeof COLORS} */ (code >= 91 && code <= 97 ? code - 60 : code)] ??
        next.color;
  }
  return next;
}

/** @param {{ color: string, bold: boolean, dim: boolean }} style */
function attributes({ color, bold, dim }) {
  return `${color ? ` fill="${color}"` : ""}${bold ? ' font-weight="bold"' : ""}${dim ? ' opacity="0.65"' : ""}`;
}

/** @param {string} text */
function escapeXml(text) {
  return text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c] ?? c);
}
