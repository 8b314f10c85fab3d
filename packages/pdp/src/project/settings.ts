import { z } from "zod";
import { duration, type KindSettings, kindSettings, type TokenSettings } from "../sources/index.js";

const DURATION_UNITS = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;
const SIZE_UNITS = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
} as const;

const name = z.string().min(1, "must not be empty");
const relativePath = name.refine((p) => !p.includes("\0"), "must be a path");
/** A length of time such as `90d`, in days. */
const age = z
  .string()
  .regex(/^\d+(\.\d+)?[smhdw]$/, 'must be a length of time such as "90d", "12h" or "2w"')
  .transform((text) => (Number.parseFloat(text) * DURATION_UNITS[text.slice(-1) as "s"]) / DURATION_UNITS.d);
/** A size such as `1GB`, in bytes. */
const size = z
  .string()
  .regex(/^\d+(\.\d+)?(B|[KMGT]B|[KMG]iB)$/, 'must be a size such as "500MB" or "1GB"')
  .transform((text) => Number.parseFloat(text) * SIZE_UNITS[text.replace(/^[\d.]+/, "") as "B"]);

const redactionRule = z.strictObject({
  attribute: z
    .string()
    .regex(
      /^[^.["\s]+(\.[^.[\]"\s]+|\["(?:[^"\\]|\\.)*"\])+$/,
      'must name an entity type or `context`, then an attribute, such as "Customer.email"',
    )
    .describe("an entity type or `context`, then an attribute: `Customer.email`, `context.ip`"),
  how: z.enum(["hash", "omit"]).describe("`hash` keeps equal values recognisable; `omit` keeps nothing"),
});

const retention = z.strictObject({
  maxAge: age.optional().describe("how long a decision is kept: `90d`, `12h`, `2w`"),
  maxSize: size.optional().describe("how large the log may grow, oldest decisions first: `500MB`, `1GB`"),
});

const log = z.strictObject({
  mode: z
    .enum(["durable", "buffered", "off"])
    .default("durable")
    .describe(
      "`durable`: an answer leaves once its record is on disk; `buffered`: sooner; `off`: there is no log",
    ),
  queue: z.int().min(1).max(10_000_000).optional().describe("how many records may wait in memory"),
  redact: z.array(redactionRule).default([]).describe("values that never enter the log"),
  retention: retention.default({}).describe("when decisions are removed from the log; without it, never"),
});

const link = z.strictObject({
  template: name.describe("the id of the template"),
  id: name.describe("the id of the policy that the link makes"),
  principal: name.optional().describe('what `?principal` stands for: `User::"ann"`'),
  resource: name.optional().describe('what `?resource` stands for: `Folder::"plans"`'),
});

const tls = z.strictObject({
  keyFile: relativePath.describe("the private key, PEM"),
  certFile: relativePath.describe("the certificate chain, PEM"),
});

const server = z.strictObject({
  host: name.optional().describe("the address that `cordon serve` binds; 127.0.0.1 without it"),
  port: z.int().min(0).max(65_535).optional().describe("the port; 8181 without it, and 0 picks a free one"),
  tls: tls.optional().describe("serves over TLS; replaced files are picked up"),
});

const check = z.strictObject({
  // Whether there is such a lint is for `cordon check` to say.
  lints: z
    .record(name, z.enum(["off", "info", "warning", "error"]))
    .default({})
    .describe("levels of lints, by their ids"),
});

/** A source of any kind. The kinds are in a table of their own, which knows no more of each than its `kind`. */
const source = z.discriminatedUnion(
  "kind",
  kindSettings() as unknown as [z.ZodObject<{ kind: z.ZodLiteral<string> }>],
) as unknown as z.ZodType<KindSettings>;

const resolve = z.strictObject({
  deadline: duration.default(2_000).describe("how long a request may wait for sources in all; 2s without it"),
  rounds: z
    .int()
    .min(1)
    .max(100)
    .default(16)
    .describe("how often a request may ask before it goes on: one for each step from entity to entity"),
  ahead: z
    .boolean()
    .default(false)
    .describe("asks for what is perhaps needed together with what is: fewer rounds, more questions"),
});

const identitySettings = z.strictObject({
  both: z
    .boolean()
    .describe(
      "`true`: whoever acts for a principal must be permitted as well; `false`: policies look at the actor themselves",
    ),
  actor: name.default("actor").describe("the member of the context that is the actor; `actor` without it"),
});

const mask = z
  .union([
    z.null(),
    z.string(),
    z.number(),
    z.boolean(),
    z.strictObject({
      first: z.int().min(1).max(1_000).describe("how many of the first characters are shown"),
    }),
    z.strictObject({ last: z.int().min(1).max(1_000).describe("how many of the last characters are shown") }),
  ])
  .optional()
  .describe(
    "what stands in their place for whoever may not do the action: a value, `null`, or a few characters of the text: `last: 4`; without it, they are hidden",
  );

