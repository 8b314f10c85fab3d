import { applyPush, pushStatements, type SqlSettings } from "@cordon/pdp/sources";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode } from "../failure.js";
import { readSources, sourceNamed } from "../project/sources.js";
import { printable } from "../render/printable.js";

interface SourcesInstallOptions {
  project?: string;
  print?: boolean;
  apply?: boolean;
  uninstall?: boolean;
  url?: string;
}

export async function installSource({
  args,
  options,
  terminal,
}: CommandInput<SourcesInstallOptions>): Promise<number> {
  const [name = ""] = args;
  if (options.print === true && options.apply === true) {
    throw new CommandError("invalid_argument", "`--print` and `--apply` don't go together");
  }
  if (options.url !== undefined && options.apply !== true) {
    throw new CommandError("invalid_argument", "`--url` is for `--apply`");
  }
  const { directory, declared } = await readSources(options.project);
  const settings = sourceNamed(declared, name);
  if (settings.kind !== "sql") {
    throw new CommandError("invalid_argument", `\`${printable(name)}\` is of kind ${settings.kind}`, {
      help: "triggers are for sources of kind sql",
    });
  }
  const how = options.uninstall === true ? "uninstall" : "install";
  const sql = settings as unknown as SqlSettings;
  const statements = pushStatements(name, sql, how);
  if (options.apply !== true) {
    terminal.out(`BEGIN;\n\n${statements.join(";\n\n")};\n\nCOMMIT;`);
    return exitCode.ok;
  }
  await applyPush(name, directory, sql, { statements, url: options.url });
  const { green } = terminal.color;
  terminal.out(
    how === "install"
      ? `${green("installed")}: the database tells \`${printable(name)}\` of changes`
      : `${green("removed")}: the database tells \`${printable(name)}\` of nothing any more`,
  );
  if (how === "install" && !sql.push) {
    terminal.err(`set \`push: true\` for \`${printable(name)}\` in cordon.yaml, so that it listens`);
  }
  return exitCode.ok;
}
