import { type Diagnostic, type Range, splitPolicies, TextPositions } from "@cordon/cedar";
import type { ResolvedSchema } from "@cordon/engine";
import type { Span } from "../syntax/index.js";
import { Overlap, type PlacedPolicy } from "./across/overlap.js";
import { unusedFindings } from "./across/unused.js";
import type { Edit, Finding } from "./finding.js";
import type { LintLevels } from "./lint-levels.js";
import { isLintId, type LintId } from "./lint-table.js";
import { type LintedPolicy, lintPolicy } from "./policy-lint.js";
import { TypeWorld } from "./reasoning/type-world.js";
import { annotationFindings } from "./rules/annotations.js";

/** A diagnostic that may know how to mend what it is about. */
export interface LintDiagnostic extends Diagnostic {
  /** Edits of `file` that mend it and change no decision; offsets in UTF-16 units. */
  readonly fix?: readonly Edit[];
}

export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** A project to be linted, and what is known of it already. */
export interface LintInput {
  /** The policy files, in the project's order. */
  readonly policies: readonly SourceText[];
  /** Null for none; `resolved` is null where it has errors, and then nothing is concluded from types. */
  readonly schema: (SourceText & { readonly resolved: ResolvedSchema | null }) | null;
  readonly levels: LintLevels;
  /** Ids of policies that tests saw determine an answer; null where no tests were run. */
  readonly tested: ReadonlySet<string> | null;
  /** What parsing and validation found. */
  readonly diagnostics: readonly Diagnostic[];
}

interface LintedFile {
  readonly text: string;
  readonly positions: TextPositions;
  readonly policies: readonly LintedPlace[];
}

interface LintedPlace extends PlacedPolicy {
  /** Found by its own text and place. */
  readonly own: readonly Finding[];
}

/** Lints one project again and again, and each time only what changed anew. */
export class ProjectLinter {
  #world = new TypeWorld(null);
  #schemaText: string | null = null;
  #policies = new Map<string, LintedPolicy | null>();
  #files = new Map<string, LintedFile>();
  readonly #overlap = new Overlap();

  /** Everything found in the project, `input.diagnostics` included, by file; files without any are left out. */
  lint(input: LintInput): Map<string, LintDiagnostic[]> {
    this.#useSchema(input.schema);
    const files = this.#lintFiles(input.policies);
    const policies = [...files.values()].flatMap((file) => file.policies);
    const overlaps = this.#overlap.findings(policies);
    const report = new Report(input);
    for (const [path, file] of files) {
      for (const policy of file.policies) {
        const overlap = overlaps.get(policy) ?? [];
        report.addPolicy(path, file.positions, policy, [...policy.own, ...overlap]);
      }
    }
    // Of a project with errors not all policies are known, so that nothing is known to be unused.
    const isWhole = input.diagnostics.every(({ severity }) => severity !== "error");
    if (input.schema?.resolved && isWhole) this.#addUnused(input.schema, policies, report);
    return report.byFile();
  }

  #useSchema(schema: LintInput["schema"]): void {
    const text = schema?.resolved ? schema.text : null;
    if (text === this.#schemaText) return;
    this.#schemaText = text;
    this.#world = new TypeWorld(schema?.resolved ?? null);
    this.#policies.clear();
    this.#files.clear();
  }

  #lintFiles(sources: readonly SourceText[]): ReadonlyMap<string, LintedFile> {
    const policies = new Map<string, LintedPolicy | null>();
    const files = new Map<string, LintedFile>();
    for (const { path, text } of sources) {
      const before = this.#files.get(path);
      const file = before?.text === text ? before : this.#lintFile(path, text);
      files.set(path, file);
      for (const { linted } of file.policies) policies.set(linted.text, linted);
    }
    // What is no longer in the project is forgotten.
    this.#policies = policies;
    this.#files = files;
    return files;
  }

  #lintFile(path: string, text: string): LintedFile {
    const prefix = path.replace(/^policies\//, "").replace(/\.cedar$/, "");
    const policies = splitPolicies(text).flatMap((written, ordinal): LintedPlace[] => {
      const known = this.#policies.get(written.text);
      const linted = known === undefined ? lintPolicy(written.text, this.#world) : known;
      this.#policies.set(written.text, linted);
      if (linted === null) return [];
      const defaultId = `${prefix}#${ordinal}`;
      const id = linted.syntax.annotations.find(({ name }) => name === "id")?.value || defaultId;
      const own = [...linted.findings, ...annotationFindings(linted, defaultId)];
      return [{ linted, id, file: path, offset: written.offset, own }];
    });
    return { text, positions: new TextPositions(text), policies };
  }

  #addUnused(
    schema: SourceText & { resolved: ResolvedSchema | null },
    policies: readonly LintedPlace[],
    report: Report,
  ) {
    if (schema.resolved === null) return;
    const positions = new TextPositions(schema.text);
    const linted = policies.map((policy) => policy.linted);
    for (const finding of unusedFindings(schema.resolved, schema.text, linted)) {
      report.add(schema.path, finding, positions.range(finding.span.start, finding.span.end));
    }
  }
}