const fieldRule = z.strictObject({
  attributes: z
    .union([z.array(name).min(1), z.literal("*")])
    .describe("attributes of the type; `*`: all that no other rule of the action names"),
  action: name.describe("the action that they take beside: `ticket:read-internal`"),
  mask,
});

const databaseName = z
  .string()
  .min(1, "must not be empty")
  .max(63, "must have at most 63 characters")
  .refine((text) => !text.includes("\0") && !text.includes("$cordon$"), "must be a name");

/** What may be done to the rows of a table, and which action that is. */
const rowCommands = z.strictObject({
  select: name.optional().describe("the action that reading a row is: `ticket:read`"),
  insert: name.optional().describe("the action that adding a row is, decided for the row as it will be"),
  update: name
    .optional()
    .describe("the action that changing a row is, decided for the row as it is and as it will be"),
  delete: name.optional().describe("the action that removing a row is"),
});

const rowLevelSecurity = z.strictObject({
  role: databaseName.describe("the role that the application connects as, or that such roles are members of"),
  tables: z
    .record(name, rowCommands)
    .describe(
      "by entity type, the actions that commands are; a command without an action is refused for every row",
    ),
  session: z
    .enum(["signed", "plain"])
    .default("signed")
    .describe(
      "`signed`: who asks is signed with a secret for each transaction; `plain`: whoever can send SQL can say who asks",
    ),
  force: z.boolean().default(true).describe("whether the policies bind owners of the tables, too"),
  reader: databaseName
    .default("cordon_reader")
    .describe("the role that looks up what policies need; nobody connects as it"),
  schema: databaseName.default("cordon_rls").describe("the schema that functions are put into"),
  views: databaseName
    .default("cordon_views")
    .describe("the schema of the views in which masked columns are read"),
  principals: z
    .array(name)
    .default([])
    .describe("the types of those who ask, where there is no schema that says it"),
});

/** `cordon.yaml`: everything optional, unknown keys refused so that a slip of the finger is not a silent default. */
export const settingsSchema = z
  .strictObject({
    version: z.literal(1).default(1).describe("the version of this format"),
    policies: relativePath.optional().describe("the folder of policies, if not `policies`"),
    schema: relativePath.optional().describe("the schema, if not `schema.cedarschema`"),
    entities: relativePath.optional().describe("the folder of entities, if not `entities`"),
    log: log.prefault({}).describe("the decision log"),
    store: z
      .strictObject({
        path: relativePath.default(".cordon/cordon.db").describe("its file, relative to the project"),
      })
      .prefault({})
      .describe("where decisions and keys are kept"),
    types: z
      .record(name, name)
      .default({})
      .describe("entity types as AuthZEN callers name them, and as the policies do: `user: User`"),
    links: z.array(link).default([]).describe("policies made from templates"),
    sources: z
      .record(name, source)
      .default({})
      .describe("where attributes and parents of entities come from, live, by names of your choice"),
    identity: identitySettings.optional().describe("what it means that somebody acts for the principal"),
    fields: z
      .record(name, z.record(name, z.array(fieldRule).min(1)))
      .optional()
      .describe("attributes that take more than the action itself, by type and action"),
    rls: rowLevelSecurity.optional().describe("row-level security in PostgreSQL, for `cordon rls generate`"),
    resolve: resolve.prefault({}).describe("how much a request may ask of sources"),
    server: server.default({}).describe("how `cordon serve` listens"),
    check: check.prefault({}).describe("what `cordon check` looks for"),
  })
  .check(({ value, issues }) => {
    for (const [source, settings] of Object.entries(value.sources)) {
      const message = wrongActor(settings, value.identity);
      if (message === null) continue;
      issues.push({ code: "custom", message, path: ["sources", source, "actor"], input: settings });
    }
  });

/** A source that tells who acts for a principal: nobody may forget that such a principal is not alone. */
function wrongActor(
  settings: KindSettings,
  identity: z.output<typeof identitySettings> | undefined,
): string | null {
  if (settings.kind !== "token") return null;
  const { actor } = settings as TokenSettings;
  if (actor === undefined) return null;
  if (identity === undefined) {
    return "needs the setting `identity`, which says what it means that somebody acts for the principal";
  }
  return identity.both && identity.actor !== actor.member
    ? `is \`context.${actor.member}\`, but the setting \`identity\` looks at \`context.${identity.actor}\``
    : null;
}

/** The settings of a project with every default filled in; `maxAge` in days, `maxSize` in bytes. */
export type Settings = z.output<typeof settingsSchema>;

/** The settings of a project without a `cordon.yaml`. */
export const defaultSettings: Settings = settingsSchema.parse({});
