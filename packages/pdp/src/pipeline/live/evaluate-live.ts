import { type Answer, CedarRecord, type Decision, type Explanation, type Request } from "@cordon/engine";
import type { SourcesRecord } from "../../log/index.js";
import { precedenceOf, type SourceError } from "../../sources/index.js";
import { escapePointer, type Ignored } from "../admission.js";
import { prepareContext } from "../context.js";
import { newDecisionId } from "../decision-id.js";
import { recordOf, requestRecord } from "../decision-record.js";
import type { DecodedRequest } from "../decode.js";
import { type Call, type Evaluated, evaluateKnown, refuseRequest } from "../evaluate.js";
import { type GuardedAnswer, guardAnswer, guardPartial } from "../guard.js";
import { RecordingEntities, recordEntities } from "../recording.js";
import { replyTo } from "../reply.js";
import { type ResolvedEntities, resolveEntities } from "../resolve.js";
import type { LiveSources, Snapshot } from "../snapshot.js";
import { ContextMembers } from "./context-members.js";
import { LiveView } from "./live-view.js";
import { reportOf } from "./report.js";
import { RequestTime, type Settled, settle } from "./settle.js";

/**
 * Answers a request with what sources say, asking only for what can change the decision. Takes no asynchronous hop
 * where nothing must be waited for.
 *
 * @throws RequestError for a malformed request
 */
export function evaluateLive(
  live: LiveSources,
  snapshot: Snapshot,
  decoded: DecodedRequest,
  call: Call,
  started: number,
): Evaluated | Promise<Evaluated> {
  if (isForNobody(live, decoded, call)) return evaluateKnown(snapshot, decoded, call, started);
  return new LiveEvaluation(live, snapshot, decoded, call, started).run();
}

/** Whether no source has anything to say about a request of this kind, and nobody wants to read that it hasn't. */
function isForNobody({ relevance, shapes }: LiveSources, decoded: DecodedRequest, call: Call): boolean {
  const { principal, action, resource } = decoded;
  if (call.explaining || relevance.sources.contexts.length > 0) return false;
  if (principal.properties !== null || resource.properties !== null) return false;
  return !shapes.needsEntities(principal.uid, action.uid, resource.uid);
}

class LiveEvaluation {
  readonly #ignored: Ignored = [];
  readonly #added: string[];
  readonly #context: CedarRecord;
  readonly #resolved: ResolvedEntities;
  readonly #view: LiveView;
  readonly #members: ContextMembers;
  readonly #time: RequestTime;
  /** The request with as many members of the context as were known. */
  #asked: { readonly known: number; readonly request: Request } | undefined;

  constructor(
    private readonly live: LiveSources,
    private readonly snapshot: Snapshot,
    private readonly decoded: DecodedRequest,
    private readonly call: Call,
    private readonly started: number,
  ) {
    const { relevance, limits } = live;
    const prepared = prepareContext(decoded, call.now, this.#ignored, relevance.members);
    this.#context = prepared.context;
    this.#added = prepared.added;
    this.#resolved = resolveEntities(decoded, snapshot.model, snapshot.store, this.#ignored);
    this.#reportOverruled();
    const demand = { at: live.now(), maxAgeMs: call.maxAgeMs };
    this.#view = new LiveView(relevance, snapshot.store, this.#resolved, demand);
    this.#time = new RequestTime(limits.deadlineMs);
    this.#members = new ContextMembers(
      relevance,
      decoded.action.model,
      contextRequest(decoded, call),
      (uid, vouched) => this.#view.vouch(uid, vouched),
    );
  }

