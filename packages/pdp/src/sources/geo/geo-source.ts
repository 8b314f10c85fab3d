import {
  type AttributeSchema,
  CedarRecord,
  type CedarValueJson,
  decodeValue,
  IpAddr,
  type ResolvedSchema,
  type SchemaType,
  type Value,
} from "@cordon/engine";
import type { JsonValue } from "@cordon/engine/json";
import type { ContextRequest, ContextSource, Contribution } from "../context-source.js";
import { at } from "../json-pointer.js";
import { toCedarValue, ValueMismatch } from "../json-value.js";
import { SourceError } from "../source-error.js";
import type { Address } from "./address.js";
import type { ClientAddresses } from "./client-address.js";
import type { Database } from "./database.js";
import type { Field, GeoSettings } from "./settings.js";

export interface GeoSourceParts {
  readonly name: string;
  readonly settings: GeoSettings;
  readonly schema: ResolvedSchema | null;
  readonly addresses: ClientAddresses;
  readonly databases: readonly Database[];
}

/** Where a request comes from. What isn't known is absent, so that no policy takes one place for another. */
export class GeoSource implements ContextSource {
  readonly kind = "geo";
  readonly name: string;
  readonly members: ReadonlySet<string>;
  readonly vouchesFor: ContextSource["vouchesFor"] = new Map();
  readonly #parts: GeoSourceParts;

  constructor(parts: GeoSourceParts) {
    const { ip, context } = parts.settings;
    this.name = parts.name;
    this.members = new Set([...(ip === false ? [] : [ip]), ...Object.keys(context)]);
    this.#parts = parts;
  }

  /** @throws SourceError `source_mismatch` where a database has something else than the schema declares */
  contribute({ credentials, action, needed }: ContextRequest): Contribution {
    const { addresses, settings, schema } = this.#parts;
    const members = new Map<string, Value>();
    const address = addresses.find(credentials.ip, credentials.forwardedFor);
    if (address === undefined) return { members };
    const declared = schema?.actions[action.toString()]?.context.attributes;
    const wanted = (name: string): boolean =>
      needed.has(name) && (declared === undefined || Object.hasOwn(declared, name));
    if (settings.ip !== false && wanted(settings.ip)) {
      members.set(settings.ip, ipValue(address, declared?.[settings.ip]?.type));
    }
    const known = this.#lookUp(address);
    for (const [name, fields] of Object.entries(settings.context)) {
      if (!wanted(name)) continue;
      const value = this.#value(known, fields, declared?.[name]?.type, name);
      if (value !== undefined) members.set(name, value);
    }
    return { members };
  }

  async close(): Promise<void> {
    for (const database of this.#parts.databases) database.close();
  }

  #lookUp(address: Address): JsonValue[] {
    return this.#parts.databases.flatMap((database) => database.get(address) ?? []);
  }

  #value(
    known: readonly JsonValue[],
    fields: Field | Readonly<Record<string, Field>>,
    type: SchemaType | undefined,
    name: string,
  ): Value | undefined {
    try {
      if (isField(fields)) return fieldValue(known, fields, type, name);
      return recordValue(known, fields, type?.type === "Record" ? type.attributes : null, name);
    } catch (error) {
      if (!(error instanceof ValueMismatch)) throw error;
      const help = "change the schema, or the fields that the settings of the source name";
      throw new SourceError("source_mismatch", this.name, error.message, help);
    }
  }
}

function isField(fields: Field | Readonly<Record<string, Field>>): fields is Field {
  return Array.isArray(fields);
}

/** Absent as a whole where a member is unknown that the schema requires. */
function recordValue(
  known: readonly JsonValue[],
  fields: Readonly<Record<string, Field>>,
  declared: Readonly<Record<string, AttributeSchema>> | null,
  name: string,
): Value | undefined {
  const members = new Map<string, Value>();
  for (const [member, field] of Object.entries(fields)) {
    if (declared !== null && !Object.hasOwn(declared, member)) continue;
    const value = fieldValue(known, field, declared?.[member]?.type, `${name}.${member}`);
    if (value !== undefined) members.set(member, value);
  }
  const lacking = Object.entries(declared ?? {}).some(
    ([member, { required }]) => required && !members.has(member),
  );
  return lacking || members.size === 0 ? undefined : new CedarRecord(members);
}

function fieldValue(
  known: readonly JsonValue[],
  field: Field,
  type: SchemaType | undefined,
  name: string,
): Value | undefined {
  for (const record of known) {
    for (const path of field) {
      const found = at(record, path);
      if (found === undefined || found === null || typeof found === "object") continue;
      // A schema may want the number of a network as text.
      const plain = type?.type === "String" && typeof found === "number" ? String(found) : found;
      return toCedarValue(plain, type, name);
    }
  }
  return undefined;
}

function ipValue({ text }: Address, type: SchemaType | undefined): Value {
  if (type?.type === "String") return text;
  const json: CedarValueJson = { __extn: { fn: "ip", arg: text } };
  const value = decodeValue(json, { type: "Extension", name: "ipaddr" });
  return value instanceof IpAddr ? value : text;
}
