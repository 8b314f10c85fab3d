import type { DetailedError, Schema } from "@cedar-policy/cedar-wasm/nodejs";
import type { ResolvedSchema } from "@cordon/engine";
import { CallRefused } from "./call-refused.js";
import { stringifyLossless } from "./lossless-json.js";
import { LruCache } from "./lru-cache.js";
import { resolveAcceptedSchema } from "./schema.js";
import { cedar, cedarGeneration } from "./wasm.js";

/** The schema of a call, resolved for our engine and kept parsed in the official front end. */
export interface CallSchema {
  key: string;
  resolved: ResolvedSchema;
  /** The name under which the front end keeps it. */
  preparsedName: string;
  warnings: DetailedError[];
}

/** The front end keeps a schema until another is stored under its name: names are used again, or it would grow. */
const freeNames: string[] = [];
let namesMade = 0;
const schemas = new LruCache<CallSchema>(32, ({ preparsedName }) => freeNames.push(preparsedName));

/** @throws CallRefused for a schema that Cedar doesn't accept */
export function acceptSchema(schema: Schema | null | undefined): CallSchema | null {
  if (schema === undefined || schema === null) return null;
  const text = typeof schema === "string" ? `text:${schema}` : `json:${stringifyLossless(schema)}`;
  const key = `${cedarGeneration()}:${text}`;
  return schemas.get(key, () => {
    const preparsedName = freeNames.pop() ?? `schema ${namesMade++}`;
    if (cedar().preparseSchema(preparsedName, schema).type === "failure") {
      freeNames.push(preparsedName);
      throw new CallRefused("schema");
    }
    return { key, resolved: resolveAcceptedSchema(schema), preparsedName, warnings: schemaWarnings(schema) };
  });
}

/** An answer carries the schema's warnings whatever the rest of the call is; this call asks nothing else. */
function schemaWarnings(schema: Schema): DetailedError[] {
  const nobody = { type: "Nobody", id: "" };
  const call = {
    principal: nobody,
    action: nobody,
    resource: nobody,
    context: {},
    policies: {},
    entities: [],
  };
  return cedar().isAuthorized({ ...call, schema }).warnings;
}