/** Gathers findings at their levels, less what policies allow themselves. */
class Report {
  readonly #input: LintInput;
  readonly #byFile = new Map<string, LintDiagnostic[]>();
  readonly #given = new Map<string, Diagnostic[]>();

  constructor(input: LintInput) {
    this.#input = input;
    for (const diagnostic of input.diagnostics) push(this.#given, diagnostic.file, diagnostic);
  }

  addPolicy(path: string, positions: TextPositions, policy: LintedPlace, findings: readonly Finding[]): void {
    const { linted, offset, id } = policy;
    const inside = this.#take(path, { start: offset, end: offset + linted.text.length });
    // Of a policy with errors nothing else is worth saying.
    if (inside.some(({ severity }) => severity === "error")) {
      this.#keep(inside);
      return;
    }
    const all = [...findings, ...this.#untested(policy)];
    const used = new Set<LintId>();
    const isAllowed = (code: string) => {
      if (!isLintId(code) || !linted.allowance.lints.has(code)) return false;
      used.add(code);
      return true;
    };
    const { levels } = this.#input;
    for (const finding of all) {
      if (levels[finding.code] === "off" || isAllowed(finding.code)) continue;
      this.#addFinding(path, finding, policy, positions);
    }
    this.#keep(
      inside.filter(({ code }) => {
        // Ours is more exact about what Cedar warns of as well.
        if (code === "impossible_policy" && all.some((finding) => finding.code === code)) return false;
        return !isAllowed(code);
      }),
    );
    for (const [lint, span] of linted.allowance.lints) {
      if (used.has(lint) || (lint === "untested_policy" && this.#input.tested === null)) continue;
      const help = levels[lint] === "off" ? "the lint is off in this project" : "remove it from the list";
      const message = `\`${lint}\` is allowed, but not found in \`${id}\``;
      this.#addFinding(path, { code: "unused_lint_allow", message, help, span }, policy, positions);
    }
  }

  #untested({ id, linted }: LintedPlace): Finding[] {
    const { tested } = this.#input;
    if (tested === null || tested.has(id) || linted.syntax.isTemplate) return [];
    const help = "add a case to `tests/` in which it decides";
    return [
      {
        code: "untested_policy",
        message: `no test sees \`${id}\` determine an answer`,
        help,
        span: linted.syntax.effect,
      },
    ];
  }

  #addFinding(path: string, finding: Finding, policy: LintedPlace, positions: TextPositions): void {
    const shift = ({ start, end }: Span) => ({ start: start + policy.offset, end: end + policy.offset });
    const { start, end } = shift(finding.span);
    const fix = finding.fix?.map((edit) => ({ ...shift(edit), text: edit.text }));
    this.add(path, { ...finding, ...(fix ? { fix } : {}) }, positions.range(start, end), policy.id);
  }

  /** @param finding with the edits of its fix in the file's own offsets */
  add(file: string, finding: Omit<Finding, "span">, range: Range, policyId?: string): void {
    const level = this.#input.levels[finding.code];
    if (level === "off") return;
    push(this.#byFile, file, {
      code: finding.code,
      severity: level,
      message: finding.message,
      ...(finding.help === undefined ? {} : { help: finding.help }),
      file,
      range,
      ...(policyId === undefined ? {} : { policyId }),
      ...(finding.fix === undefined ? {} : { fix: finding.fix }),
    });
  }

  /** The given diagnostics within a part of a file, which are then no longer given. */
  #take(file: string, { start, end }: Span): Diagnostic[] {
    const given = this.#given.get(file);
    if (given === undefined) return [];
    const isInside = ({ range }: Diagnostic) =>
      range !== undefined && range.start.offset >= start && range.start.offset <= end;
    this.#given.set(
      file,
      given.filter((diagnostic) => !isInside(diagnostic)),
    );
    return given.filter(isInside);
  }

  #keep(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) {
      const { code } = diagnostic;
      const level = isLintId(code) ? this.#input.levels[code] : diagnostic.severity;
      if (level !== "off") push(this.#byFile, diagnostic.file, { ...diagnostic, severity: level });
    }
  }

  byFile(): Map<string, LintDiagnostic[]> {
    for (const rest of this.#given.values()) this.#keep(rest);
    for (const diagnostics of this.#byFile.values()) {
      diagnostics.sort((a, b) => (a.range?.start.offset ?? -1) - (b.range?.start.offset ?? -1));
    }
    return this.#byFile;
  }
}

function push<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
