import { createHmac } from "node:crypto";
import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { canonicalJson } from "@cordon/engine/json";
import { StoreError } from "../store-error.js";
import type { DecisionRecordInput, EntityRecord, RequestRecord, UidJson } from "./record.js";

/** Keeps the values of one attribute out of the log. */
export interface RedactionRule {
  /**
   * `Customer.email` (entity type and attribute; `Customer.address.city` reaches into records, and
   * `Customer["e.mail"]` names what a dot can't) or `context.ip`. Ids of entities are never redacted.
   */
  attribute: string;
  /** `hash`: a keyed hash, so that equal values stay recognisable; `omit`: nothing of the value. */
  how: "hash" | "omit";
}

interface Rule {
  attribute: string;
  path: readonly string[];
  how: "hash" | "omit";
}

const SEGMENT = /\.([^.[\]"\s]+)|\["((?:[^"\\]|\\.)*)"\]/y;

/**
 * Takes the values that rules name out of records. A replaced value reads `{"__redacted": "hash:…"}` or
 * `{"__redacted": "omit"}`; a record that lost one is no longer replayable.
 */
export class Redactor {
  readonly #context: Rule[] = [];
  readonly #byType = new Map<string, Rule[]>();
  readonly #key: Buffer;

  /** @param key secret of the store: without it, hashes of small domains could be looked up by guessing. */
  constructor(rules: readonly RedactionRule[], key: Buffer) {
    this.#key = key;
    for (const { attribute, how } of rules) {
      const { head, path } = parsePath(attribute);
      if (how !== "hash" && how !== "omit") {
        throw new StoreError(
          "redaction_invalid",
          `\`${attribute}\` can't be redacted by \`${String(how)}\``,
          {
            help: "`how` is `hash` or `omit`",
          },
        );
      }
      const rule = { attribute, path, how };
      if (head === "context") this.#context.push(rule);
      else this.#byType.set(head, [...(this.#byType.get(head) ?? []), rule]);
    }
  }

  /** The record without the named values. The record given is left as it is. */
  apply(record: DecisionRecordInput): DecisionRecordInput {
    if (this.#context.length === 0 && this.#byType.size === 0) return record;
    const run = new Run(this.#key);
    const request = this.#request(record.request, run);
    const entities = record.entities.map((entity) => this.#entity(entity, run));
    if (!run.touched) return record;
    const errors = record.errors.map((e) => ({ ...e, message: run.scrub(e.message) }));
    return { ...record, request, entities, errors, replayable: false };
  }

  #request(request: RequestRecord, run: Run): RequestRecord {
    const context = run.object(request.context, this.#context);
    if (request.properties === undefined) return { ...request, context };
    const properties: NonNullable<RequestRecord["properties"]> = { ...request.properties };
    const { principal, action, resource } = request.properties;
    if (principal) properties.principal = run.object(principal, this.#rulesOf(request.principal));
    if (resource) properties.resource = run.object(resource, this.#rulesOf(request.resource));
    if (action) properties.action = run.object(action, this.#actionRules());
    return { ...request, context, properties };
  }

  #entity(entity: EntityRecord, run: Run): EntityRecord {
    const rules = this.#rulesOf(entity.uid);
    if (rules.length === 0) return entity;
    const redacted = { ...entity, attrs: run.object(entity.attrs, rules) };
    if (entity.tags) redacted.tags = run.object(entity.tags, rules);
    return redacted;
  }

  #rulesOf(uid: UidJson): readonly Rule[] {
    return this.#byType.get(uid.type) ?? [];
  }

  /** Properties of the action reach policies as `context.action`. */
  #actionRules(): Rule[] {
    return this.#context
      .filter((rule) => rule.path[0] === "action" && rule.path.length > 1)
      .map((rule) => ({ ...rule, path: rule.path.slice(1) }));
  }
}

/** The redaction of one record: remembers which values went, so that messages can be cleaned of them. */
class Run {
  touched = false;
  readonly #key: Buffer;
  readonly #values = new Set<string>();

  constructor(key: Buffer) {
    this.#key = key;
  }

  object(value: JsonObject, rules: readonly Rule[]): JsonObject {
    let result: JsonValue = value;
    for (const rule of rules) result = this.#at(result, rule, 0);
    return result as JsonObject;
  }

  #at(value: JsonValue, rule: Rule, depth: number): JsonValue {
    const name = rule.path[depth];
    if (name === undefined) return this.#replace(value, rule);
    if (Array.isArray(value)) return value.map((element) => this.#at(element, rule, depth));
    if (value === null || typeof value !== "object") return value;
    const member = Object.hasOwn(value, name) ? value[name] : undefined;
    if (member === undefined) return value;
    const copy: JsonObject = Object.assign(Object.create(null), value);
    copy[name] = this.#at(member, rule, depth + 1);
    return copy;
  }

  #replace(value: JsonValue, rule: Rule): JsonValue {
    if (isMarker(value)) return value;
    this.touched = true;
    this.#collect(value);
    if (rule.how === "omit") return { __redacted: "omit" };
    const bytes = `${rule.attribute}\n${canonicalJson(value)}`;
    return { __redacted: `hash:${createHmac("sha256", this.#key).update(bytes).digest("hex")}` };
  }

  #collect(value: JsonValue): void {
    if (Array.isArray(value)) for (const element of value) this.#collect(element);
    else if (typeof value === "string") this.#values.add(value);
    else if (typeof value === "number" || typeof value === "bigint") this.#values.add(String(value));
    else if (value !== null && typeof value === "object") {
      // the function's name of an extension value says nothing, its arguments do
      for (const [key, member] of Object.entries(value)) if (key !== "fn") this.#collect(member);
    }
  }

  /** The message without any redacted value, as it is or as Cedar or JSON would escape it. */
  scrub(message: string): string {
    let clean = message;
    const values = [...this.#values].filter((value) => value !== "").sort((a, b) => b.length - a.length);
    for (const value of values) {
      const escaped = JSON.stringify(value).slice(1, -1);
      for (const form of new Set([value, escaped])) clean = replaceValue(clean, form);
    }
    return clean;
  }
}

/** Short values are replaced only where they stand alone, or every `1` of a message would go. */
function replaceValue(message: string, value: string): string {
  if (value.length >= 4) return message.replaceAll(value, "[redacted]");
  const literal = value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return message.replace(new RegExp(`(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])`, "gu"), "[redacted]");
}

function isMarker(value: JsonValue): boolean {
  return value !== null && typeof value === "object" && !Array.isArray(value) && "__redacted" in value;
}

function parsePath(attribute: string): { head: string; path: string[] } {
  const head = /^[^.["\s]+/.exec(attribute)?.[0] ?? "";
  const path: string[] = [];
  SEGMENT.lastIndex = head.length;
  while (SEGMENT.lastIndex < attribute.length) {
    const at = SEGMENT.lastIndex;
    const match = SEGMENT.exec(attribute);
    if (match === null) throw invalidPath(attribute, at);
    path.push(match[1] ?? unquote(match[2] ?? ""));
  }
  if (head === "" || path.length === 0) throw invalidPath(attribute, head.length);
  return { head, path };
}

function unquote(text: string): string {
  return text.replace(/\\(.)/g, "$1");
}

function invalidPath(attribute: string, at: number): StoreError {
  return new StoreError("redaction_invalid", `\`${attribute}\` names no attribute (at character ${at + 1})`, {
    help: 'write it as `Customer.email`, `Customer.address.city`, `Customer["e.mail"]` or `context.ip`',
  });
}
