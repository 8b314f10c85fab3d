import { allCommands, type CommandEntry } from "./command-table.js";
import { argumentCases, caseFunction, valueCases } from "./spec-text.js";

/** Words are read off the line: bash itself would part them at each colon of `User::ann`. */
const ENGINE = `
_cordon() {
  local line="\${COMP_LINE:0:COMP_POINT}" cur="" path="" flag="" project="" count=0 word spec head="" last
  local -a given before candidates
  read -ra given <<<"$line"
  if [[ "$line" != *[[:space:]] ]]; then
    last=$((\${#given[@]} - 1))
    cur="\${given[last]}"
    unset "given[last]"
  fi
  before=()
  for word in "\${given[@]:1}"; do
    if [[ -n "$flag" ]]; then
      [[ "$flag" == -p || "$flag" == --project ]] && project="$word"
      flag=""
    elif [[ "$word" == -* ]]; then
      [[ "$word" != *=* ]] && _cordon_value "$path $word" >/dev/null && flag="$word"
    elif [[ $count == 0 ]] && _cordon_path "\${path:+$path }$word" >/dev/null; then
      path="\${path:+$path }$word"
    else
      count=$((count + 1))
      before+=("$word")
    fi
  done
  if [[ -n "$flag" ]]; then
    spec="$(_cordon_value "$path $flag")"
  elif [[ "$cur" == --*=* ]]; then
    spec="$(_cordon_value "$path \${cur%%=*}")"
    head="\${cur%%=*}="
    cur="\${cur#*=}"
  elif [[ "$cur" == -* ]]; then
    spec="words $(_cordon_flags "$path" | tr '\\n' ' ')"
  else
    spec=""
    [[ $count == 0 ]] && spec="$(_cordon_commands "$path" | tr '\\n' ' ')"
    if [[ -n "$spec" ]]; then
      spec="words $spec"
    else
      spec="$(_cordon_argument "$path $((count + 1))" || _cordon_argument "$path *")"
    fi
  fi
  COMPREPLY=()
  candidates=()
  case "$spec" in
    "words "*) while IFS= read -r word; do candidates+=("$word"); done < <(compgen -W "\${spec#words }" -- "$cur") ;;
    "project "*)
      while IFS= read -r word; do candidates+=("$word"); done < <(
        "\${given[0]}" __complete "\${spec#project }" "$cur" "$project" "\${before[@]}" 2>/dev/null
      )
      ;;
    dir) compopt -o filenames 2>/dev/null; while IFS= read -r word; do candidates+=("$word"); done < <(compgen -d -- "$cur") ;;
    file) compopt -o filenames 2>/dev/null; while IFS= read -r word; do candidates+=("$word"); done < <(compgen -f -- "$cur") ;;
  esac
  # What bash takes for the word begins after the last colon or equals sign.
  [[ "$COMP_WORDBREAKS" == *=* ]] && head=""
  local start=""
  [[ "$COMP_WORDBREAKS" == *:* && "$cur" == *:* ]] && start="\${cur%"\${cur##*:}"}"
  for word in "\${candidates[@]}"; do
    [[ -z "$word" ]] && continue
    [[ "$word" == *:: ]] && compopt -o nospace 2>/dev/null
    COMPREPLY+=("$head\${word#"$start"}")
  done
}
complete -F _cordon cordon
`;

export function bashScript(program: CommandEntry): string {
  const commands = allCommands(program);
  const tables = [
    caseFunction(
      "_cordon_path",
      commands.filter(({ path }) => path !== "").map(({ path }) => [path, [path]]),
    ),
    caseFunction(
      "_cordon_commands",
      commands.map(({ path, commands: below }) => [path, below.map(({ name }) => name)]),
    ),
    caseFunction(
      "_cordon_flags",
      commands.map(({ path, flags }) => [path, flags.flatMap(({ names }) => names)]),
    ),
    caseFunction("_cordon_value", valueCases(commands)),
    caseFunction("_cordon_argument", argumentCases(commands)),
  ];
  return `# Completion of cordon for bash: source <(cordon completion bash)\n${tables.join("\n")}${ENGINE}`;
}
