import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../testing/process.mjs";

const DOCUMENT_TIMEOUT_MS = 180_000;
const PORT = /(?:--port[ =]|localhost:|127\.0\.0\.1:|\bPORT=)(\d{2,5})\b/g;
const waitForPorts = join(dirname(fileURLToPath(import.meta.url)), "wait-for-ports.mjs");

/**
 * Runs the sh blocks of one document as one bash session, in order: variables and servers started with `&` live on from
 * block to block and end with the document. After a line that ends in `&`, the ports it names must accept connections.
 * Ports are moved to free ones, so that a document may say 7070 on a machine where it is taken.
 *
 * @param {readonly import("./snippets.mjs").Snippet[]} snippets of one document, in order
 * @param {string} directory
 * @returns {Promise<import("../../testing/report.mjs").Outcome>}
 */
export async function runShell(snippets, directory) {
  const ports = await freePorts(snippets.map((snippet) => snippet.text).join("\n"));
  const moved = snippets.map((snippet) => ({ ...snippet, text: movePorts(snippet.text, ports) }));
  const out = join(directory, ".docs-check");
  mkdirSync(out);
  const script = [
    "set -eo pipefail",
    `echo > '${out}/done'`,
    ...moved.map((snippet, index) => step(snippet, index, out)),
  ];
  writeFileSync(join(out, "script.sh"), script.join("\n"));
  const env = {
    ...process.env,
    NO_COLOR: "1",
    PATH: `${join(directory, "node_modules/.bin")}${delimiter}${process.env.PATH}`,
  };
  const { code } = await run("bash", [join(out, "script.sh")], {
    cwd: directory,
    env,
    timeoutMs: DOCUMENT_TIMEOUT_MS,
  });
  return judge(moved, out, code);
}

/**
 * @param {import("./snippets.mjs").Snippet} snippet
 * @param {number} index
 * @param {string} out
 */
function step(snippet, index, out) {
  const file = snippet.directives.get("file");
  const done = `echo ${index} >> '${out}/done'`;
  if (file !== undefined) {
    const kept = join(out, `file-${index}`);
    writeFileSync(kept, snippet.text);
    return `mkdir -p "$(dirname '${file}')" && cp '${kept}' '${file}'\n${done}`;
  }
  if (snippet.language === "text") return done;
  const lines = snippet.text
    .split("\n")
    .map((line) => (/[^&]&\s*$/.test(line) ? `${line}\n${waiting(snippet.text)}` : line));
  const expected = snippet.directives.get("exit");
  const body = lines.join("\n");
  const guarded =
    expected === undefined ? body : `code=0\n{\n${body}\n} || code=$?\ntest "$code" = "${expected}"`;
  return `exec > '${out}/output-${index}' 2>&1\n${guarded}\n${done}`;
}

/** @param {string} text */
function waiting(text) {
  const ports = [...text.matchAll(/--port[ =](\d+)|\bPORT=(\d+)/g)].map((match) => match[1] ?? match[2]);
  return ports.length === 0 ? "" : `"${process.execPath}" '${waitForPorts}' ${ports.join(" ")}`;
}

/**
 * @param {readonly import("./snippets.mjs").Snippet[]} snippets
 * @param {string} out
 * @param {number} code
 * @returns {import("../../testing/report.mjs").Outcome}
 */
function judge(snippets, out, code) {
  /** @type {import("../../testing/report.mjs").Outcome} */
  const outcome = { passed: 0, failures: [], notes: [] };
  const done = readFileSync(join(out, "done"), "utf8").split("\n").filter(Boolean).length;
  for (const [index, snippet] of snippets.slice(0, done).entries()) {
    const problem = snippet.directives.has("output") ? compareOutput(snippet, printed(out, index - 1)) : null;
    if (problem === null) outcome.passed++;
    else outcome.failures.push({ title: `${snippet.document}:${snippet.line}`, detail: problem });
  }
  const failed = snippets[done];
  if (failed !== undefined) {
    const left = snippets.length - done - 1;
    const detail = `exit code ${code}\n${failed.text}\n${printed(out, done)}${left > 0 ? `\n(${left} blocks after it not run)` : ""}`;
    outcome.failures.push({ title: `${failed.document}:${failed.line}`, detail });
  }
  return outcome;
}

/**
 * @param {string} out
 * @param {number} index
 */
function printed(out, index) {
  const file = join(out, `output-${index}`);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/**
 * @param {import("./snippets.mjs").Snippet} expected
 * @param {string} actual
 * @returns {string | null}
 */
export function compareOutput(expected, actual) {
  const plain = (/** @type {string} */ text) => text.replace(/[ \t]+$/gm, "").trim();
  const parts = plain(expected.text)
    .split("…")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (new RegExp(`^${parts.join("[\\s\\S]*?")}$`).test(plain(actual))) return null;
  return `the document says\n${expected.text}\nprinted was\n${actual}`;
}

/**
 * @param {string} text
 * @returns {Promise<Map<string, string>>}
 */
async function freePorts(text) {
  /** @type {Map<string, string>} */
  const ports = new Map();
  for (const [, port = ""] of text.matchAll(PORT)) {
    if (port !== "0" && !ports.has(port)) ports.set(port, String(await freePort()));
  }
  return ports;
}

/**
 * @param {string} text
 * @param {ReadonlyMap<string, string>} ports
 */
function movePorts(text, ports) {
  return text.replace(PORT, (found, port) => found.slice(0, -port.length) + (ports.get(port) ?? port));
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
