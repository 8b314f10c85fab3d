import { z } from "zod";
import { attributeShape, commonShape, typeShape } from "../common-settings.js";
import { parsePointer } from "../json-pointer.js";
import { tlsSettings } from "../tls-files.js";

const name = z.string().min(1, "must not be empty");

/** Once read: the path. */
const pointer = z
  .string()
  .regex(/^(\/([^~]|~[01])*)?$/, "must be a JSON pointer such as `/profile/name`")
  .transform(parsePointer);

const attribute = z.union([
  pointer.transform((at) => ({ at, maxAge: undefined })),
  z.strictObject({ at: pointer.describe("where it is, as a JSON pointer"), ...attributeShape }),
]);

const parent = z.strictObject({
  type: name.describe("the entity type of the parents"),
  at: pointer.describe("where their ids are, as a JSON pointer: one, or a list"),
  id: pointer.optional().describe("where the id is in each of them, if they are objects"),
});

const batch = z.strictObject({
  url: name.describe("where the batch is sent to, with POST"),
  ids: pointer.default(["ids"]).describe("where the list of ids goes in the body; `/ids` without it"),
  body: z.record(z.string(), z.json()).default({}).describe("what else the body says"),
});

const entityType = z
  .strictObject({
    url: name.optional().describe("where one entity is: `https://hr.example.com/people/{id}`"),
    batch: batch.optional().describe("how many entities are asked for at once, instead of `url`"),
    entities: pointer
      .default([])
      .describe("where the answer to a batch has its entities: a list, or an object by id"),
    entity: pointer.default([]).describe("where an answer, or each element of a list, has the entity"),
    id: pointer
      .optional()
      .describe("where an entity has its id: for lists, and to make sure of it; `/id` for lists without it"),
    attributes: z.record(name, attribute).default({}).describe("where attributes are, by name"),
    parents: z.array(parent).default([]).describe("where parents are"),
    tags: pointer.optional().describe("where an object with the tags is"),
    ...typeShape,
  })
  .refine((type) => (type.url === undefined) !== (type.batch === undefined), "needs either `url` or `batch`");

// What would break the framing of a request, or be said twice.
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "must be the name of a header")
  .refine(
    (header) =>
      !/^(host|connection|content-length|content-type|transfer-encoding|accept-encoding)$/i.test(header),
    "is set by Cordon itself",
  );

export const httpSettings = z.strictObject({
  kind: z.literal("http"),
  ...commonShape,
  headers: z
    .record(headerName, z.string())
    .default({})
    .describe(
      "headers of every request; `$" + "{env:NAME}` and `$" + "{file:path}` keep secrets out of the file",
    ),
  tls: tlsSettings.optional().describe("what TLS trusts, and the certificate to show"),
  plaintext: z
    .boolean()
    .default(false)
    .describe("whether `http:` may reach other machines; without it only this one"),
  connections: z.int().min(1).max(1_000).default(16).describe("how many requests are under way at once"),
  maxBytes: z
    .int()
    .min(1)
    .max(1_073_741_824)
    .default(4_194_304)
    .describe("how long an answer may be, in bytes"),
  redirects: z
    .int()
    .min(0)
    .max(5)
    .default(0)
    .describe("how many redirects are followed, to the same host alone"),
  missing: z
    .array(z.int().min(400).max(499))
    .default([404, 410])
    .describe("statuses that say that there is no such entity"),
  types: z.record(name, entityType).describe("which entity types it has, and where"),
});

export type HttpSettings = z.output<typeof httpSettings>;
export type HttpTypeSettings = HttpSettings["types"][string];
