import { z } from "zod";
import { duration } from "./durations.js";
import type { SourceOptions, TypeOptions } from "./source-options.js";

/** Settings that an attribute may have whatever the kind of its source: spread them into a kind's own. */
export const attributeShape = {
  maxAge: duration.optional().describe("how old the attribute may be, instead of what holds for its type"),
};

/** Settings that an entity type may have whatever the kind of its source. */
export const typeShape = {
  maxAge: duration.optional().describe("how old an entity of the type may be, instead of what holds for all"),
  precedence: z
    .array(z.enum(["source", "caller", "static"]))
    .min(1)
    .optional()
    .describe(
      "whose word counts first for attributes that the source owns; `source`, `caller`, `static` without it",
    ),
};

/** `types` for kinds that have nothing of their own to say of a type. */
export const plainTypes = z
  .record(
    z.string().min(1),
    z.strictObject({
      ...typeShape,
      attributes: z
        .record(z.string().min(1), z.strictObject(attributeShape))
        .default({})
        .describe("what differs for attributes, by name"),
    }),
  )
  .default({})
  .describe("what differs for entity types, by name");

/** Settings that every source has: spread them into the settings of a kind. */
export const commonShape = {
  timeout: duration.optional().describe("how long one answer may take; 1s without it"),
  maxAge: duration
    .optional()
    .describe("how old an answer may be: `30s`; nothing is kept without it, and `0` shares nothing"),
  staleIfError: duration
    .optional()
    .describe("how old an answer may be while the source fails; none is used without it"),
  retries: z
    .int()
    .min(0)
    .max(10)
    .optional()
    .describe("how often a failed question is repeated; 1 without it"),
  concurrency: z
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .describe("how many questions are asked at once; 8 without it"),
  batch: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe("how many ids a question has at most; 500 without it"),
  queue: z.int().min(1).max(1_000_000).optional().describe("how many ids may wait; 20,000 without it"),
  cacheBytes: z
    .int()
    .min(0)
    .optional()
    .describe("how much of its answers is kept in memory, in bytes; 67,108,864 without it"),
};

export type CommonSettings = z.output<z.ZodObject<typeof commonShape>> & {
  readonly types?: Readonly<Record<string, CommonType>> | undefined;
};

type CommonType = z.output<z.ZodObject<typeof typeShape>> & {
  readonly attributes?:
    | Readonly<Record<string, { readonly maxAge?: number | undefined } | string>>
    | undefined;
};

/** What the decorators need to know of a source's settings. */
export function optionsOf(settings: CommonSettings): SourceOptions {
  const { timeout, maxAge, staleIfError, retries, concurrency, batch, queue, cacheBytes } = settings;
  const types = new Map(
    Object.entries(settings.types ?? {}).map(([name, type]) => [name, typeOptions(type)]),
  );
  return {
    ...given("timeoutMs", timeout),
    ...given("maxAgeMs", maxAge),
    ...given("staleIfErrorMs", staleIfError),
    ...given("retries", retries),
    ...given("concurrency", concurrency),
    ...given("batch", batch),
    ...given("queue", queue),
    ...given("cacheBytes", cacheBytes),
    types,
  };
}

function typeOptions({ maxAge, precedence, attributes }: CommonType): TypeOptions {
  const ofAttributes = Object.entries(attributes ?? {}).map(
    ([name, attribute]) =>
      [name, typeof attribute === "string" ? {} : given("maxAgeMs", attribute.maxAge)] as const,
  );
  return {
    ...given("maxAgeMs", maxAge),
    ...given("precedence", precedence),
    attributes: new Map(ofAttributes),
  };
}

function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}
