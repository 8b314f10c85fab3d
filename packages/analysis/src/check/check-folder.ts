import { type Diagnostic, parseSchema, sortDiagnostics } from "@cordon/cedar";
import type { Bundle } from "@cordon/engine";
import { type LoadedProject, loadProject } from "@cordon/pdp/project";
import { type LintDiagnostic, type LintInput, ProjectLinter } from "../lint/index.js";
import { loadSuite, type RunResult, runSuite, type TestSuite } from "../policy-tests/index.js";
import { levelsOf } from "./lint-settings.js";
import { ProjectLayout, SETTINGS_FILE } from "./project-layout.js";
import { failedTests, testedPolicies } from "./test-findings.js";

export interface CheckOptions {
  /** Whether to run the project's tests, where it has any; by default they are. */
  readonly tests?: boolean;
}

/** All that can be known of a project before it serves. */
export interface ProjectReport {
  /** Of all kinds: errors first, then warnings, then infos; failed tests are errors among them. */
  readonly diagnostics: readonly LintDiagnostic[];
  readonly texts: ReadonlyMap<string, string>;
  /** Present where the project can be served. */
  readonly bundle?: Bundle;
  /** Present where tests were run. */
  readonly tests?: RunResult;
  readonly summary: {
    readonly policyFiles: number;
    readonly policies: number;
    readonly hasSchema: boolean;
    readonly entities: number;
  };
}

/**
 * Parses, validates, lints and tests a project.
 *
 * @throws ProjectError `project_missing`
 */
export async function checkFolder(directory: string, options: CheckOptions = {}): Promise<ProjectReport> {
  const project = await loadProject(directory);
  const { levels, diagnostics: ofSettings } = levelsOf(project.settings, project.texts.get(SETTINGS_FILE));
  const given = [...project.diagnostics, ...ofSettings];
  const tested = options.tests === false ? noTests : await runTests(directory, project);
  const texts = tested.texts ?? project.texts;
  const found = new ProjectLinter().lint({
    ...sourcesOf(project),
    levels,
    tested: tested.policies,
    diagnostics: [...given, ...tested.diagnostics],
  });
  const isServable = project.content !== undefined && given.every(({ severity }) => severity !== "error");
  return {
    diagnostics: sortDiagnostics([...found.values()].flat()),
    texts,
    ...(isServable ? { bundle: project.content.bundle } : {}),
    ...(tested.run === null ? {} : { tests: tested.run }),
    summary: {
      policyFiles: project.files.policies,
      policies: Object.keys(project.content?.bundle.sources ?? {}).length,
      hasSchema: project.files.schema,
      entities: project.entityCount,
    },
  };
}

interface Tested {
  readonly run: RunResult | null;
  readonly policies: ReadonlySet<string> | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly texts: ReadonlyMap<string, string> | null;
}

const noTests: Tested = { run: null, policies: null, diagnostics: [], texts: null };

async function runTests(directory: string, project: LoadedProject): Promise<Tested> {
  if (project.content === undefined) return noTests;
  const loaded = await loadSuite(directory, project);
  if (!loaded.ok) return { ...noTests, diagnostics: loaded.diagnostics, texts: loaded.texts };
  const { suite } = loaded;
  if (suite.files.length === 0) return noTests;
  const run = runSuite(suite);
  return {
    run,
    policies: testedPolicies(suite, run),
    diagnostics: testDiagnostics(suite, run),
    texts: suite.texts,
  };
}

function testDiagnostics(suite: TestSuite, run: RunResult): Diagnostic[] {
  return [...suite.warnings, ...failedTests(run, suite.texts)];
}

function sourcesOf({
  texts,
  settings,
  content,
  files,
}: LoadedProject): Pick<LintInput, "policies" | "schema"> {
  const layout = new ProjectLayout(settings, texts.keys());
  const policies = [...texts].flatMap(([path, text]) =>
    layout.roleOf(path) === "policy" ? { path, text } : [],
  );
  const path = settings.schema ?? "schema.cedarschema";
  const text = texts.get(path);
  if (!files.schema || text === undefined) return { policies, schema: null };
  const parsed = content === undefined ? parseSchema(text, path) : undefined;
  const resolved = content?.bundle.schema ?? (parsed?.ok ? parsed.schema : null);
  return { policies, schema: { path, text, resolved } };
}
