import { type Diagnostic, renderDiagnostic } from "@cordon/cedar";

/**
 * Each diagnostic in its source line, with help, one blank line after each.
 *
 * @param docsOf where a code is explained, if that is to be said
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string> | undefined,
  color: boolean,
  docsOf?: (code: string) => string,
): string {
  return diagnostics
    .map((diagnostic) => {
      const text = renderDiagnostic(withHelp(diagnostic), texts?.get(diagnostic.file), { color }).trimEnd();
      return `${text}${docsOf === undefined ? "" : docsLine(diagnostic, docsOf, color)}\n`;
    })
    .join("\n");
}

/** In line with the help above it. */
function docsLine({ code, range }: Diagnostic, docsOf: (code: string) => string, color: boolean): string {
  const indent = " ".repeat(range === undefined ? 1 : String(range.start.line).length);
  const [frame, label] = color ? ["\u001b[34m=\u001b[0m", "\u001b[36mdocs\u001b[0m"] : ["=", "docs"];
  return `\n${indent} ${frame} ${label}: ${docsOf(code)}`;
}

const helpByCode: Record<string, string> = {
  json_syntax: "JSON wants double quotes, a comma between two members, and none after the last",
  json_duplicate_key: "keep one of the two",
  value_type: "write a value of the type that the schema names, or change the schema",
  policy_syntax: "https://docs.cedarpolicy.com/policies/syntax-policy.html has the syntax of policies",
  schema_syntax: "https://docs.cedarpolicy.com/schema/human-readable-schema.html has the syntax of schemas",
};

const helpByExtension: Record<string, string> = {
  json: 'entities are written like this: `[{ "uid": { "type": "User", "id": "ann" }, "attrs": {}, "parents": [] }]`',
  cedar: "https://docs.cedarpolicy.com/policies/validation.html says what is checked against the schema",
  cedarschema: "https://docs.cedarpolicy.com/schema/human-readable-schema.html has the syntax of schemas",
  yaml: "every setting is optional; a project can do without this file",
};

/** Whoever is told that something is wrong is told where to go from there, too. */
function withHelp(diagnostic: Diagnostic): Diagnostic {
  if (diagnostic.help) return diagnostic;
  const extension = diagnostic.file.slice(diagnostic.file.lastIndexOf(".") + 1);
  const help = helpByCode[diagnostic.code] ?? helpByExtension[extension];
  return help === undefined ? diagnostic : { ...diagnostic, help };
}
