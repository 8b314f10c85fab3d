import type { Answer } from "./answer.js";
import { authorize, type CandidateSource, scopeHolds } from "./authorize.js";
import type { Authorizer } from "./authorizer.js";
import type { Bundle, PolicyInfo } from "./bundle.js";
import { changePolicies, type PolicyChanges } from "./change-policies.js";
import { CompiledDecider, type Evaluators, type PathOptions } from "./compile/decider.js";
import { generatingSituations } from "./compile/generate.js";
import { finding, type Prepared } from "./compile/prepared.js";
import { type Path, Situations } from "./compile/situations.js";
import type { Entities } from "./entities/types.js";
import { explainRequest } from "./explain/explain.js";
import type { Explanation } from "./explain/types.js";
import { partialRequest } from "./partial/partial.js";
import { possiblePolicies } from "./partial/possible-policies.js";
import type { PartialEntities, PartialOptions, PartialRequest, Residual } from "./partial/types.js";
import type { CompileCache } from "./policy/compile-cache.js";
import type { CompiledPolicy } from "./policy/compiled.js";
import type { PolicyId, PolicySetJson } from "./policy/types.js";
import { type PolicyContent, policyInfo, readContent } from "./policy-content.js";
import type { Request } from "./request.js";

/** Above so many policies, going through all of them for each new situation would be felt. */
const MOST_POLICIES = 10_000;

export interface CompileOptions extends PathOptions {
  /** False goes through every policy for each request: slow, and the measure of the index. */
  index?: boolean;
  /** Where conditions that were compiled before are found, and those that weren't are kept. */
  cache?: CompileCache;
}

/** An Authorizer that only decides; a bundler leaves the code for explanations and partial evaluation out. */
export type DecidingAuthorizer = Omit<Authorizer, "explain" | "partial" | "with">;

/**
 * Compiles a bundle, or a policy set in Cedar's JSON format, to decide and explain.
 *
 * @throws EngineError for malformed policies, with a JSON pointer into the policy set
 */
export function compile(input: Bundle | PolicySetJson, options: CompileOptions = {}): Authorizer {
  return new ExplainingAuthorizer(readContent(input, options.cache), options, {
    reference: authorize,
    situations: generatingSituations,
  });
}

/**
 * As `compile`, without `explain` and `partial` and without generating code, for where every kilobyte counts. Where
 * speed does too, `cordon bundle --target esm` generates the code ahead of time.
 */
export function compileDecideOnly(
  input: Bundle | PolicySetJson,
  options: CompileOptions = {},
): DecidingAuthorizer {
  return new CompiledAuthorizer(readContent(input, options.cache), options, {});
}

/** As `compileDecideOnly`, with code generated ahead of time: nothing here makes code of text. */
export function compilePrepared(input: Bundle, prepared: readonly Prepared[]): DecidingAuthorizer {
  const code = { generate: finding(prepared), warmth: 0 };
  return new CompiledAuthorizer(readContent(input), {}, { situations: (all) => new Situations(all, code) });
}

class CompiledAuthorizer implements DecidingAuthorizer {
  protected readonly content: PolicyContent;
  protected readonly options: CompileOptions;
  protected readonly evaluators: Evaluators;
  readonly #decider: CompiledDecider;
  readonly #infos = new Map<PolicyId, PolicyInfo>();
  #compiled: readonly CompiledPolicy[] | undefined;

  constructor(content: PolicyContent, options: CompileOptions, evaluators: Evaluators) {
    this.content = content;
    this.options = options;
    this.evaluators = evaluators;
    const isIndexed = options.index !== false;
    const candidates: CandidateSource = isIndexed
      ? (request, entities) => content.policies.index.candidates(request, entities)
      : (request, entities) => this.compiled.filter((policy) => scopeHolds(policy, { request, entities }));
    const { path = "auto" } = options;
    const isInSituations = isIndexed && content.policies.size <= MOST_POLICIES && path !== "reference";
    this.#decider = new CompiledDecider(
      candidates,
      path === "reference" ? evaluators.reference : undefined,
      isInSituations ? evaluators.situations?.(() => this.compiled, path) : undefined,
    );
  }

  get bundleId(): string | null {
    return this.content.bundleId;
  }

  get attributeNames(): ReadonlySet<string> {
    return this.content.attributeNames;
  }

  get path(): Path {
    return this.#decider.path;
  }

  isAuthorized(request: Request, entities: Entities): Answer {
    return this.#decider.decide(request, entities);
  }

  isAuthorizedMany(requests: Iterable<Request>, entities: Entities): Answer[] {
    return Array.from(requests, (request) => this.#decider.decide(request, entities));
  }

  policy(id: PolicyId): PolicyInfo | undefined {
    const policy = this.content.policies.get(id);
    return policy && this.#infoOf(policy);
  }

  policies(): Iterable<PolicyInfo> {
    return this.compiled.map((policy) => this.#infoOf(policy));
  }

  /** In the order of the set. */
  protected get compiled(): readonly CompiledPolicy[] {
    this.#compiled ??= this.content.policies.policies();
    return this.#compiled;
  }

  #infoOf(policy: CompiledPolicy): PolicyInfo {
    let info = this.#infos.get(policy.id);
    if (info === undefined) {
      info = policyInfo(policy, this.content);
      this.#infos.set(policy.id, info);
    }
    return info;
  }
}

class ExplainingAuthorizer extends CompiledAuthorizer implements Authorizer {
  explain(request: Request, entities: Entities): Explanation {
    return explainRequest(this.compiled, (id) => this.policy(id), request, entities);
  }

  partial(request: PartialRequest, entities: PartialEntities, options?: PartialOptions): Residual {
    const isIndexed = this.options.index !== false;
    const policies = isIndexed
      ? possiblePolicies(this.content.policies.index, request, entities)
      : this.compiled;
    return partialRequest(policies, request, entities, options);
  }

  with(changes: PolicyChanges): Authorizer {
    return new ExplainingAuthorizer(changePolicies(this.content, changes), this.options, this.evaluators);
  }
}
