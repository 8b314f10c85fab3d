import type { Answer } from "./answer.js";
import type { CandidateSource } from "./authorize.js";
import type { Authorizer } from "./authorizer.js";
import type { Bundle, PolicyInfo } from "./bundle.js";
import { type CodeSources, CompiledDecider, type PathOptions } from "./compile/decider.js";
import { generate } from "./compile/generate.js";
import type { Path, Prepared } from "./compile/situations.js";
import type { Entities } from "./entities/types.js";
import { EngineError } from "./errors.js";
import { explainRequest } from "./explain/explain.js";
import type { Explanation } from "./explain/types.js";
import { partialRequest } from "./partial/partial.js";
import type { PartialEntities, PartialOptions, PartialRequest, Residual } from "./partial/types.js";
import { buildPolicies } from "./policy/build-policies.js";
import type { CompiledPolicy } from "./policy/compiled.js";
import { jsonKind } from "./policy/reader.js";
import { ScopeIndex } from "./policy/scope-index.js";
import type { PolicyId, PolicySetJson } from "./policy/types.js";
import type { Request } from "./request.js";

export interface CompileOptions extends PathOptions {
  /** False goes through every policy for each request: slow, and the measure of the index. */
  index?: boolean;
}

/** An Authorizer that only decides; a bundler leaves the code for explanations and partial evaluation out. */
export type DecidingAuthorizer = Omit<Authorizer, "explain" | "partial">;

/**
 * Compiles a bundle, or a policy set in Cedar's JSON format, to decide and explain.
 *
 * @throws EngineError for malformed policies, with a JSON pointer into the policy set
 */
export function compile(input: Bundle | PolicySetJson, options: CompileOptions = {}): Authorizer {
  return new ExplainingAuthorizer(input, options, { generate });
}

/** As `compile`, without `explain` and `partial`, for where every kilobyte counts. */
export function compileDecideOnly(
  input: Bundle | PolicySetJson,
  options: CompileOptions = {},
): DecidingAuthorizer {
  return new CompiledAuthorizer(input, options, { generate });
}

/** As `compileDecideOnly`, with code generated ahead of time: nothing here makes code of text. */
export function compilePrepared(input: Bundle, prepared: readonly Prepared[]): DecidingAuthorizer {
  return new CompiledAuthorizer(input, {}, { prepared });
}

class CompiledAuthorizer implements DecidingAuthorizer {
  readonly bundleId: string | null;
  readonly attributeNames: ReadonlySet<string>;
  protected readonly compiled: readonly CompiledPolicy[];
  readonly #decider: CompiledDecider;
  readonly #infos: ReadonlyMap<PolicyId, PolicyInfo>;

  constructor(input: Bundle | PolicySetJson, options: CompileOptions, code: CodeSources) {
    const bundle = bundleOf(input);
    const { policies, attributeNames } = buildPolicies(bundle?.policies ?? input);
    this.bundleId = bundle?.id ?? null;
    this.attributeNames = attributeNames;
    this.compiled = policies;
    this.#infos = new Map(policies.map((policy) => [policy.id, policyInfo(policy, bundle)]));
    const index = options.index === false ? undefined : new ScopeIndex(policies);
    const candidates: CandidateSource = index
      ? (request, entities) => index.candidates(request, entities)
      : () => policies;
    this.#decider = new CompiledDecider(candidates, index && policies, options, code);
  }

  get path(): Path {
    return this.#decider.path;
  }

  isAuthorized(request: Request, entities: Entities): Answer {
    return this.#decider.decide(request, entities);
  }

  policy(id: PolicyId): PolicyInfo | undefined {
    return this.#infos.get(id);
  }

  policies(): Iterable<PolicyInfo> {
    return this.#infos.values();
  }
}

class ExplainingAuthorizer extends CompiledAuthorizer implements Authorizer {
  explain(request: Request, entities: Entities): Explanation {
    return explainRequest(this.compiled, (id) => this.policy(id), request, entities);
  }

  partial(request: PartialRequest, entities: PartialEntities, options?: PartialOptions): Residual {
    return partialRequest(this.compiled, request, entities, options);
  }
}

function bundleOf(input: Bundle | PolicySetJson): Bundle | undefined {
  if (!("formatVersion" in input)) return undefined;
  const version: unknown = input.formatVersion;
  if (version !== 1) {
    throw new EngineError("bundle_invalid", `unknown bundle format version \`${String(version)}\``, {
      help: "this engine reads format version 1",
      path: "/formatVersion",
    });
  }
  if (typeof input.id !== "string") {
    throw new EngineError("bundle_invalid", `expected a bundle id, got ${jsonKind(input.id)}`, {
      path: "/id",
    });
  }
  return input;
}

function policyInfo(policy: CompiledPolicy, bundle: Bundle | undefined): PolicyInfo {
  const sources = bundle?.sources ?? {};
  const sourceId = policy.templateId ?? policy.id;
  const source = Object.hasOwn(sources, sourceId) ? sources[sourceId] : undefined;
  return {
    id: policy.id,
    effect: policy.body.effect,
    annotations: { ...policy.body.annotations },
    ...(policy.templateId === undefined ? {} : { templateId: policy.templateId }),
    ...(source === undefined ? {} : { source }),
  };
}
