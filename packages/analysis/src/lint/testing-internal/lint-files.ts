import { buildBundle, type Diagnostic, parseSchema } from "@cordon/cedar";
import { type LintDiagnostic, type LintId, type LintLevel, lintLevels, ProjectLinter } from "../index.js";

export interface LintOptions {
  levels?: Partial<Record<LintId, LintLevel>>;
  /** Ids of policies that tests saw; absent where there are no tests. */
  tested?: readonly string[];
}

/** Lints a project of files in memory: everything found, in the order of files and places. */
export function lintFiles(
  files: Readonly<Record<string, string>>,
  options: LintOptions = {},
): LintDiagnostic[] {
  const schemaText = files["schema.cedarschema"];
  const schema = schemaText === undefined ? undefined : { path: "schema.cedarschema", text: schemaText };
  const policies = Object.entries(files)
    .filter(([path]) => path.endsWith(".cedar"))
    .map(([path, text]) => ({ path, text }));
  const built = buildBundle({ policies, ...(schema ? { schema } : {}), settings: {} });
  const diagnostics: Diagnostic[] = built.ok ? built.warnings : built.diagnostics;
  const parsed = schema && parseSchema(schema.text, schema.path);
  const found = new ProjectLinter().lint({
    policies,
    schema: schema ? { ...schema, resolved: parsed?.ok ? parsed.schema : null } : null,
    levels: lintLevels(options.levels),
    tested: options.tested === undefined ? null : new Set(options.tested),
    diagnostics,
  });
  return [...found.values()].flat();
}

/** `code line:column "underlined" message | help` of each. */
export function described(
  found: readonly LintDiagnostic[],
  files: Readonly<Record<string, string>>,
): string[] {
  return found.map(({ code, file, range, message, help }) => {
    const underlined = range && (files[file] ?? "").slice(range.start.offset, range.end.offset);
    const place = range === undefined ? "" : ` ${range.start.line}:${range.start.column}`;
    return `${code}${place} ${JSON.stringify(underlined)} ${message}${help === undefined ? "" : ` | ${help}`}`;
  });
}
