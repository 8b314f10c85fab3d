import { allCommands, type CommandEntry, type FlagEntry, type ValueKind } from "./command-table.js";

/** Where on the line we are: which command, and how many of its arguments stand there. */
function engine(commands: readonly CommandEntry[]): string {
  const paths = commands.filter(({ path }) => path !== "").map(({ path }) => quoted(path));
  const values = commands.flatMap(({ path, flags }) =>
    flags.flatMap(({ names, value }) =>
      value === null ? [] : names.map((name) => quoted(`${path} ${name}`)),
    ),
  );
  return `
function __cordon_read
    set -g __cordon_path ""
    set -g __cordon_project ""
    set -g __cordon_given
    set -l flag ""
    for word in (commandline -opc)[2..]
        set -l longer (string trim -- "$__cordon_path $word")
        if test -n "$flag"
            contains -- $flag -p --project; and set -g __cordon_project $word
            set flag ""
        else if string match -q -- '-*' $word
            contains -- "$__cordon_path $word" ${values.join(" ")}; and set flag $word
        else if test (count $__cordon_given) -eq 0; and contains -- $longer ${paths.join(" ")}
            set -g __cordon_path $longer
        else
            set -a __cordon_given $word
        end
    end
end
function __cordon_at
    __cordon_read
    test "$__cordon_path" = "$argv[1]"
end
function __cordon_place
    __cordon_at $argv[1]; and test (count $__cordon_given) -eq $argv[2]
end
function __cordon_from
    __cordon_at $argv[1]; and test (count $__cordon_given) -ge $argv[2]
end
function __cordon_values
    __cordon_read
    set -l program (commandline -opc)[1]
    $program __complete $argv[1] (commandline -ct | string unescape) "$__cordon_project" $__cordon_given 2>/dev/null
end
`;
}

export function fishScript(program: CommandEntry): string {
  const commands = allCommands(program);
  const lines = commands.flatMap((command) => [
    ...command.commands.map(
      ({ name, summary }) =>
        `${at(`__cordon_place ${quoted(command.path)} 0`)} -a ${quoted(name)} -d ${quoted(summary)}`,
    ),
    ...command.flags.map((flag) => flagLine(command.path, flag)),
    ...argumentLines(command),
  ]);
  return `# Completion of cordon for fish: cordon completion fish | source${engine(commands)}complete -c cordon -f\n${lines.join("\n")}\n`;
}

function flagLine(path: string, { names, description, value }: FlagEntry): string {
  const [long = "", short] = names;
  const shortPart = short === undefined ? "" : ` -s ${short.slice(1)}`;
  const valuePart = value === null ? "" : ` -r${candidates(value)}`;
  return `${at(`__cordon_at ${quoted(path)}`)} -l ${long.slice(2)}${shortPart}${valuePart} -d ${quoted(description)}`;
}

function argumentLines({ path, arguments: places, repeatsLast }: CommandEntry): string[] {
  return places.flatMap((value, index) => {
    const found = candidates(value);
    if (found === "") return [];
    const test = repeatsLast && index === places.length - 1 ? "__cordon_from" : "__cordon_place";
    return [`${at(`${test} ${quoted(path)} ${index}`)}${found}`];
  });
}

function candidates(value: ValueKind): string {
  switch (value.kind) {
    case "words":
      return ` -a ${quoted(value.words.join(" "))}`;
    case "project":
      return ` -a ${quoted(`(__cordon_values ${value.of})`)}`;
    case "dir":
      return ` -a ${quoted("(__fish_complete_directories)")}`;
    case "file":
      return " -F";
    case "anything":
      return "";
  }
}

function at(condition: string): string {
  return `complete -c cordon -n ${quoted(condition)}`;
}

/** fish knows two escapes within single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
