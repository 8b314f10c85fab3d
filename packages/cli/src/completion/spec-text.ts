import type { CommandEntry, FlagEntry, ValueKind } from "./command-table.js";

/** A kind as the scripts of bash and zsh read it. */
export function specOf(value: ValueKind): string {
  if (value.kind === "words") return `words ${value.words.join(" ")}`;
  return value.kind === "project" ? `project ${value.of}` : value.kind;
}

/** In single quotes for any of the shells. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A function of two shells that prints a line for each of its cases and fails for all else. */
export function caseFunction(name: string, cases: readonly (readonly [string, readonly string[]])[]): string {
  const branches = cases
    .filter(([, lines]) => lines.length > 0)
    .map(([key, lines]) => `    ${quoted(key)}) printf '%s\\n' ${lines.map(quoted).join(" ")} ;;`);
  return [`${name}() {`, '  case "$1" in', ...branches, "    *) return 1 ;;", "  esac", "}"].join("\n");
}

/** What stands after each flag of each command that takes a value. */
export function valueCases(commands: readonly CommandEntry[]): [string, string[]][] {
  return commands.flatMap(({ path, flags }) =>
    flags.flatMap(({ names, value }) =>
      value === null ? [] : names.map((name): [string, string[]] => [`${path} ${name}`, [specOf(value)]]),
    ),
  );
}

/** What stands in each place of each command; `*` for all places from a repeated one on. */
export function argumentCases(commands: readonly CommandEntry[]): [string, string[]][] {
  return commands.flatMap(({ path, arguments: places, repeatsLast }) =>
    places.flatMap((value, index): [string, string[]][] => {
      const place: [string, string[]] = [`${path} ${index + 1}`, [specOf(value)]];
      return repeatsLast && index === places.length - 1 ? [place, [`${path} *`, [specOf(value)]]] : [place];
    }),
  );
}

export function longName({ names }: FlagEntry): string {
  return names[0] ?? "";
}
