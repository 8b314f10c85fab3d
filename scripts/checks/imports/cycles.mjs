/** @typedef {import("./sources.mjs").Source} Source */
/** @typedef {Map<string, Map<string, string>>} Graph from a child of a folder to another, with an import as evidence */

/**
 * In every folder, the imports between its children (files and folders alike) form no cycle. An import between two
 * files counts in the deepest folder that holds both, so this finds cycles of files and of folders with one rule.
 * Imports of types bind two folders together like any other; between neighbouring files they don't count, because a
 * recursive type is a cycle by nature and leaves nothing to load in the wrong order.
 *
 * @param {readonly Source[]} sources
 * @returns {{ title: string, detail: string }[]}
 */
export function findCycles(sources) {
  /** @type {Map<string, Graph>} */
  const graphs = new Map();
  for (const source of sources.filter((candidate) => !candidate.test)) {
    for (const { target, line, typeOnly } of source.imports) {
      if (target === null || target === source.path) continue;
      const { folder, from, to } = deepestCommonFolder(source.path, target);
      if (typeOnly && !from.endsWith("/") && !to.endsWith("/")) continue;
      const graph = graphs.get(folder) ?? new Map();
      graphs.set(folder, graph);
      const edges = graph.get(from) ?? new Map();
      graph.set(from, edges);
      if (!edges.has(to)) edges.set(to, `${source.path}:${line} imports ${target}`);
    }
  }
  return [...graphs].flatMap(([folder, graph]) =>
    cyclesOf(graph).map((cycle) => ({
      title: `cycle in ${folder}: ${[...cycle, cycle[0]].join(" → ")}`,
      detail: cycle
        .map((from, index) => graph.get(from)?.get(cycle[(index + 1) % cycle.length] ?? "") ?? "")
        .join("\n"),
    })),
  );
}

/**
 * @param {string} a
 * @param {string} b
 */
function deepestCommonFolder(a, b) {
  const left = a.split("/");
  const right = b.split("/");
  let depth = 0;
  while (left[depth] === right[depth] && depth < left.length - 1) depth++;
  const child = (/** @type {string[]} */ parts) =>
    (parts[depth] ?? "") + (depth < parts.length - 1 ? "/" : "");
  return { folder: left.slice(0, depth).join("/"), from: child(left), to: child(right) };
}

/**
 * One cycle for each knot of the graph: enough to act upon, and the next run shows what remains.
 *
 * @param {Graph} graph
 * @returns {string[][]}
 */
function cyclesOf(graph) {
  /** @type {string[][]} */
  const cycles = [];
  const finished = new Set();
  const reported = new Set();
  /** @param {string} node @param {string[]} path */
  const visit = (node, path) => {
    const start = path.indexOf(node);
    if (start >= 0) {
      const cycle = path.slice(start);
      if (!cycle.some((member) => reported.has(member))) cycles.push(cycle);
      for (const member of cycle) reported.add(member);
      return;
    }
    if (finished.has(node)) return;
    for (const next of graph.get(node)?.keys() ?? []) visit(next, [...path, node]);
    finished.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return cycles;
}
