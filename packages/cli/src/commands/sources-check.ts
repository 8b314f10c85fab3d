import { checkSources, type SourceCheck } from "@cordon/pdp/sources";
import type { CommandInput } from "../command-run.js";
import { exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { readSources, sourceNamed } from "../project/sources.js";
import { printable } from "../render/printable.js";

interface SourcesCheckOptions {
  project?: string;
  json?: boolean;
}

export async function checkSourcesCommand({
  args,
  options,
  terminal,
}: CommandInput<SourcesCheckOptions>): Promise<number> {
  const [name] = args;
  const { directory, declared, schema } = await readSources(options.project);
  const asked = name === undefined ? declared : { [name]: sourceNamed(declared, name) };
  const checks = await checkSources(asked, { directory, schema });
  if (options.json) for (const check of checks) terminal.out(jsonLine(asJson(check)));
  else if (checks.length === 0) terminal.err("cordon.yaml declares no sources");
  else for (const check of checks) show(check);
  return checks.every(({ problems }) => problems.length === 0) ? exitCode.ok : exitCode.no;

  function show({ name: source, kind, problems }: SourceCheck): void {
    const { green, red, cyan, dim } = terminal.color;
    const title = `${printable(source)} ${dim(`(${kind})`)}`;
    terminal.out(problems.length === 0 ? `${green("ok")}     ${title}` : `${red("wrong")}  ${title}`);
    for (const { message, help } of problems) {
      terminal.out(`         ${printable(message)}`);
      terminal.out(`         ${cyan("help")}: ${printable(help)}`);
    }
  }
}

function asJson({ name, kind, problems }: SourceCheck) {
  return {
    source: name,
    kind,
    ok: problems.length === 0,
    problems: problems.map(({ code, message, help }) => ({ code, message, help })),
  };
}
