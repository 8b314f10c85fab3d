import { CedarRecord, type EntityUid, type SchemaType, type Value } from "@cordon/engine";
import {
  type ContextRequest,
  type Contribution,
  isOfType,
  type LiveContext,
  SourceError,
  type SourceSet,
} from "../../sources/index.js";
import type { Relevance } from "../relevance.js";
import { type ActionModel, own } from "../request-model.js";
import type { Vouched } from "./live-entity.js";

/** Where a member of the context came from. */
export interface MemberOrigin {
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly stale: boolean;
}

/** Members of a request's context that sources own: which are known, which not yet, and which can't be had. */
export class ContextMembers {
  readonly known = new Map<string, Value>();
  readonly unknown = new Set<string>();
  readonly origins = new Map<string, MemberOrigin>();
  readonly failures = new Map<LiveContext, SourceError>();
  refusal: NonNullable<Contribution["refusal"]> | undefined;
  readonly #asked = new Set<LiveContext>();
  readonly #sources: SourceSet;

  constructor(
    relevance: Relevance,
    private readonly model: ActionModel | null,
    private readonly request: Omit<ContextRequest, "needed">,
    private readonly onVouched: (uid: EntityUid, vouched: Vouched) => void,
  ) {
    this.#sources = relevance.sources;
    for (const name of this.#sources.members.keys()) {
      const isDeclared = model === null || Object.hasOwn(model.context, name);
      if (isDeclared && relevance.isMentioned(name)) this.unknown.add(name);
    }
  }

  /** Those that must say who asks before anything else is looked at. */
  guarantors(): LiveContext[] {
    return this.#sources.contexts.filter(({ vouchesFor }) => vouchesFor.has(this.request.principal.type));
  }

  /** Who could say what a member is and hasn't been asked. */
  ownerToAsk(member: string): LiveContext | undefined {
    const owner = this.#sources.members.get(member);
    return owner === undefined || this.#asked.has(owner) ? undefined : owner;
  }

  /** Undefined once what it says is taken over; a promise of that where it takes its time. Never rejects. */
  ask(context: LiveContext, signal: AbortSignal): Promise<void> | undefined {
    this.#asked.add(context);
    const needed = new Set([...context.members].filter((name) => this.unknown.has(name)));
    try {
      const said = context.contribute({ ...this.request, needed }, signal);
      if (!(said instanceof Promise)) return void this.#take(context, said, needed);
      return said.then(
        (contribution) => this.#take(context, contribution, needed),
        (error: unknown) => this.#fail(context, error),
      );
    } catch (error) {
      this.#fail(context, error);
      return undefined;
    }
  }

  #take(context: LiveContext, said: Contribution, needed: ReadonlySet<string>): void {
    if (said.refusal !== undefined) this.refusal = said.refusal;
    for (const { uid, entity } of said.entities ?? []) {
      const owned = context.vouchesFor.get(uid.type);
      if (owned !== undefined) this.onVouched(uid, { context, owned, entity });
    }
    const at = said.obtainedAt ?? this.request.now.getTime();
    for (const name of needed) {
      const given = said.members.get(name);
      const declared = this.model === null ? null : (own(this.model.context, name) ?? null);
      const value = given === undefined || declared === null ? given : fit(given, declared.type);
      if (given !== undefined && value === undefined) this.#fail(context, mismatch(context.name, name));
      else if (value === undefined && declared?.required) this.#fail(context, missing(context.name, name));
      else {
        this.unknown.delete(name);
        if (value === undefined) continue;
        this.known.set(name, value);
        this.origins.set(name, { source: context.name, at, stale: said.stale === true });
      }
    }
  }

  #fail(context: LiveContext, error: unknown): void {
    const known = error instanceof SourceError ? error : broken(context.name);
    this.failures.set(context, known);
  }
}

/** A value as the schema declares it, without what it has no place for; undefined where it is of another type. */
function fit(value: Value, type: SchemaType): Value | undefined {
  if (type.type !== "Record" || !(value instanceof CedarRecord)) {
    return isOfType(value, type) ? value : undefined;
  }
  const members = new Map<string, Value>();
  for (const [name, attribute] of Object.entries(type.attributes)) {
    const given = value.get(name);
    const fitted = given === undefined ? undefined : fit(given, attribute.type);
    if (fitted !== undefined) members.set(name, fitted);
    else if (given !== undefined || attribute.required) return undefined;
  }
  return new CedarRecord(members);
}

function mismatch(source: string, member: string): SourceError {
  const message = `\`context.${member}\` is not of the type that the schema declares`;
  return new SourceError("source_mismatch", source, message, "declare in the schema what it is");
}

function missing(source: string, member: string): SourceError {
  const message = `it gives no \`context.${member}\`, which the schema requires`;
  const help = "send the credentials it needs along, or declare the member optional with `?`";
  return new SourceError("source_mismatch", source, message, help);
}

function broken(source: string): SourceError {
  return new SourceError("source_failed", source, "it broke", "see what lies behind it");
}
