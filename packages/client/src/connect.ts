import {
  type ActionSearch,
  type DecideManyOptions,
  type DecideOptions,
  type Decider,
  type Decision,
  type DecisionFailure,
  type DecisionRequest,
  type Explained,
  type FieldDecider,
  type FieldPlan,
  type Fields,
  type FoundAction,
  type FoundEntity,
  type Plan,
  type Planner,
  type PlanRequest,
  type PrincipalSearch,
  RequestError,
  type ResourceSearch,
  type Searcher,
  type SearchResult,
} from "@cordon/engine";
import { decodeDecision, decodeExplanation, decodeItems } from "./authzen/answer.js";
import { decodeFieldPlan, decodeFields } from "./authzen/fields.js";
import { decodePlan, encodePlanRequest, throwNative } from "./authzen/plan.js";
import { encodeBatch, encodeBody, encodeRequest, type WireEvaluation } from "./authzen/request.js";
import {
  decodeActions,
  decodeEntities,
  encodeActionSearch,
  encodePrincipalSearch,
  encodeResourceSearch,
  SEARCHES,
  throwSearched,
} from "./authzen/search.js";
import { ConnectError, DeciderUnavailable } from "./errors.js";
import { type Call, type Endpoint, post } from "./transport.js";

export interface ConnectOptions {
  /** Where the server is; a path is kept, so that it may live behind a prefix. */
  url: string | URL;
  /** An API key with the scope `evaluate`, sent as a bearer token. */
  key?: string | undefined;
  /** How long to wait for a complete answer, in milliseconds (default 5,000). */
  timeoutMs?: number | undefined;
  /** Another `fetch`: one with a connection pool, a proxy, a client certificate. */
  fetch?: typeof globalThis.fetch | undefined;
}

/**
 * A `Decider` that asks a Cordon server over AuthZEN 1.0. Opening it asks nothing yet; connections are
 * kept alive by the platform's `fetch`. `DecideOptions.caller` is not sent: the server knows the caller
 * by its key.
 *
 * Its methods reject with `DeciderUnavailable` where there is no answer (`Unauthorized` where the key is
 * at fault) and with `RequestError` where the request is malformed. No failure is ever an allow.
 *
 * @throws ConnectError for a URL or timeout it can't work with
 */
export function connect(options: ConnectOptions): Decider & Planner & FieldDecider & Searcher {
  return new RemoteDecider(endpointOf(options));
}

// `debug` has the server tell which members it ignored, as a decider in-process does.
const evaluation = "/access/v1/evaluation?debug";
const evaluations = "/access/v1/evaluations?debug";
const explanation = "/cordon/v1/explain?debug";
const plan = "/cordon/v1/plan?debug";
const fields = "/cordon/v1/fields?debug";
const fieldPlan = "/cordon/v1/fields/plan?debug";
/** How many items are sent at once; a server refuses batches beyond its limit. */
const batchSize = 500;

