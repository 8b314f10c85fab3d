import { type AppFigures, SIZES, titleOf } from "./series.js";

const PANEL = { width: 300, height: 210, left: 62, top: 34, right: 12, bottom: 34 };
const COLUMNS = 3;
const HEAD = 62;
/** Nanoseconds at the bottom and the top of each panel, and where the lines across it are. */
const [LOWEST, HIGHEST] = [1e2, 1e8];
const TICKS: readonly [nanoseconds: number, label: string][] = [
  [1e2, "100 ns"],
  [1e3, "1 µs"],
  [1e4, "10 µs"],
  [1e5, "100 µs"],
  [1e6, "1 ms"],
  [1e7, "10 ms"],
  [1e8, "100 ms"],
];

/** How each contender is drawn, and what it is called where there is no room for what its figures include. */
const LINES: readonly { readonly key: string; readonly label: string; readonly color: string }[] = [
  { key: "generated", label: "Cordon, generated code", color: "#1a7f37" },
  { key: "closures", label: "Cordon, closures", color: "#2da44e" },
  { key: "reference", label: "Cordon, reference", color: "#8ac89c" },
  { key: "native", label: "cedar-policy, the Rust crate, entities parsed", color: "#bc4c00" },
  { key: "wasm-slice", label: "cedar-wasm, reachable entities in each call", color: "#54aeff" },
  { key: "wasm-all", label: "cedar-wasm, all entities in each call", color: "#0969da" },
];

/** Medians of one decision over the number of entities, one panel an application, on a logarithmic scale. */
export function drawChart(figures: readonly AppFigures[]): string {
  const titles = [...new Set(figures.map(({ application }) => titleOf(application)))];
  const rows = Math.ceil(titles.length / COLUMNS);
  const [width, height] = [COLUMNS * PANEL.width, HEAD + rows * PANEL.height];
  const keys = new Set(figures.flatMap(({ measured }) => measured.map(({ key }) => key)));
  const panels = titles.map((title, index) => {
    const [x, y] = [(index % COLUMNS) * PANEL.width, HEAD + Math.floor(index / COLUMNS) * PANEL.height];
    const own = figures.filter(({ application }) => titleOf(application) === title);
    return `<g transform="translate(${x} ${y})">${panel(title, own)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    "<title>Median time of one decision over the number of entities of each type</title>",
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    '<g font-family="system-ui, sans-serif" font-size="11" fill="#1f2328">',
    legend(LINES.filter(({ key }) => keys.has(key))),
    ...panels,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function legend(lines: typeof LINES): string {
  return lines
    .map(({ label, color }, index) => {
      const [x, y] = [16 + (index % COLUMNS) * PANEL.width, 18 + Math.floor(index / COLUMNS) * 20];
      return `<path d="M${x} ${y}h22" stroke="${color}" stroke-width="2.5"/><text x="${x + 28}" y="${y + 4}">${label}</text>`;
    })
    .join("\n");
}

function panel(title: string, figures: readonly AppFigures[]): string {
  const right = PANEL.width - PANEL.right;
  const bottom = PANEL.height - PANEL.bottom;
  const grid = TICKS.map(
    ([nanoseconds, label]) =>
      `<path d="M${PANEL.left} ${yOf(nanoseconds)}H${right}" stroke="#d1d9e0"/><text x="${PANEL.left - 6}" y="${yOf(nanoseconds) + 4}" text-anchor="end" fill="#59636e">${label}</text>`,
  );
  const sizes = SIZES.map(
    (size) => `<text x="${xOf(size)}" y="${bottom + 16}" text-anchor="middle" fill="#59636e">${size}</text>`,
  );
  const lines = LINES.map(({ key, color }) => {
    const points = figures.flatMap(({ size, measured }) =>
      measured.filter((each) => each.key === key).map(({ medianNs }) => ({ x: xOf(size), y: yOf(medianNs) })),
    );
    const dots = points.map(({ x, y }) => `<circle cx="${x}" cy="${y}" r="2.2" fill="${color}"/>`).join("");
    const path = points.map(({ x, y }) => `${x} ${y}`).join("L");
    return points.length === 0
      ? ""
      : `<path d="M${path}" fill="none" stroke="${color}" stroke-width="2"/>${dots}`;
  });
  return [
    `<text x="${PANEL.left}" y="${PANEL.top - 12}" font-weight="600">${title}</text>`,
    ...grid,
    ...sizes,
    ...lines,
  ].join("\n");
}

function xOf(size: number): number {
  const [least, most] = [Math.min(...SIZES), Math.max(...SIZES)];
  const width = PANEL.width - PANEL.left - PANEL.right - 16;
  return round(PANEL.left + 8 + (width * (size - least)) / (most - least));
}

function yOf(nanoseconds: number): number {
  const inside = Math.min(HIGHEST, Math.max(LOWEST, nanoseconds));
  const share = Math.log(inside / LOWEST) / Math.log(HIGHEST / LOWEST);
  return round(PANEL.height - PANEL.bottom - share * (PANEL.height - PANEL.top - PANEL.bottom));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
