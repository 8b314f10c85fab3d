import { z } from "zod";

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
    ),
  how: z.enum(["hash", "omit"]),
});

const log = z.strictObject({
  mode: z.enum(["durable", "buffered", "off"]).default("durable"),
  queue: z.int().min(1).max(10_000_000).optional(),
  redact: z.array(redactionRule).default([]),
  retention: z.strictObject({ maxAge: age.optional(), maxSize: size.optional() }).default({}),
});

const link = z.strictObject({
  template: name,
  id: name,
  principal: name.optional(),
  resource: name.optional(),
});

const server = z.strictObject({
  host: name.optional(),
  port: z.int().min(0).max(65_535).optional(),
  tls: z.strictObject({ keyFile: relativePath, certFile: relativePath }).optional(),
});

const check = z.strictObject({
  /** By the lint's id; whether there is such a lint is for `cordon check` to say. */
  lints: z.record(name, z.enum(["off", "info", "warning", "error"])).default({}),
});

/** `cordon.yaml`: everything optional, unknown keys refused so that a slip of the finger is not a silent default. */
export const settingsSchema = z.strictObject({
  version: z.literal(1).default(1),
  policies: relativePath.optional(),
  schema: relativePath.optional(),
  entities: relativePath.optional(),
  log: log.prefault({}),
  store: z.strictObject({ path: relativePath.default(".cordon/cordon.db") }).prefault({}),
  types: z.record(name, name).default({}),
  links: z.array(link).default([]),
  server: server.default({}),
  check: check.prefault({}),
});

/** The settings of a project with every default filled in; `maxAge` in days, `maxSize` in bytes. */
export type Settings = z.output<typeof settingsSchema>;

/** The settings of a project without a `cordon.yaml`. */
export const defaultSettings: Settings = settingsSchema.parse({});
