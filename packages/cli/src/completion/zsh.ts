import { allCommands, type CommandEntry } from "./command-table.js";
import { argumentCases, caseFunction, longName, valueCases } from "./spec-text.js";

const ENGINE = `
_cordon() {
  local cur="\${words[CURRENT]}" path_="" flag="" project="" count=0 word spec
  local -a before lines
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n "$flag" ]]; then
      [[ "$flag" == -p || "$flag" == --project ]] && project="$word"
      flag=""
    elif [[ "$word" == -* ]]; then
      [[ "$word" != *=* ]] && _cordon_value "$path_ $word" >/dev/null && flag="$word"
    elif [[ $count == 0 ]] && _cordon_path "\${path_:+$path_ }$word" >/dev/null; then
      path_="\${path_:+$path_ }$word"
    else
      count=$((count + 1))
      before+=("$word")
    fi
  done
  if [[ -n "$flag" ]]; then
    spec="$(_cordon_value "$path_ $flag")"
  elif [[ "$cur" == --*=* ]]; then
    spec="$(_cordon_value "$path_ \${cur%%=*}")"
    compset -P '*='
    cur="\${cur#*=}"
  elif [[ "$cur" == -* ]]; then
    lines=("\${(@f)$(_cordon_flags "$path_")}")
    _describe -o 'option' lines
    return
  elif [[ $count == 0 ]] && _cordon_commands "$path_" >/dev/null; then
    lines=("\${(@f)$(_cordon_commands "$path_")}")
    _describe 'command' lines
    return
  else
    spec="$(_cordon_argument "$path_ $((count + 1))" || _cordon_argument "$path_ *")"
  fi
  case "$spec" in
    "words "*) compadd -- \${=spec#words } ;;
    "project "*)
      lines=("\${(@f)$("\${words[1]}" __complete "\${spec#project }" "\${(Q)cur}" "$project" "\${(@Q)before}" 2>/dev/null)}")
      # Types first, where there are too many things: their ids come with the next key.
      compadd -S '' -- \${(M)lines:#*::}
      compadd -- \${lines:#*::}
      ;;
    dir) _files -/ ;;
    file) _files ;;
  esac
}
if [[ "\${funcstack[1]}" == _cordon ]]; then
  _cordon "$@"
else
  compdef _cordon cordon
fi
`;

export function zshScript(program: CommandEntry): string {
  const commands = allCommands(program);
  const tables = [
    caseFunction(
      "_cordon_path",
      commands.filter(({ path }) => path !== "").map(({ path }) => [path, [path]]),
    ),
    caseFunction(
      "_cordon_commands",
      commands.map(({ path, commands: below }) => [
        path,
        below.map(({ name, summary }) => `${name}:${summary}`),
      ]),
    ),
    caseFunction(
      "_cordon_flags",
      commands.map(({ path, flags }) => [path, flags.map((flag) => `${longName(flag)}:${flag.description}`)]),
    ),
    caseFunction("_cordon_value", valueCases(commands)),
    caseFunction("_cordon_argument", argumentCases(commands)),
  ];
  return `#compdef cordon\n# Completion of cordon for zsh: source <(cordon completion zsh)\n${tables.join("\n")}${ENGINE}`;
}
