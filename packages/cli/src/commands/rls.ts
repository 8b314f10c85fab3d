import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { compile } from "@cordon/engine";
import { openProject } from "@cordon/pdp";
import { loadProject } from "@cordon/pdp/project";
import type { RlsMigration } from "@cordon/planner/rls";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode, InvalidProject } from "../failure.js";
import { findProject } from "../project/folder.js";
import { rlsOptions } from "../rls/rls-options.js";
import type { Terminal } from "../terminal.js";
import { writeOutput } from "../write-output.js";

interface RlsCommandOptions {
  project?: string;
  dialect?: string;
  out?: string;
  undo?: boolean;
  narrow?: boolean;
  check?: boolean;
}

const FILES = { apply: "cordon-rls.apply.sql", undo: "cordon-rls.undo.sql" } as const;

/** Writes the migrations of row-level security. They depend on the project alone. */
export async function generateRowLevelSecurity({
  options,
  terminal,
}: CommandInput<RlsCommandOptions>): Promise<number> {
  if ((options.dialect ?? "postgres") !== "postgres") {
    throw new CommandError("invalid_argument", `\`${options.dialect}\` has no row-level security`, {
      help: "`--dialect postgres` is the only one; elsewhere use filters",
    });
  }
  if (options.check === true && options.out === undefined) {
    throw new CommandError("invalid_argument", "`--check` needs `--out`", {
      help: "name the folder whose files are to be compared",
    });
  }
  const migration = await migrationOf(findProject(options.project), options.narrow === true);
  for (const { policyId, clause } of migration.narrowed) {
    terminal.err(
      `${terminal.errorColor.yellow("narrowed")}: \`${clause}\` of policy \`${policyId}\` shows no rows in the database`,
    );
  }
  if (options.out === undefined) {
    process.stdout.write(options.undo === true ? migration.undo : migration.apply);
    return exitCode.ok;
  }
  return options.check === true
    ? check(options.out, migration, terminal)
    : write(options.out, migration, terminal);
}

async function migrationOf(folder: string, narrow: boolean): Promise<RlsMigration> {
  const { content, settings, diagnostics, texts } = await loadProject(folder);
  if (content === undefined) throw new InvalidProject(folder, diagnostics, texts);
  const { generateRls } = await import("@cordon/planner/rls");
  const provided = await providedTypes(folder);
  const authorizer = compile(content.bundle);
  return generateRls({ ...rlsOptions({ ...content, settings, provided }), authorizer, narrow });
}

/** The types that any source knows something of: what files say of them isn't all. */
async function providedTypes(folder: string): Promise<ReadonlySet<string>> {
  const decider = await openProject(folder, { oneShot: true, log: false, watch: false });
  try {
    return new Set(decider.sources.list().flatMap(({ provides }) => provides.map(({ type }) => type)));
  } finally {
    await decider.close();
  }
}

async function write(out: string, migration: RlsMigration, terminal: Terminal): Promise<number> {
  for (const [kind, name] of Object.entries(FILES)) {
    const path = join(out, name);
    await writeOutput(path, migration[kind as keyof typeof FILES]);
    terminal.out(`${terminal.color.green("wrote")} ${path}`);
  }
  return exitCode.ok;
}

async function check(out: string, migration: RlsMigration, terminal: Terminal): Promise<number> {
  let code: number = exitCode.ok;
  for (const [kind, name] of Object.entries(FILES)) {
    const path = join(out, name);
    const before = await readFile(path, "utf8").catch(() => undefined);
    if (before?.replaceAll("\r\n", "\n") === migration[kind as keyof typeof FILES]) continue;
    const title = before === undefined ? "is not there" : "is not what the project says";
    terminal.err(`${terminal.errorColor.red(terminal.errorColor.bold("error"))}: \`${path}\` ${title}`);
    code = exitCode.no;
  }
  if (code === exitCode.no) {
    terminal.err(`  ${terminal.errorColor.cyan("help")}: \`cordon rls generate --out ${out}\` writes it`);
  }
  return code;
}