class RemoteDecider implements Decider, Planner, FieldDecider, Searcher {
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  async decide(request: DecisionRequest, options: DecideOptions = {}): Promise<Decision> {
    return decodeDecision(await this.#ask(evaluation, encodeRequest(request), options));
  }

  async explain(request: DecisionRequest, options: DecideOptions = {}): Promise<Explained> {
    const answer = await this.#ask(explanation, encodeRequest(request), options);
    return { decision: decodeDecision(answer), ...decodeExplanation(answer) };
  }

  async plan(request: PlanRequest, options: DecideOptions = {}): Promise<Plan> {
    const answer = this.#ask(plan, encodePlanRequest(request), options);
    return decodePlan(await answer.catch(throwNative));
  }

  async fields(request: DecisionRequest, options: DecideOptions = {}): Promise<Fields> {
    return decodeFields(await this.#ask(fields, encodeRequest(request), options));
  }

  async planFields(request: PlanRequest, options: DecideOptions = {}): Promise<FieldPlan> {
    const answer = this.#ask(fieldPlan, encodePlanRequest(request), options);
    return decodeFieldPlan(await answer.catch(throwNative));
  }

  async searchResources(
    request: ResourceSearch,
    options: DecideOptions = {},
  ): Promise<SearchResult<FoundEntity>> {
    const answer = this.#ask(SEARCHES.resources, encodeResourceSearch(request), options);
    return decodeEntities(await answer.catch(throwSearched));
  }

  async searchPrincipals(
    request: PrincipalSearch,
    options: DecideOptions = {},
  ): Promise<SearchResult<FoundEntity>> {
    const answer = this.#ask(SEARCHES.principals, encodePrincipalSearch(request), options);
    return decodeEntities(await answer.catch(throwSearched));
  }

  async searchActions(
    request: ActionSearch,
    options: DecideOptions = {},
  ): Promise<SearchResult<FoundAction>> {
    return decodeActions(await this.#ask(SEARCHES.actions, encodeActionSearch(request), options));
  }

  async decideMany(
    requests: readonly DecisionRequest[],
    options: DecideManyOptions = {},
  ): Promise<(Decision | DecisionFailure)[]> {
    const answers: (Decision | DecisionFailure)[] = [];
    for (let start = 0; start < requests.length; start += batchSize) {
      const part = await this.#askBatch(requests.slice(start, start + batchSize), options);
      answers.push(...part);
      if (part.length < Math.min(batchSize, requests.length - start)) break;
      if (endsEarly(part.at(-1), options.semantic)) break;
    }
    return answers;
  }

  async #askBatch(
    requests: readonly DecisionRequest[],
    options: DecideManyOptions,
  ): Promise<(Decision | DecisionFailure)[]> {
    const { semantic = "execute_all" } = options;
    const body = encodeBatch(requests.map(encodeOrLeaveOut), { evaluations_semantic: semantic });
    const answers = decodeItems(await this.#ask(evaluations, body, options));
    const complete = answers.length === requests.length;
    const cutShort = answers.length < requests.length && endsEarly(answers.at(-1), semantic);
    if (!complete && !cutShort) {
      throw new DeciderUnavailable(
        "bad_answer",
        `the server answered ${answers.length} of ${requests.length} evaluations`,
      );
    }
    return answers.map((answer, index) => ownFailure(requests[index]) ?? answer);
  }

  #ask(path: string, body: unknown, { traceId, maxAge, signal }: DecideOptions): Promise<unknown> {
    const call: Call = {};
    if (traceId !== undefined) call.traceId = traceId;
    if (maxAge !== undefined) call.maxAge = maxAge;
    if (signal !== undefined) call.signal = signal;
    return post(this.#endpoint, path, encodeBody(body), call);
  }
}

/** An item that can't be written fails alone: `null` keeps its place, and the server answers it with an error. */
function encodeOrLeaveOut(request: DecisionRequest): WireEvaluation | null {
  return ownFailure(request) === undefined ? encodeRequest(request) : null;
}

function ownFailure(request: DecisionRequest | undefined): DecisionFailure | undefined {
  if (request === undefined) return undefined;
  try {
    encodeRequest(request);
    return undefined;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const { code, message, help, path } = error;
    return { error: { code, message, help, path } };
  }
}

/** Whether a batch ends with this answer; an item's failure counts as a deny. */
function endsEarly(
  last: Decision | DecisionFailure | undefined,
  semantic: DecideManyOptions["semantic"],
): boolean {
  if (last === undefined || semantic === undefined || semantic === "execute_all") return false;
  const allowed = "decision" in last && last.decision === "allow";
  return allowed === (semantic === "permit_on_first_permit");
}

function endpointOf(options: ConnectOptions): Endpoint {
  const { timeoutMs = 5_000 } = options;
  if (!(timeoutMs > 0 && timeoutMs <= 2_147_483_647)) {
    throw new ConnectError(
      "invalid_timeout",
      `\`${timeoutMs}\` is not a timeout`,
      "give milliseconds, above 0",
    );
  }
  return {
    base: baseOf(options.url),
    key: options.key,
    timeoutMs,
    // Looked up at each call, and called as a method of the platform: browsers demand the latter.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  };
}

function baseOf(given: string | URL): string {
  const help = "give a URL such as `https://pdp.example.com` or `http://127.0.0.1:8181`";
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    throw new ConnectError("invalid_url", `\`${given}\` is not a URL`, help);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new ConnectError("invalid_url", `\`${given}\` is not an HTTP URL`, help);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new ConnectError(
      "invalid_url",
      `\`${given}\` has a part that a server's address must not have`,
      help,
    );
  }
  return url.href.replace(/\/+$/, "");
}
