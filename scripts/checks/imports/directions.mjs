/** @typedef {import("./sources.mjs").Source} Source */

/**
 * What the shipped code of each workspace may import of the others. Tests may reach for a little more (see TEST_ONLY).
 * A workspace that isn't named here fails the check: whoever adds one decides where it stands.
 *
 * @type {Record<string, readonly string[]>}
 */
const MAY_IMPORT = {
  "@cordon/engine": [],
  "@cordon/cedar": ["@cordon/engine"],
  "@cordon/client": ["@cordon/engine"],
  "@cordon/gates": ["@cordon/engine"],
  "@cordon/planner": ["@cordon/engine"],
  // Starts servers and knows nothing of us; only what is never published and tests may use it.
  "@cordon/databases": [],
  "@cordon/pdp": ["@cordon/planner", "@cordon/cedar", "@cordon/engine"],
  "@cordon/analysis": ["@cordon/pdp", "@cordon/planner", "@cordon/cedar", "@cordon/engine"],
  cordon: [
    "@cordon/analysis",
    "@cordon/gates",
    "@cordon/client",
    "@cordon/pdp",
    "@cordon/planner",
    "@cordon/cedar",
    "@cordon/engine",
  ],
  // The extension finds the command on the user's machine and speaks the protocol with it.
  "cordon-vscode": [],
  "@cordon/example-helpdesk": [
    "@cordon/databases",
    "@cordon/gates",
    "@cordon/client",
    "@cordon/pdp",
    "@cordon/planner",
    "@cordon/engine",
  ],
  "@cordon/conformance": [
    "@cordon/databases",
    "@cordon/analysis",
    "@cordon/client",
    "@cordon/pdp",
    "@cordon/planner",
    "@cordon/cedar",
    "@cordon/engine",
  ],
  "@cordon/bench": [
    "@cordon/databases",
    "@cordon/gates",
    "@cordon/client",
    "@cordon/pdp",
    "@cordon/planner",
    "@cordon/cedar",
    "@cordon/engine",
  ],
};

/** @type {Record<string, readonly string[]>} */
const TEST_ONLY = {
  "@cordon/gates": ["@cordon/client"],
  "@cordon/planner": ["@cordon/databases"],
  "@cordon/pdp": ["@cordon/databases"],
  "@cordon/analysis": ["@cordon/databases"],
  cordon: ["@cordon/databases"],
};

/** Everybody else meets Cedar's own implementation through @cordon/cedar; these two compare with it. */
const WASM = "@cedar-policy/cedar-wasm";
const MAY_IMPORT_WASM = ["@cordon/cedar", "@cordon/conformance", "@cordon/bench"];

/**
 * @param {readonly Source[]} sources
 * @returns {{ title: string, detail: string }[]}
 */
export function checkDirections(sources) {
  const ours = new Set([
    ...Object.keys(MAY_IMPORT),
    ...sources.map((source) => source.workspace.manifest.name),
  ]);
  const unnamed = new Set(
    sources.map((source) => source.workspace.manifest.name).filter((name) => !(name in MAY_IMPORT)),
  );
  const problems = [...unnamed].map((name) => ({
    title: `\`${name}\` has no place in the order of packages`,
    detail: "name it in scripts/checks/imports/directions.mjs with what it may import",
  }));
  for (const source of sources) {
    for (const found of source.imports) {
      const reason = forbidden(source, found, ours);
      if (reason === null) continue;
      problems.push({ title: `${source.path}:${found.line} imports \`${found.specifier}\``, detail: reason });
    }
  }
  return problems;
}

/**
 * @param {Source} source
 * @param {import("./sources.mjs").Import} found
 * @param {ReadonlySet<string>} ours
 * @returns {string | null} why the import is not allowed
 */
function forbidden(source, found, ours) {
  const { name } = source.workspace.manifest;
  if (found.target !== null) {
    return found.target.startsWith(`${source.workspace.folder}/src/`)
      ? null
      : "relative imports stay in their package";
  }
  const imported = packageOf(found.specifier);
  if (name === "@cordon/engine" && !source.test) return "the engine runs anywhere and imports nothing";
  if (imported === null) return null;
  if (imported === WASM && !MAY_IMPORT_WASM.includes(name))
    return `only ${MAY_IMPORT_WASM.join(", ")} may import it`;
  if (imported !== name && ours.has(imported)) {
    const allowed = [...(MAY_IMPORT[name] ?? []), ...(source.test ? (TEST_ONLY[name] ?? []) : [])];
    if (!allowed.includes(imported)) return `\`${name}\` may import only ${allowed.join(", ") || "nothing"}`;
  }
  return undeclared(source, found, imported);
}

/**
 * What isn't declared works here by hoisting and fails for whoever installs the package alone.
 *
 * @param {Source} source
 * @param {import("./sources.mjs").Import} found
 * @param {string} imported
 */
function undeclared(source, found, imported) {
  const { name, dependencies, devDependencies, optionalDependencies, peerDependencies } =
    source.workspace.manifest;
  const shipped = { [name]: "", ...dependencies, ...optionalDependencies, ...peerDependencies };
  if (imported in shipped) return null;
  // The editor itself offers it to its extensions; nobody can install it.
  if (name === "cordon-vscode" && imported === "vscode") return null;
  const testTools = ["fast-check"];
  if (source.test && (imported in { ...devDependencies } || testTools.includes(imported))) return null;
  if (source.workspace.manifest.private && imported in { ...devDependencies }) return null;
  // A type of the framework is taken from whatever version its user has installed.
  if (found.typeOnly && imported in { ...devDependencies, ...peerDependencies }) return null;
  return `\`${imported}\` is not among the dependencies of ${source.workspace.folder}/package.json`;
}

/**
 * @param {string} specifier
 * @returns {string | null} null for what Node.js itself offers
 */
function packageOf(specifier) {
  if (specifier.startsWith("node:")) return null;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? specifier);
}
