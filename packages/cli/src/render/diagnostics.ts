import { type Diagnostic, renderDiagnostic } from "@cordon/cedar";

/** Each diagnostic in its source line, with help, one blank line after each. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string> | undefined,
  color: boolean,
): string {
  return diagnostics
    .map((diagnostic) => renderDiagnostic(withHelp(diagnostic), texts?.get(diagnostic.file), { color }))
    .map((text) => `${text.trimEnd()}\n`)
    .join("\n");
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
