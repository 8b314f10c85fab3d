import {
  CedarRecord,
  CedarSet,
  Datetime,
  Decimal,
  Duration,
  EntityUid,
  IpAddr,
  type ResolvedSchema,
  type SchemaType,
  type Value,
} from "@cordon/engine";
import { scrub } from "../secrets.js";
import type { FetchedEntity, FetchRequest, FetchResult, ProvidedType } from "../source.js";
import { SourceError } from "../source-error.js";
import type { Fetcher } from "./fetcher.js";

export interface ConformityOptions {
  readonly source: string;
  readonly provides: ReadonlyMap<string, ProvidedType>;
  /** Null: whatever is a Cedar value will do. */
  readonly schema: ResolvedSchema | null;
  /** Kept out of messages. */
  readonly secrets: readonly string[];
}

/**
 * Lets through only what was asked for and what the schema declares. An entity that is otherwise becomes an error
 * in its own place: a value of another type would make a policy err, and one left out could keep a `forbid` from
 * seeing it. Whatever is thrown leaves as a SourceError without secrets.
 */
export function conforming(options: ConformityOptions, fetch: Fetcher): Fetcher {
  return async (request, signal) => {
    try {
      return checked(request, await fetch(request, signal), options);
    } catch (error) {
      throw asSourceError(error, options);
    }
  };
}

function checked(request: FetchRequest, result: FetchResult, options: ConformityOptions): FetchResult {
  const entities = new Map<string, FetchedEntity | SourceError>();
  for (const id of request.ids) {
    const found = result.get(id);
    if (found === undefined) continue;
    if (found instanceof Error) entities.set(id, asSourceError(found, options));
    else entities.set(id, conform(request, id, found, options));
  }
  return entities;
}

/** Anything thrown by a source as an error that may be shown. */
export function asSourceError(
  error: unknown,
  { source, secrets }: Pick<ConformityOptions, "source" | "secrets">,
): SourceError {
  if (error instanceof SourceError) {
    const message = scrub(error.message, secrets);
    const help = scrub(error.help, secrets);
    if (message === error.message && help === error.help && error.source === source) return error;
    return new SourceError(error.code, source, message, help, { passing: error.passing });
  }
  // The message of a driver may quote what it was given.
  const name = error instanceof Error ? error.constructor.name : typeof error;
  return new SourceError("source_failed", source, `it broke with \`${name}\``, "see what lies behind it");
}

function conform(
  request: FetchRequest,
  id: string,
  entity: FetchedEntity,
  { source, provides, schema }: ConformityOptions,
): FetchedEntity | SourceError {
  const provided = provides.get(request.type);
  const wrong = schema === null ? undefined : findFault(request, entity, provided, schema);
  const stray = entity.parents.find(({ type }) => provided?.parents.has(type) !== true);
  if (wrong === undefined && stray === undefined) return entity;
  const message = wrong ?? `a parent is a \`${stray?.type}\`, which the source doesn't say it knows`;
  return new SourceError(
    "source_mismatch",
    source,
    `\`${EntityUid.of(request.type, id)}\` is not as the schema declares it: ${message}`,
    "mend the data, or declare in the schema what it is",
  );
}

function findFault(
  request: FetchRequest,
  { attrs, tags, parents }: FetchedEntity,
  provided: ProvidedType | undefined,
  schema: ResolvedSchema,
): string | undefined {
  const declared = own(schema.entityTypes, request.type);
  if (declared === undefined) return `there is no entity type \`${request.type}\``;
  for (const [name, value] of attrs) {
    const attribute = own(declared.attributes, name);
    // Values that no policy can read are nobody's business.
    if (attribute !== undefined && !isOfType(value, attribute.type)) return `\`${name}\` has a wrong type`;
  }
  for (const name of request.attributes) {
    if (attrs.has(name) || provided?.attributes.has(name) !== true) continue;
    if (own(declared.attributes, name)?.required) return `\`${name}\` is missing, and required`;
  }
  if (request.parents) {
    const stray = parents.find(({ type }) => !declared.memberOfTypes.includes(type));
    if (stray !== undefined) return `its parent \`${stray}\` is of a type that can't be one`;
  }
  for (const [name, value] of tags ?? []) {
    if (declared.tags === undefined) return "it has tags";
    if (!isOfType(value, declared.tags)) return `the tag \`${name}\` has a wrong type`;
  }
  return undefined;
}

const EXTENSIONS = { ipaddr: IpAddr, decimal: Decimal, datetime: Datetime, duration: Duration } as const;

/** Whether a value is of a type in all its depth. */
export function isOfType(value: Value, type: SchemaType): boolean {
  switch (type.type) {
    case "Boolean":
      return typeof value === "boolean";
    case "Long":
      return typeof value === "number" || typeof value === "bigint";
    case "String":
      return typeof value === "string";
    case "Set":
      return value instanceof CedarSet && [...value].every((element) => isOfType(element, type.element));
    case "Record":
      return value instanceof CedarRecord && isRecordOf(value, type);
    case "Entity":
      return value instanceof EntityUid && value.type === type.name;
    case "Extension":
      return value instanceof EXTENSIONS[type.name];
  }
}

function isRecordOf(record: CedarRecord, { attributes }: Extract<SchemaType, { type: "Record" }>): boolean {
  for (const [name, value] of record) {
    const attribute = own(attributes, name);
    if (attribute === undefined || !isOfType(value, attribute.type)) return false;
  }
  return Object.entries(attributes).every(([name, { required }]) => !required || record.has(name));
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
