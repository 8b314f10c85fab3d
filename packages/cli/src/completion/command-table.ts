import type { Argument, Command, Option } from "commander";
import { TEMPLATES } from "../scaffold/template-list.js";

/** What may stand in a place: fixed words, paths, or what the project has. */
export type ValueKind =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" | "dir" | "anything" }
  | { readonly kind: "project"; readonly of: ProjectValue };

/** What `cordon __complete` finds in a project. */
export type ProjectValue = "principal" | "action" | "resource" | "policy";

export interface FlagEntry {
  /** `--project`, and `-p` where there is a short form. */
  readonly names: readonly string[];
  readonly description: string;
  /** Null for a flag without a value. */
  readonly value: ValueKind | null;
}

/** A command as completion knows it. */
export interface CommandEntry {
  /** Its words after `cordon`: empty for the program, `log show` for a subcommand. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly CommandEntry[];
  readonly flags: readonly FlagEntry[];
  /** By place; a last one that may repeat stands for all after it. */
  readonly arguments: readonly ValueKind[];
  readonly repeatsLast: boolean;
}

/** Reads the whole table off the program, so that what is added there is completed without a word here. */
export function commandTable(program: Command): CommandEntry {
  return entryOf(program, "", []);
}

/** The command and all below it. */
export function allCommands(entry: CommandEntry): CommandEntry[] {
  return [entry, ...entry.commands.flatMap(allCommands)];
}

function entryOf(command: Command, path: string, siblings: readonly string[]): CommandEntry {
  const help = command.createHelp();
  const below = help.visibleCommands(command);
  const names = below.map((child) => child.name());
  const options = [
    ...help.visibleOptions(command),
    ...(path === "" ? [] : help.visibleGlobalOptions(command)),
  ];
  return {
    path,
    name: command.name(),
    summary: firstSentence(command.summary() || command.description()),
    commands: below.map((child) =>
      entryOf(child, path === "" ? child.name() : `${path} ${child.name()}`, names),
    ),
    flags: options.map(flagOf),
    arguments: command.registeredArguments.map((argument) => argumentKind(argument, command, siblings)),
    repeatsLast: command.registeredArguments.at(-1)?.variadic === true,
  };
}

function flagOf(option: Option): FlagEntry {
  const names = [option.long, option.short].filter((name): name is string => typeof name === "string");
  const takesValue = option.required || option.optional;
  return {
    names,
    description: firstSentence(option.description),
    value: takesValue ? kindOf(option.name(), placeholder(option.flags), option.argChoices) : null,
  };
}

function argumentKind(argument: Argument, command: Command, siblings: readonly string[]): ValueKind {
  if (command.name() === "help") return { kind: "words", words: siblings };
  return kindOf(argument.name(), argument.name(), argument.argChoices);
}

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  template: TEMPLATES.map(({ name }) => name),
  shell: ["bash", "zsh", "fish"],
  log: ["durable", "buffered", "off"],
  "log-level": ["debug", "info", "warn", "error", "silent"],
  format: ["text", "json", "github", "sarif"],
  scope: ["evaluate", "read-log", "administer", "provision"],
  decision: ["allow", "deny"],
};

function kindOf(name: string, shown: string, choices: readonly string[] | undefined): ValueKind {
  const words = choices ?? CHOICES[name];
  if (words !== undefined) return { kind: "words", words };
  if (name === "principal" || name === "action" || name === "resource" || name === "policy")
    return { kind: "project", of: name };
  if (/^(dir|directory|folder)$/.test(shown)) return { kind: "dir" };
  if (/^(files?|paths?)$/.test(shown)) return { kind: "file" };
  return { kind: "anything" };
}

/** What stands in the brackets of `-o, --out <file>`. */
function placeholder(flags: string): string {
  return /[<[]([^>\].]+)/.exec(flags)?.[1] ?? "";
}

/** Short enough for a line beside the word. */
function firstSentence(text: string): string {
  const sentence = text.split(/(?<=[a-z`)])[.;:] /)[0] ?? text;
  return sentence.replace(/\s*\(default.*$/, "").replace(/\.$/, "");
}
