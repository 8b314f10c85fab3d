import { type AttributeSchema, CedarRecord, Datetime, type ResolvedSchema, type Value } from "@cordon/engine";
import type { DeviceSettings } from "./settings.js";

/** What is read of devices where neither settings nor schema say. */
const USUAL = ["managed", "encrypted", "osVersion", "lastSeen"];
/** How far a device's clock may be ahead. */
const TOLERANCE_MS = 300_000;

type Attributes = Readonly<Record<string, AttributeSchema>>;

/** What a member of the context says of a device. */
export class Posture {
  readonly #settings: DeviceSettings;
  readonly #schema: ResolvedSchema | null;
  /** Attributes of the device by the names they have in the member. */
  readonly #names: ReadonlyMap<string, string>;

  constructor(settings: DeviceSettings, schema: ResolvedSchema | null) {
    this.#settings = settings;
    this.#schema = schema;
    this.#names = namesOf(settings, schema);
  }

  /** Attributes of a device that are needed to tell. */
  get attributes(): ReadonlySet<string> {
    const { certificate, lastSeen } = this.#settings;
    const others = [certificate, lastSeen].filter((name) => name !== undefined);
    return new Set([...this.#names.values(), ...others]);
  }

  /** Of a device that is known. One that was not seen for too long, or nobody knows when, is not managed. */
  known(attrs: ReadonlyMap<string, Value>, now: Date): CedarRecord {
    const { managed } = this.#settings;
    const members = new Map<string, Value>();
    for (const [member, attribute] of this.#names) {
      const value = attrs.get(attribute);
      if (value !== undefined) members.set(member, value);
    }
    if (members.get(managed) !== false && !this.#isFresh(attrs, now)) members.set(managed, false);
    return new CedarRecord(members);
  }

  /**
   * Of a device that nobody knows, or of none: not managed, and whatever else the schema requires is false.
   * Undefined where it requires what can't be false.
   */
  unknown(action: string): CedarRecord | undefined {
    const { member, managed } = this.#settings;
    const declared = recordOf(this.#schema?.actions[action]?.context.attributes, member);
    const members = new Map<string, Value>();
    if (declared === undefined || declared[managed]?.type.type === "Boolean") members.set(managed, false);
    for (const [name, { type, required }] of Object.entries(declared ?? {})) {
      if (!required) continue;
      if (type.type !== "Boolean") return undefined;
      members.set(name, false);
    }
    return members.size === 0 ? undefined : new CedarRecord(members);
  }

  #isFresh(attrs: ReadonlyMap<string, Value>, now: Date): boolean {
    const { lastSeen, maxAge } = this.#settings;
    if (maxAge === undefined) return true;
    const seen = timeOf(lastSeen === undefined ? undefined : attrs.get(lastSeen));
    if (seen === undefined) return false;
    const age = now.getTime() - seen;
    return age <= maxAge && age >= -TOLERANCE_MS;
  }
}

function timeOf(value: Value | undefined): number | undefined {
  if (value instanceof Datetime) return Number(value.ms);
  return typeof value === "number" || typeof value === "bigint" ? Number(value) * 1_000 : undefined;
}

function namesOf(
  { attributes, member }: DeviceSettings,
  schema: ResolvedSchema | null,
): ReadonlyMap<string, string> {
  if (attributes !== undefined) return new Map(Object.entries(attributes));
  const declared = Object.values(schema?.actions ?? {}).flatMap(({ context }) =>
    Object.keys(recordOf(context.attributes, member) ?? {}),
  );
  return new Map((schema === null ? USUAL : declared).map((name) => [name, name]));
}

function recordOf(attributes: Attributes | undefined, member: string): Attributes | undefined {
  const type =
    attributes !== undefined && Object.hasOwn(attributes, member) ? attributes[member]?.type : undefined;
  return type?.type === "Record" ? type.attributes : undefined;
}