  run(): Evaluated | Promise<Evaluated> {
    if (this.live.relevance.sources.contexts.length === 0) return this.#decide();
    const asked = this.#members.guarantors().map((context) => this.#members.ask(context, this.#time.signal));
    const waiting = asked.filter((one) => one !== undefined);
    if (waiting.length === 0) return this.#decide();
    return this.#leavable(
      Promise.race([Promise.all(waiting), this.#time.over()]).then(() => Promise.all(waiting)),
    ).then(() => this.#decide());
  }

  #decide(): Evaluated | Promise<Evaluated> {
    const refused = this.#unidentified();
    if (refused !== undefined) return refused;
    if (this.#members.unknown.size === 0) {
      const entities = new RecordingEntities(this.#view);
      const answer = this.snapshot.authorizer.isAuthorized(this.#request(), entities);
      if (!this.#view.tookUnknown) return this.#finish(answer, entities, null);
    }
    const settled = settle({
      authorizer: this.snapshot.authorizer,
      ...this.#names(),
      context: this.#context,
      members: this.#members,
      view: this.#view,
      limits: this.live.limits,
      time: this.#time,
    });
    if (!(settled instanceof Promise)) return this.#conclude(settled);
    return this.#leavable(settled).then((all) => this.#conclude(all));
  }

  /** Whoever asks may leave meanwhile: then what is under way is broken off. */
  async #leavable<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.call;
    if (signal === undefined) return work;
    let leave: (() => void) | undefined;
    const left = new Promise<never>((_resolve, reject) => {
      leave = () => {
        this.#time.expire();
        reject(signal.reason ?? new Error("the decision was aborted"));
      };
      signal.addEventListener("abort", leave, { once: true });
      if (signal.aborted) leave();
    });
    try {
      return await Promise.race([work, left]);
    } finally {
      if (leave !== undefined) signal.removeEventListener("abort", leave);
      // Whoever left has no use for it, and no way to hear of its failure.
      work.catch(() => {});
    }
  }

  /** The last evaluation is the ordinary one, on plain data; what is not known counts as absent in it. */
  #conclude(settled: Settled): Evaluated {
    const refused = this.#unidentified();
    if (refused !== undefined) return refused;
    const entities = new RecordingEntities(this.#view);
    const answer = this.snapshot.authorizer.isAuthorized(this.#request(), entities);
    return this.#finish(answer, entities, settled);
  }

  /** A deny where it is not certain who asks, whatever the policies say. */
  #unidentified(): Evaluated | undefined {
    const { refusal, failures } = this.#members;
    if (refusal === undefined && failures.size === 0) return undefined;
    const silent = this.#members.guarantors().flatMap((context) => failures.get(context) ?? []);
    if (refusal === undefined && silent.length === 0) return undefined;
    this.#time.end();
    const why = refusal ?? { code: "source_unavailable" as const, message: unavailableMessage(silent) };
    const refused = refuseRequest(this.snapshot, this.decoded, why, this.call, this.started);
    if (refused.record !== null) refused.record.sources = { refused: true };
    if (refusal !== undefined) return refused;
    refused.decision.unavailable = silent.map(unavailable);
    if (refused.record?.sources !== undefined) refused.record.sources.unavailable = silent.map(named);
    return refused;
  }

  #finish(answer: Answer, entities: RecordingEntities, settled: Settled | null): Evaluated {
    this.#time.end();
    const { snapshot, call } = this;
    const guarded = this.#guard(answer, settled);
    const decision = replyTo(newDecisionId(), guarded.verdict, guarded.answer, snapshot, this.#ignored);
    this.#mark(decision, settled);
    const request = this.#request();
    const open = new Set(settled?.residual.residuals.map(({ policyId }) => policyId));
    const explanation = call.explaining ? this.#explain(request, decision, open) : null;
    const report = call.explaining ? reportOf(this.#view, this.#members, settled) : undefined;
    const shown = report === undefined ? { explanation } : { explanation, report };
    if (!call.recording) return { decision, record: null, ...shown };
    const consulted = recordEntities(
      entities.consulted,
      snapshot.authorizer.attributeNames,
      snapshot.entityRecords,
    );
    const added = [...this.#added, ...this.#members.known.keys()];
    const asked = requestRecord(request, added, this.#resolved);
    const record = recordOf(call, decision, asked, consulted, this.started);
    const sources = this.#sourcesRecord(decision, open);
    return { decision, record: sources === undefined ? record : { ...record, sources }, ...shown };
  }

  #guard(answer: Answer, settled: Settled | null): GuardedAnswer {
    const { authorizer } = this.snapshot;
    if (settled === null) return { verdict: guardAnswer(answer, authorizer), answer };
    const { decision, residuals } = settled.residual;
    const open = new Set(residuals.map(({ policyId }) => policyId));
    return guardPartial(answer, authorizer, { open, decision });
  }

  /** Says which sources failed, and whose answers were older than they should be. */
  #mark(decision: Decision, settled: Settled | null): void {
    if (decision.reason.code === "source_unavailable") {
      const errors = settled?.unavailable ?? [];
      decision.reason.message = unavailableMessage(errors);
      decision.unavailable = errors.map(unavailable);
    }
    const stale = this.#staleAges();
    if (stale !== undefined) decision.stale = [...stale].map(([source, ageMs]) => ({ source, ageMs }));
  }

  #staleAges(): Map<string, number> | undefined {
    const ofMembers = [...this.#members.origins.values()].some(({ stale }) => stale);
    if (!this.#view.tookStale && !ofMembers) return undefined;
    const ages = new Map<string, number>();
    const note = (source: string, ageMs: number): void => {
      ages.set(source, Math.max(ages.get(source) ?? 0, Math.round(ageMs)));
    };
    for (const entity of this.#view.entities()) {
      for (const [source, part] of entity.said()) {
        if (part.stale) note(source.name, this.#view.demand.at - part.askedAt);
      }
    }
    for (const { source, at, stale } of this.#members.origins.values()) {
      if (stale) note(source, this.call.now.getTime() - at);
    }
    return ages;
  }

  /** Of policies that are open nothing can be shown that holds. */
  #explain(request: Request, decision: Decision, open: ReadonlySet<string>): Explanation {
    const { policies } = this.snapshot.authorizer.explain(request, this.#view);
    return {
      decision: decision.decision,
      policies: policies.filter(({ policyId }) => !open.has(policyId)),
    };
  }

  #sourcesRecord(decision: Decision, open: ReadonlySet<string>): SourcesRecord | undefined {
    const record: SourcesRecord = {};
    if (open.size > 0) record.open = [...open];
    if (decision.unavailable !== undefined) {
      record.unavailable = decision.unavailable.map(named);
    }
    for (const [member, { source, at, stale }] of this.#members.origins) {
      record.context ??= {};
      record.context[member] = {
        source,
        at: new Date(at).toISOString(),
        ageMs: Math.max(0, this.call.now.getTime() - at),
        ...(stale ? { stale } : {}),
      };
    }
    return Object.keys(record).length === 0 ? undefined : record;
  }

  #names(): Pick<Request, "principal" | "action" | "resource"> {
    const { principal, action, resource } = this.decoded;
    return { principal: principal.uid, action: action.uid, resource: resource.uid };
  }

  #request(): Request {
    const { known } = this.#members;
    if (this.#asked?.known !== known.size) {
      const context = known.size === 0 ? this.#context : CedarRecord.of([...this.#context, ...known]);
      this.#asked = { known: known.size, request: { ...this.#names(), context } };
    }
    return this.#asked.request;
  }

  /** Properties of attributes that a source owns are accepted and not used. */
  #reportOverruled(): void {
    const { routes } = this.live.relevance.sources;
    for (const part of ["principal", "resource"] as const) {
      const { uid } = this.decoded[part];
      for (const name of this.#resolved[part]?.given.keys() ?? []) {
        const owner = routes.get(uid.type)?.attributes.get(name);
        if (owner === undefined || firstOf(precedenceOf(owner, uid.type)) === "caller") continue;
        const given = this.decoded[part].properties;
        if (given !== null && Object.hasOwn(given, name)) {
          this.#ignored.push(`/${part}/properties/${escapePointer(name)}`);
        }
      }
    }
  }
}

/** Whose word counts where source and caller both have a say. */
function firstOf(precedence: readonly string[]): string | undefined {
  return precedence.find((origin) => origin !== "static");
}

function contextRequest(decoded: DecodedRequest, call: Call) {
  const { principal, action, credentials } = decoded;
  return {
    principal: principal.uid,
    action: action.uid,
    credentials: credentials ?? {},
    now: call.now,
    caller: call.caller,
    ...(call.maxAgeMs === undefined ? {} : { maxAgeMs: call.maxAgeMs }),
  };
}

function unavailable({ source, code, message }: SourceError): {
  source: string;
  code: string;
  message: string;
} {
  return { source, code, message };
}

function named({ source, code }: { source: string; code: string }): { source: string; code: string } {
  return { source, code };
}

function unavailableMessage(errors: readonly SourceError[]): string {
  const [first] = errors;
  if (first === undefined) return "what is needed could not be found out";
  const others = new Set(errors.map(({ source }) => source));
  others.delete(first.source);
  const more = [...others].map((source) => `, nor did \`${source}\``).join("");
  return `the source \`${first.source}\` gave no answer${more}: ${first.message}`;
}
