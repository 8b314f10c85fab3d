import {
  CedarRecord,
  CedarSet,
  type CedarValueJson,
  Datetime,
  Decimal,
  Duration,
  decodeValue,
  describeValue,
  EngineError,
  EntityUid,
  type ExprJson,
  type Value,
} from "@cordon/engine";
import { shiftedBy } from "./arithmetic.js";
import type { FactEntities } from "./facts.js";

/** No more candidates than this are tried where any entity, element or membership would do. */
const MAX_CANDIDATES = 8;

const CONSTRUCTORS: ReadonlySet<string> = new Set(["ip", "decimal", "datetime", "duration"]);

/**
 * Values worth trying where several conditions speak of one fact: the constants of the conditions, what they
 * read, and the nearest values beside those. Between two neighbours of them no condition can tell values apart.
 */
export class ValuePool {
  readonly #byKind = new Map<string, Map<string, Value>>();
  readonly #mentions = new Map<string, number>();
  readonly #byType = new Map<string, EntityUid[]>();
  readonly #entities: FactEntities;
  #isCapped = false;

  constructor(expressions: readonly ExprJson[], read: Iterable<Value>, entities: FactEntities) {
    this.#entities = entities;
    for (const expression of expressions) this.#collect(expression);
    for (const value of read) this.#add(value);
    this.#put("other");
  }

  /** Whether more than one place in the conditions reads an attribute of this name. */
  isShared(name: string): boolean {
    return (this.#mentions.get(name) ?? 0) > 1;
  }

  /** Whether there were more candidates somewhere than were given out. */
  get isCapped(): boolean {
    return this.#isCapped;
  }

  /** As many of the candidates as are tried. */
  first<T>(candidates: Iterable<T>): T[] {
    const first: T[] = [];
    for (const candidate of candidates) {
      if (first.length === MAX_CANDIDATES) {
        this.#isCapped = true;
        break;
      }
      first.push(candidate);
    }
    return first;
  }

  /** Values of the kind that `like` has. */
  valuesLike(like: Value): Value[] {
    return [...(this.#byKind.get(kindOf(like))?.values() ?? [])];
  }

  /** Some entities of a type: those that the conditions name, then those there are. */
  entitiesOf(type: string): readonly EntityUid[] {
    let found = this.#byType.get(type);
    if (found === undefined) {
      found = this.#findEntities(type);
      this.#byType.set(type, found);
    }
    return found;
  }

  #findEntities(type: string): EntityUid[] {
    const named = [...(this.#byKind.get(`entity ${type}`)?.values() ?? [])].filter(
      (value) => value instanceof EntityUid,
    );
    const entities = this.#entities;
    function* others(): Generator<EntityUid> {
      for (const { uid } of entities.all()) {
        if (uid.type === type && !named.some((other) => other.equals(uid))) yield uid;
      }
    }
    return [...named, ...this.first(others())];
  }

  #collect(json: ExprJson): void {
    const pending: unknown[] = [json];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (typeof next !== "object" || next === null) continue;
      for (const [operator, body] of Object.entries(next)) {
        if (operator === "Value") this.#addJson(body as CedarValueJson);
        else if (CONSTRUCTORS.has(operator)) this.#addConstant(operator, body);
        else if (operator === "." || operator === "has") this.#mention((body as { attr: unknown }).attr);
        if (operator !== "Value" && !CONSTRUCTORS.has(operator)) pending.push(body);
      }
    }
  }

  /** `ip("10.0.0.0/8")` is a call of which only the argument is a literal. */
  #addConstant(fn: string, body: unknown): void {
    const [arg] = body as { Value?: CedarValueJson }[];
    if (arg?.Value !== undefined) this.#addJson({ __extn: { fn, arg: arg.Value } });
  }

  #mention(attr: unknown): void {
    for (const name of [attr].flat()) {
      const key = String(name);
      this.#mentions.set(key, (this.#mentions.get(key) ?? 0) + 1);
    }
  }

  #addJson(json: CedarValueJson): void {
    try {
      this.#add(decodeValue(json));
    } catch (error) {
      // A constant that is malformed is none to try.
      if (!(error instanceof EngineError)) throw error;
    }
  }

  #add(value: Value): void {
    if (value instanceof CedarSet) for (const element of value) this.#add(element);
    if (value instanceof CedarRecord) for (const [, member] of value) this.#add(member);
    this.#put(value);
    for (const step of [-1n, 1n]) {
      const beside = shiftedBy(value, step);
      if (beside !== undefined) this.#put(beside);
    }
  }

  #put(value: Value): void {
    const kind = kindOf(value);
    const values = this.#byKind.get(kind) ?? new Map<string, Value>();
    values.set(describeValue(value), value);
    this.#byKind.set(kind, values);
  }
}

function kindOf(value: Value): string {
  if (value instanceof EntityUid) return `entity ${value.type}`;
  if (value instanceof CedarSet) return "set";
  if (value instanceof CedarRecord) return "record";
  if (value instanceof Decimal) return "decimal";
  if (value instanceof Datetime) return "datetime";
  if (value instanceof Duration) return "duration";
  if (typeof value === "object") return "ipaddr";
  return typeof value === "bigint" ? "number" : typeof value;
}
