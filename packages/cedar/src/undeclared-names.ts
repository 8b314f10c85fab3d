import type { Diagnostic } from "./diagnostics.js";
import type { TextPositions } from "./positions.js";
import { type Token, tokenize } from "./tokens.js";

/**
 * Cedar names all undeclared types of a schema in one error, with the place of the first. This makes an error
 * of each place where one of them is used, or gives the one error back where no place is found.
 */
export function undeclaredNames(error: Diagnostic, text: string, positions: TextPositions): Diagnostic[] {
  const names = new Set(/^failed to resolve types?: (.*)$/s.exec(error.message)?.[1]?.split(", "));
  if (names.size === 0) return [error];
  const found = typeNames(tokenize(text)).filter(({ name }) => names.has(name));
  const { help: _, range: __, ...rest } = error;
  const diagnostics = found.map(({ name, start, end }) => ({
    ...rest,
    code: "schema_undeclared_type",
    message: `\`${name}\` has not been declared as a common or entity type`,
    range: positions.range(start, end),
  }));
  return diagnostics.length > 0 ? diagnostics : [error];
}

interface TypeName {
  name: string;
  start: number;
  end: number;
}

/** Names, qualified or not, that are no attribute's: those are followed by a colon. */
function typeNames(tokens: readonly Token[]): TypeName[] {
  const names: TypeName[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const first = tokens[index];
    if (first?.kind !== "identifier") continue;
    let last = first;
    let name = first.text;
    while (tokens[index + 1]?.text === "::" && tokens[index + 2]?.kind === "identifier") {
      last = tokens[index + 2] ?? last;
      name += `::${last.text}`;
      index += 2;
    }
    const after = tokens[index + 1];
    if (after?.text === ":" || (after?.text === "?" && tokens[index + 2]?.text === ":")) continue;
    names.push({ name, start: first.start, end: last.end });
  }
  return names;
}
