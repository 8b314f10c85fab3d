import { JsonError, type JsonObject, type JsonValue, parseJson, stringifyJson } from "@cordon/engine/json";
import { at } from "../json-pointer.js";
import type { FetchedEntity, FetchRequest, FetchResult, ProvidedType, Source } from "../source.js";
import { SourceError } from "../source-error.js";
import { DataMismatch } from "../strict-json.js";
import type { EntityDocument } from "./entity-document.js";
import type { Exchange, Reply } from "./exchange.js";
import type { HttpTypeSettings } from "./settings.js";
import type { Address } from "./url-template.js";

/** How one entity type is asked for. */
export interface HttpType {
  readonly settings: HttpTypeSettings;
  readonly address: Address;
  readonly document: EntityDocument;
}

export interface HttpSourceOptions {
  readonly name: string;
  readonly exchange: Exchange;
  readonly types: ReadonlyMap<string, HttpType>;
  /** How many requests are under way at once. */
  readonly connections: number;
  readonly missing: ReadonlySet<number>;
}

/** Refusals that concern everything that is asked, not the one entity. */
const GENERAL: ReadonlySet<number> = new Set([401, 403, 407, 408, 429]);

/** Entities that a service knows: asked for one by one side by side, or a batch at once. */
export class HttpSource implements Source {
  readonly name: string;
  readonly kind = "http";
  readonly provides: ReadonlyMap<string, ProvidedType>;
  readonly #options: HttpSourceOptions;
  readonly #closing = new AbortController();

  constructor(options: HttpSourceOptions) {
    this.#options = options;
    this.name = options.name;
    this.provides = new Map([...options.types].map(([type, { document }]) => [type, document.provides]));
  }

  async fetch({ type: name, ids }: FetchRequest, signal: AbortSignal): Promise<FetchResult> {
    if (this.#closing.signal.aborted) throw this.#error("source_closed", "it was closed", "ask again");
    const type = this.#options.types.get(name);
    if (type === undefined) return new Map();
    // One failure ends what is under way beside it.
    const failed = new AbortController();
    const ended = AbortSignal.any([signal, failed.signal, this.#closing.signal]);
    try {
      return await (type.settings.batch === undefined
        ? this.#oneByOne(name, type, ids, ended)
        : this.#atOnce(name, type, ids, ended));
    } finally {
      failed.abort();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#options.exchange.close();
  }

  async #oneByOne(
    name: string,
    type: HttpType,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<FetchResult> {
    const found = new Map<string, FetchedEntity | SourceError>();
    const waiting = ids.values();
    const work = async (): Promise<void> => {
      for (const id of waiting) {
        const entity = await this.#one(name, type, id, signal);
        if (entity !== undefined) found.set(id, entity);
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#options.connections, ids.length) }, work));
    return found;
  }

  async #one(
    name: string,
    { settings, address, document }: HttpType,
    id: string,
    signal: AbortSignal,
  ): Promise<FetchedEntity | SourceError | undefined> {
    const path = address.pathFor(id);
    if (path === undefined) {
      const help = "such an id can be asked for in the query, or in a batch";
      return this.#error("source_refused", `the id ${JSON.stringify(id)} can't be part of a path`, help);
    }
    const reply = await this.#options.exchange.ask({ origin: address.origin, path }, signal);
    if (this.#options.missing.has(reply.status)) return undefined;
    if (reply.status >= 400 && reply.status < 500 && !GENERAL.has(reply.status))
      return this.#refused(reply.status);
    const entity = at(this.#json(reply), settings.entity) ?? null;
    if (entity === null) return undefined;
    return this.#read(name, id, () => document.read(entity, id));
  }

  async #atOnce(
    name: string,
    type: HttpType,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<FetchResult> {
    const { settings, address } = type;
    const sendable = ids.filter((id) => !/\p{Surrogate}/u.test(id));
    if (sendable.length === 0) return new Map();
    const path = address.origin.pathname + address.origin.search;
    const body = stringifyJson(withMember(settings.batch?.body ?? {}, settings.batch?.ids ?? [], sendable));
    const reply = await this.#options.exchange.ask({ origin: address.origin, path, body }, signal);
    return this.#entities(name, type, at(this.#json(reply), settings.entities) ?? null, new Set(sendable));
  }

  #entities(
    name: string,
    { settings, document }: HttpType,
    json: JsonValue,
    asked: ReadonlySet<string>,
  ): FetchResult {
    const found = new Map<string, FetchedEntity | SourceError>();
    const add = (id: string, element: JsonValue | undefined): void => {
      const entity = at(element, settings.entity) ?? null;
      if (!asked.has(id) || entity === null) return;
      const twice = found.has(id);
      found.set(
        id,
        this.#read(name, id, () => {
          if (twice) throw new DataMismatch("it is there twice");
          return document.read(entity, id);
        }),
      );
    };
    if (Array.isArray(json)) {
      for (const element of json) {
        const entity = at(element, settings.entity) ?? null;
        if (entity !== null) add(this.#idIn(document, entity), element);
      }
    } else if (typeof json === "object" && json !== null) {
      for (const id of Object.keys(json)) add(id, json[id]);
    } else {
      throw this.#error(
        "source_malformed",
        "the answer to a batch has no entities",
        "see `entities` of the type",
      );
    }
    return found;
  }

  #idIn(document: EntityDocument, entity: JsonValue): string {
    try {
      return document.idIn(entity);
    } catch (error) {
      if (!(error instanceof DataMismatch)) throw error;
      throw this.#error(
        "source_malformed",
        `in the answer to a batch ${error.message}`,
        "see `id` of the type",
      );
    }
  }

  #read(type: string, id: string, read: () => FetchedEntity): FetchedEntity | SourceError {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DataMismatch)) throw error;
      const message = `\`${type}::${JSON.stringify(id)}\`: ${error.message}`;
      return this.#error(
        "source_mismatch",
        message,
        "see `types` of the source and what the service answers",
      );
    }
  }

  /** @throws SourceError for any status but success, and what is no JSON */
  #json({ status, body }: Reply): JsonValue {
    if (status < 200 || status > 299) throw this.#refused(status);
    try {
      return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(body));
    } catch (error) {
      const why = error instanceof JsonError ? error.message : "it is not UTF-8";
      throw this.#error(
        "source_malformed",
        `the answer can't be read: ${why}`,
        "the service must answer with JSON",
      );
    }
  }

  #refused(status: number): SourceError {
    const passing = status >= 500 || status === 408 || status === 429;
    const help = passing ? "see what is wrong with the service" : "see `headers` and `types` of the source";
    const message = `the service answered ${status}`;
    return new SourceError("source_refused", this.name, message, help, { passing });
  }

  #error(code: SourceError["code"], message: string, help: string): SourceError {
    return new SourceError(code, this.name, message, help);
  }
}

/** An object with a member at a path, which is made where it isn't there. */
function withMember(body: JsonObject, path: readonly string[], value: JsonValue): JsonValue {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const inner = Object.hasOwn(body, name) ? body[name] : undefined;
  const within = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : {};
  return { ...body, [name]: withMember(within, rest, value) };
}
