/**
 * @typedef {object} Snippet
 * @property {string} document path of the document, relative to the root
 * @property {number} line of the opening fence
 * @property {string} language
 * @property {string} text
 * @property {Map<string, string>} directives
 */

const DIRECTIVE = /^<!--\s*snippet:\s*(.*?)\s*-->$/;
const FENCE = /^(\s*)(`{3,})([\w-]*)\s*$/;
const KNOWN = ["skip", "exit", "file", "given", "continues", "run", "output"];

/**
 * Finds the fenced blocks of a Markdown document. A comment right above a block directs how it is checked:
 *
 *     <!-- snippet: skip because it would never end -->      not checked; the reason is required
 *     <!-- snippet: exit 2 -->                               sh: the last command ends with this exit code
 *     <!-- snippet: output -->                               text: what the sh block before it prints; … stands for anything
 *     <!-- snippet: file policies/a.cedar -->                the block is written there before the next sh block runs
 *     <!-- snippet: given declare const user: string; -->    ts: put before the block, unseen by the reader
 *     <!-- snippet: continues -->                            ts: goes on where the previous ts block ended
 *     <!-- snippet: run -->                                  ts: not only type-checked but run
 *
 * @param {string} document
 * @param {string} markdown
 * @returns {Snippet[]}
 */
export function findSnippets(document, markdown) {
  /** @type {Snippet[]} */
  const snippets = [];
  const lines = markdown.split("\n");
  /** @type {Map<string, string>} */
  let directives = new Map();
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const directive = DIRECTIVE.exec(line.trim());
    const fence = FENCE.exec(line);
    if (directive !== null) addDirective(directives, directive[1] ?? "", `${document}:${index + 1}`);
    else if (fence !== null) {
      const end = closingFence(lines, index + 1, fence[2] ?? "```");
      const indent = (fence[1] ?? "").length;
      const text = lines
        .slice(index + 1, end)
        .map((inner) => inner.slice(Math.min(indent, inner.length - inner.trimStart().length)));
      snippets.push({
        document,
        line: index + 1,
        language: fence[3] ?? "",
        text: `${text.join("\n")}\n`,
        directives,
      });
      directives = new Map();
      index = end;
    } else if (line.trim() !== "") directives = new Map();
  }
  return snippets;
}

/**
 * @param {Map<string, string>} directives
 * @param {string} text
 * @param {string} place
 */
function addDirective(directives, text, place) {
  const [name = "", ...rest] = text.split(" ");
  if (!KNOWN.includes(name))
    throw new Error(`${place}: unknown snippet directive \`${name}\`; known are ${KNOWN.join(", ")}`);
  const value = rest.join(" ").replace(/^because\s+/, "");
  if (name === "skip" && value.length < 10) throw new Error(`${place}: \`skip\` needs a reason`);
  directives.set(name, name === "given" ? `${directives.get("given") ?? ""}${value}\n` : value);
}

/**
 * @param {readonly string[]} lines
 * @param {number} from
 * @param {string} fence
 */
function closingFence(lines, from, fence) {
  const end = lines.findIndex((line, index) => index >= from && line.trim() === fence);
  return end < 0 ? lines.length : end;
}
