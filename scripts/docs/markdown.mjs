import { join } from "node:path";
import { run } from "../testing/process.mjs";
import { root } from "../testing/workspaces.mjs";

/**
 * Text as the linter's formatter leaves it, so that what is written and what is checked are the same.
 *
 * @param {string} text
 */
export async function formatted(text) {
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const { code, stdout, output } = await run(
    process.execPath,
    [biome, "format", "--stdin-file-path=page.md"],
    {
      cwd: root,
      input: text,
    },
  );
  if (code !== 0) throw new Error(`the formatter failed:\n${output}`);
  return stdout;
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
export function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** @param {string} text */
export function code(text) {
  return `\`${text}\``;
}
