import { relative, resolve } from "node:path";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { writeProject } from "../scaffold/new-project.js";
import { type Answers, askFor, type Known } from "../scaffold/questions.js";
import { initRepository, isInRepository } from "../scaffold/repository.js";
import { templateFiles } from "../scaffold/template-files.js";
import { DEFAULT_TEMPLATE, findTemplate, TEMPLATES, type Template } from "../scaffold/template-list.js";
import type { Terminal } from "../terminal.js";

interface InitOptions {
  template?: string;
  yes?: boolean;
  git?: boolean;
  json?: boolean;
}

/** Writes a new project. Asks only where somebody is there to answer. */
export async function init({ args, options, terminal }: CommandInput<InitOptions>): Promise<number> {
  if (options.template !== undefined) requireTemplate(options.template);
  const known: Known = { directory: args[0], template: options.template, git: options.git };
  const asks = options.yes !== true && options.json !== true && isInteractive();
  const answers = asks
    ? await askFor(known, needsGit, { input: process.stdin, output: process.stdout })
    : withDefaults(known);
  if (answers === null) return exitCode.unusable;
  const folder = resolve(answers.directory);
  const template = requireTemplate(answers.template);
  const wantsGit = answers.git && !isInRepository(folder);
  const written = await writeProject(folder, answers.directory, await templateFiles(template.name));
  const gitFailure = wantsGit ? await initRepository(folder) : null;
  if (options.json === true) {
    const git = wantsGit && gitFailure === null;
    terminal.out(jsonLine({ directory: folder, template: template.name, files: [...written.files], git }));
    return exitCode.ok;
  }
  if (asks) terminal.out("");
  terminal.out(renderWritten(written.files, answers.directory, template, terminal.color));
  const warn = (text: string) => terminal.err(`${terminal.errorColor.yellow("warning")}: ${text}`);
  if (gitFailure !== null) warn(`no repository was made: ${gitFailure}`);
  if (written.ignoreFileLacksStore)
    warn("your `.gitignore` was left as it is; add `.cordon/` to it, which holds the decision log and keys");
  return exitCode.ok;
}

function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

function needsGit(directory: string): boolean {
  return !isInRepository(resolve(directory));
}

function withDefaults({ directory, template, git }: Known): Answers {
  return { directory: directory ?? ".", template: template ?? DEFAULT_TEMPLATE, git: git ?? true };
}

function requireTemplate(name: string): Template {
  const template = findTemplate(name);
  if (template !== undefined) return template;
  throw new CommandError("invalid_argument", `there is no template \`${name}\``, {
    help: `the templates are ${TEMPLATES.map((known) => `\`${known.name}\``).join(", ")}`,
  });
}

function renderWritten(
  files: readonly string[],
  directory: string,
  template: Template,
  color: Terminal["color"],
): string {
  const { bold, cyan, dim, green } = color;
  const here = relative(process.cwd(), resolve(directory)) === "";
  const steps: [string, string][] = [
    ...(here ? [] : ([[`cd ${quoted(directory)}`, ""]] as [string, string][])),
    ["cordon check", "parse, validate, lint"],
    ["cordon test", "ask what the tests ask"],
    [`cordon ask ${template.question} --why`, ""],
    ["cordon dev", "serve, and check and test at each save"],
  ];
  const width = Math.max(...steps.filter(([, what]) => what !== "").map(([how]) => how.length));
  return [
    `${green("✓")} ${bold(template.name)} in ${bold(here ? "this folder" : directory)}: ${template.summary}`,
    "",
    ...files.map((path) => `  ${dim(path)}`),
    "",
    "Next:",
    "",
    ...steps.map(
      ([how, what]) =>
        `  ${cyan(what === "" ? how : how.padEnd(width))}${what === "" ? "" : `  ${dim(what)}`}`,
    ),
  ].join("\n");
}

/** As a shell takes it. */
function quoted(path: string): string {
  return /^[\w./~@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
