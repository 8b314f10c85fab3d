import {
  type AttributeSchema,
  CedarRecord,
  CedarSet,
  EntityUid,
  type ResolvedSchema,
  type SchemaType,
  type Value,
} from "@cordon/engine";
import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { at } from "../json-pointer.js";
import { toCedarValue, ValueMismatch } from "../json-value.js";
import type { FetchedEntity, ProvidedType } from "../source.js";
import { TokenRefused } from "./refusal.js";
import type { ActorSettings, ClaimPath, PrincipalSettings, TokenSettings } from "./settings.js";
import type { VerifiedToken } from "./verified-token.js";

/** Longer chains are somebody's mistake. */
const MAX_ACTORS = 16;

type Attributes = Readonly<Record<string, AttributeSchema>>;

/** Whom a token is about, and the settings that say so. */
export interface NamedPrincipal {
  readonly uid: EntityUid;
  readonly settings: PrincipalSettings;
}

/** What claims mean: whom the token is about, what is known of them, who acts for them. */
export class TokenMapping {
  readonly #settings: TokenSettings;
  readonly #schema: ResolvedSchema | null;
  readonly #principals: readonly PrincipalSettings[];
  /** Members of the context that come from a token. */
  readonly members: ReadonlySet<string>;
  readonly vouchesFor: ReadonlyMap<string, ProvidedType>;

  constructor(settings: TokenSettings, schema: ResolvedSchema | null) {
    this.#settings = settings;
    this.#schema = schema;
    this.#principals = Array.isArray(settings.principal) ? settings.principal : [settings.principal];
    const { actor, context } = settings;
    const ofActor = actor === undefined ? [] : [actor.member, ...(actor.chain ? [actor.chain] : [])];
    this.members = new Set([...Object.keys(context), ...ofActor]);
    this.vouchesFor = new Map(this.#principals.map((each) => [each.type, providedBy(each)]));
  }

  /** @throws TokenRefused for a token that is about nobody */
  principal({ claims, issuer }: VerifiedToken): NamedPrincipal {
    const settings = this.#principals.find(
      ({ when }) => when === undefined || at(claims, when.claim) === when.is,
    );
    if (settings === undefined) throw new TokenRefused("the token is about nobody who is known here");
    return { uid: EntityUid.of(settings.type, issuer.prefix + idAt(claims, settings.id, "id")), settings };
  }

  /** Attributes and parents of whom the token is about; null where the settings make nothing of them. */
  entity({ uid, settings }: NamedPrincipal, { claims, issuer }: VerifiedToken): FetchedEntity | null {
    const { attributes, parents } = settings;
    if (Object.keys(attributes).length === 0 && parents.length === 0) return null;
    const declared = this.#schema?.entityTypes[uid.type]?.attributes;
    const attrs = new Map<string, Value>();
    for (const [name, path] of Object.entries(attributes)) {
      const value = valueAt(claims, path, declared?.[name]?.type, name);
      if (value !== undefined) attrs.set(name, value);
    }
    const groups: EntityUid[] = [];
    for (const { type, ids } of parents) {
      for (const id of idsAt(claims, ids)) groups.push(EntityUid.of(type, issuer.prefix + id));
    }
    return { attrs, parents: groups };
  }

  /** The members of the context that are wanted and that the action's context has a place for. */
  context(token: VerifiedToken, action: EntityUid, needed: ReadonlySet<string>): Map<string, Value> {
    const declared = this.#schema?.actions[action.toString()]?.context.attributes ?? null;
    const wanted = (name: string) => needed.has(name) && (declared === null || Object.hasOwn(declared, name));
    const members = new Map<string, Value>();
    for (const [name, claims] of Object.entries(this.#settings.context)) {
      if (!wanted(name)) continue;
      const type = declared?.[name]?.type;
      const value = isPath(claims)
        ? valueAt(token.claims, claims, type, name)
        : record(token.claims, claims, type, name);
      if (value !== undefined) members.set(name, value);
    }
    const { actor } = this.#settings;
    if (actor !== undefined) this.#addActors(actor, token, wanted, members);
    return members;
  }

  #addActors(
    settings: ActorSettings,
    token: VerifiedToken,
    wanted: (name: string) => boolean,
    members: Map<string, Value>,
  ): void {
    const chain = actorsOf(settings, token);
    const [nearest] = chain;
    if (nearest !== undefined && wanted(settings.member)) members.set(settings.member, nearest);
    if (settings.chain !== undefined && wanted(settings.chain)) {
      members.set(settings.chain, CedarSet.of(chain));
    }
  }
}

function providedBy({ attributes, parents }: PrincipalSettings): ProvidedType {
  return {
    attributes: new Set(Object.keys(attributes)),
    tags: false,
    parents: new Set(parents.map(({ type }) => type)),
  };
}

/**
 * Who acts, nearest first (RFC 8693, section 4.1): an actor's own claim of that name is who it acts through.
 *
 * @throws TokenRefused for an actor who can't be named: it must not pass for none
 */
function actorsOf({ type, claim, id }: ActorSettings, { claims, issuer }: VerifiedToken): EntityUid[] {
  const chain: EntityUid[] = [];
  for (let acting = at(claims, claim); acting !== undefined; acting = at(acting, claim)) {
    if (chain.length === MAX_ACTORS) throw new TokenRefused("too many act for one another in the token");
    chain.push(EntityUid.of(type, issuer.prefix + idAt(acting, id, "actor")));
  }
  return chain;
}

function idAt(claims: JsonValue, path: ClaimPath, what: "id" | "actor"): string {
  const found = at(claims, path);
  if (typeof found === "string" && found !== "") return found;
  if (typeof found === "number" && Number.isSafeInteger(found)) return String(found);
  if (typeof found === "bigint") return String(found);
  throw new TokenRefused(
    what === "id" ? "the token does not say whom it is about" : "the token names an actor without an id",
  );
}

function idsAt(claims: JsonObject, path: ClaimPath): string[] {
  const found = at(claims, path);
  if (found === undefined || found === null) return [];
  const list = typeof found === "string" ? [found] : found;
  const name = `/${path.join("/")}`;
  if (!Array.isArray(list)) throw new ValueMismatch(`\`${name}\` is no list of ids`);
  return list.map((id) => {
    if (typeof id === "string") return id;
    throw new ValueMismatch(`\`${name}\` is no list of ids`);
  });
}

function valueAt(
  claims: JsonObject,
  path: ClaimPath,
  type: SchemaType | undefined,
  name: string,
): Value | undefined {
  const found = at(claims, path);
  return found === undefined ? undefined : toCedarValue(found, type, name);
}

function isPath(claims: ClaimPath | Readonly<Record<string, ClaimPath>>): claims is ClaimPath {
  return Array.isArray(claims);
}

/** @throws ValueMismatch also where the schema requires a member that the token has not */
function record(
  claims: JsonObject,
  paths: Readonly<Record<string, ClaimPath>>,
  type: SchemaType | undefined,
  name: string,
): Value {
  const declared: Attributes | undefined = type?.type === "Record" ? type.attributes : undefined;
  const members = new Map<string, Value>();
  for (const [member, path] of Object.entries(paths)) {
    if (declared !== undefined && !Object.hasOwn(declared, member)) continue;
    const value = valueAt(claims, path, declared?.[member]?.type, `${name}.${member}`);
    if (value !== undefined) members.set(member, value);
  }
  for (const [member, { required }] of Object.entries(declared ?? {})) {
    if (required && !members.has(member)) throw new ValueMismatch(`\`${name}.${member}\` is missing`);
  }
  return new CedarRecord(members);
}
