import { buildProgram } from "../../packages/cli/dist/program/program.js";
import { code, table } from "./markdown.mjs";

/** @typedef {import("commander").Command} Command */

/** The page on every command, from the definitions that parse the command line. */
export function commandsPage() {
  const program = buildProgram(() => {});
  const commands = visible(program).flatMap(withSubcommands);
  const [, , exitCodes = ""] = /\n(Exit codes:\n([\s\S]*?))\n\n/.exec(helpOf(program)) ?? [];
  return [
    "# Commands",
    "Each of them prints this with `--help`.",
    table(
      ["command", "what for"],
      commands.map((command) => [
        `[${code(nameOf(command))}](#${anchor(nameOf(command))})`,
        command.summary() || command.description(),
      ]),
    ),
    "## Exit codes",
    table(
      ["code", "meaning"],
      exitCodes.split("\n").map((line) => {
        const [, number = "", meaning = ""] = /^\s*(\d)\s+(.*)$/.exec(line) ?? [];
        return [number, meaning];
      }),
    ),
    "## Options of every command",
    options(program),
    ...commands.flatMap(section),
  ].join("\n\n");
}

/**
 * @param {Command} command
 * @returns {Command[]}
 */
function withSubcommands(command) {
  return [command, ...visible(command).flatMap(withSubcommands)];
}

/**
 * What help shows, less the command that shows help.
 *
 * @param {Command} command
 * @returns {Command[]}
 */
function visible(command) {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((found) => found.name() !== "help");
}

/** @param {Command} command */
function section(command) {
  const name = nameOf(command);
  const parts = [`## ${name}`, command.description(), `\`\`\`text\n${name} ${command.usage()}\n\`\`\``];
  if (command.registeredArguments.length > 0) {
    parts.push(
      table(
        ["argument", "what it is"],
        command.registeredArguments.map((argument) => [code(argument.name()), argument.description]),
      ),
    );
  }
  if (command.options.length > 0) parts.push(options(command));
  const [, after = ""] = helpOf(command).split(/\n(?=Examples:\n|Templates:\n)/, 2);
  const examples = /Examples:\n([\s\S]*)$/.exec(helpOf(command))?.[1];
  const templates = /\nTemplates:\n([\s\S]*?)\n\n?(?=Examples:|$)/.exec(helpOf(command))?.[1];
  if (after !== "" && templates !== undefined) parts.push("Templates:", block(templates));
  if (examples !== undefined) parts.push("Examples:", block(examples));
  return parts;
}

/** @param {Command} command */
function options(command) {
  const rows = command.options
    .filter((option) => !option.hidden)
    .map(({ flags, description, defaultValue }) => [
      code(flags),
      typeof defaultValue === "string" || typeof defaultValue === "number"
        ? `${description} (default: ${code(String(defaultValue))})`
        : description,
    ]);
  return table(["option", "what it does"], rows);
}

/** @param {string} text */
function block(text) {
  return `\`\`\`text\n${text.trimEnd().replace(/^ {2}/gm, "")}\n\`\`\``;
}

/**
 * All that is printed, with what was added at the end.
 *
 * @param {Command} command
 */
function helpOf(command) {
  let printed = "";
  command.configureOutput({
    ...command.configureOutput(),
    writeOut: (text) => {
      printed += text;
    },
    getOutHasColors: () => false,
    getOutHelpWidth: () => 200,
  });
  command.outputHelp();
  return `${printed}\n`;
}

/** @param {Command} command */
function nameOf(command) {
  const names = [];
  for (let current = command; current !== null; current = /** @type {Command} */ (current.parent))
    names.unshift(current.name());
  return names.join(" ");
}

/** @param {string} heading */
function anchor(heading) {
  return heading.replaceAll(" ", "-");
}
