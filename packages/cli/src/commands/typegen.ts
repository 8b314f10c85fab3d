import { readFile } from "node:fs/promises";
import { generateTypes } from "@cordon/analysis/types";
import { parseSchema } from "@cordon/cedar";
import { loadProject } from "@cordon/pdp/project";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode, InvalidProject } from "../failure.js";
import { findProject } from "../project/folder.js";
import { printable } from "../render/printable.js";
import type { Terminal } from "../terminal.js";
import { writeOutput } from "../write-output.js";

interface TypegenOptions {
  project?: string;
  out?: string;
  check?: boolean;
}

const defaultSchemaFile = "schema.cedarschema";

/** Writes TypeScript types of the project's schema. They come from the schema alone: its policies may be broken. */
export async function typegen({ options, terminal }: CommandInput<TypegenOptions>): Promise<number> {
  const { out, check } = options;
  if (check === true && out === undefined) {
    throw new CommandError("invalid_argument", "`--check` needs `--out`", {
      help: "name the file that is to be compared: `cordon typegen --check --out src/cordon-types.ts`",
    });
  }
  const text = await typesOf(findProject(options.project));
  if (out === undefined) {
    process.stdout.write(text);
    return exitCode.ok;
  }
  const before = await readFile(out, "utf8").catch(() => undefined);
  const same = before?.replaceAll("\r\n", "\n") === text;
  if (check === true) return same ? exitCode.ok : outdated(out, before, text, terminal);
  // What is right already isn't written: a watching compiler would start for nothing.
  if (!same) await writeOutput(out, text);
  terminal.out(`${same ? terminal.color.dim("unchanged") : terminal.color.green("wrote")} ${out}`);
  return exitCode.ok;
}

async function typesOf(folder: string): Promise<string> {
  const { texts, settings } = await loadProject(folder);
  const schemaFile = settings.schema ?? defaultSchemaFile;
  const text = texts.get(schemaFile);
  if (text === undefined) {
    throw new CommandError("no_schema", `the project \`${folder}\` has no schema`, {
      help: `types are made from \`${schemaFile}\`, which says what there is; \`cordon init\` writes an example`,
    });
  }
  const parsed = parseSchema(text, schemaFile);
  if (!parsed.ok) throw new InvalidProject(folder, parsed.diagnostics, texts);
  return generateTypes({ schema: parsed.schema, schemaFile });
}

function outdated(out: string, before: string | undefined, text: string, terminal: Terminal): number {
  const { red, green, cyan, bold } = terminal.errorColor;
  const title = before === undefined ? "is not there" : "is not what the schema says";
  terminal.err(`${red(bold("error"))}: \`${out}\` ${title}`);
  if (before !== undefined) {
    const [old, now] = [before.split(/\r?\n/), text.split("\n")];
    const at = now.findIndex((line, index) => line !== old[index]);
    const line = at === -1 ? now.length : at;
    const shown = (sign: string, lines: string[]) => `  ${sign} ${printable(lines[line] ?? "")}`.trimEnd();
    terminal.err(`  line ${line + 1}\n${red(shown("-", old))}\n${green(shown("+", now))}`);
  }
  terminal.err(`  ${cyan("help")}: \`cordon typegen --out ${out}\` writes it`);
  return exitCode.no;
}
