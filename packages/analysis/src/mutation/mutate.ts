import type { Bundle, PolicyJson } from "@cordon/engine";
import { Answering, type TestSuite } from "../policy-tests/index.js";
import { parsePolicySyntax } from "../syntax/index.js";
import { applyTo, type Mutation } from "./mutant.js";
import { mutationsOf } from "./mutations.js";
import { unifiedPatch } from "./patch.js";
import { Probes } from "./probes.js";
import { type Candidate, judgeCandidates } from "./valid-mutants.js";

/** A change that no test noticed. */
export interface Survivor {
  readonly policyId: string;
  readonly kind: Mutation["kind"];
  readonly what: string;
  readonly file: string;
  /** Where the changed part begins. */
  readonly line: number;
  readonly column: number;
  readonly patch: string;
}

export interface MutationResult {
  /** Changes that were tried. */
  readonly mutants: number;
  /** Changes that at least one test noticed. */
  readonly noticed: number;
  readonly survivors: readonly Survivor[];
  /** Changes that strict validation refuses, so that they could never be served. */
  readonly invalid: number;
  /** Changes that mean the same. */
  readonly equivalent: number;
  /** Of what was tried, how much was noticed, in percent. */
  readonly score: number;
  readonly durationMs: number;
}

interface Trial extends Candidate {
  readonly policyId: string;
  readonly isTemplate: boolean;
}

/** Changes one policy at a time and asks the questions of all tests again. The tests themselves must pass. */
export function mutateSuite(suite: TestSuite): MutationResult {
  const started = performance.now();
  const { bundle } = suite;
  const trials = trialsOf(suite);
  const removals = trials.filter(({ mutation }) => mutation.kind === "policy_removed");
  const changes = trials.filter(({ mutation }) => mutation.kind !== "policy_removed");
  const verdicts = judgeCandidates(changes, schemaText(suite));
  const probes = new Probes(suite);
  const survivors: Survivor[] = [];
  let noticed = 0;
  const attempt = (trial: Trial, policy: PolicyJson | null) => {
    const reduced = probes.relevantTo(bundle, trial.policyId);
    const answering = new Answering({ bundle: withPolicy(reduced, trial, policy), store: suite.store });
    if (probes.notice(answering, trial.policyId, trial.mutation.kind)) noticed += 1;
    else survivors.push(survivorOf(trial, suite));
  };
  for (const removal of removals) attempt(removal, null);
  for (const [index, verdict] of verdicts.entries()) {
    const trial = changes[index];
    if (trial !== undefined && verdict.kind === "valid") attempt(trial, verdict.policy);
  }
  const mutants = noticed + survivors.length;
  return {
    mutants,
    noticed,
    survivors: survivors.sort((a, b) =>
      a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column,
    ),
    invalid: verdicts.filter(({ kind }) => kind === "invalid").length,
    equivalent: verdicts.filter(({ kind }) => kind === "equivalent").length,
    score: mutants === 0 ? 100 : Math.floor((noticed / mutants) * 1000) / 10,
    durationMs: performance.now() - started,
  };
}

function trialsOf({ bundle }: TestSuite): Trial[] {
  return Object.entries(bundle.sources).flatMap(([policyId, { text }]) => {
    const syntax = parsePolicySyntax(text);
    if (syntax === null) return [];
    return mutationsOf(syntax, text, bundle.schema).map(
      (mutation): Trial => ({ policyId, isTemplate: syntax.isTemplate, syntax, text, mutation }),
    );
  });
}

function schemaText({ bundle, texts, schemaFile }: TestSuite): { path: string; text: string } | undefined {
  const text = schemaFile === undefined ? undefined : texts.get(schemaFile);
  if (bundle.schema === null || schemaFile === undefined || text === undefined) return undefined;
  return { path: schemaFile, text };
}

/** A set with one policy changed or, for null, removed; with a template go the policies linked from it. */
function withPolicy(bundle: Bundle, { policyId, isTemplate }: Trial, policy: PolicyJson | null): Bundle {
  const { staticPolicies, templates, templateLinks } = bundle.policies;
  const [from, into] = isTemplate ? [templates, "templates"] : [staticPolicies, "staticPolicies"];
  const changed = Object.fromEntries(
    Object.entries(from).flatMap(([id, json]) => {
      if (id !== policyId) return [[id, json] as const];
      return policy === null ? [] : [[id, policy] as const];
    }),
  );
  const links =
    policy === null ? templateLinks.filter(({ templateId }) => templateId !== policyId) : templateLinks;
  return { ...bundle, policies: { staticPolicies, templates, templateLinks: links, [into]: changed } };
}

function survivorOf({ policyId, mutation, text }: Trial, { bundle, texts }: TestSuite): Survivor {
  const source = bundle.sources[policyId];
  const file = source?.file ?? "";
  const whole = texts.get(file) ?? text;
  const offset = offsetOf(whole, source?.line ?? 1, source?.column ?? 1);
  const span = { start: offset + mutation.span.start, end: offset + mutation.span.end };
  // With a policy goes the rest of its last line.
  if (mutation.kind === "policy_removed" && whole[span.end] === "\n") span.end += 1;
  const after = applyTo(whole, { span, text: mutation.text });
  const before = whole.slice(0, span.start).split("\n");
  return {
    policyId,
    kind: mutation.kind,
    what: mutation.what,
    file,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    patch: unifiedPatch(file, whole, after),
  };
}

function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let current = 1; current < line; current++) start = text.indexOf("\n", start) + 1;
  return start + column - 1;
}
