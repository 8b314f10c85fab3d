import type { LogFilter } from "../log/index.js";
import { Problem } from "./problem.js";
import type { ParameterDoc } from "./route.js";

const INSTANT = /^\d{4}-\d\d-\d\d([Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d))?$/;
const MAX_LIMIT = 1000;

const UID_FORMS = 'a full uid (`User::"ann"`), a type (`User`) or a bare id (`ann`)';

/** The query parameters of the log, as documented and as read: both follow from `LogFilter`. */
export const LOG_PARAMETERS: readonly ParameterDoc[] = [
  text("principal", `Decisions about this principal: ${UID_FORMS}`, 'User::"ann"'),
  text("action", `Decisions about this action: ${UID_FORMS}`, "ticket:read"),
  text("resource", `Decisions about this resource: ${UID_FORMS}`, 'Ticket::"T-1001"'),
  text("policy", "Decisions that this policy determined, or in which its evaluation failed", "refund-limit"),
  {
    name: "decision",
    in: "query",
    description: "Decisions that came out like this",
    schema: { type: "string", enum: ["allow", "deny"] },
  },
  text("caller", "Decisions asked for by this caller, such as the name of a key", "orders-service"),
  text("since", "Decisions from this moment on: an RFC 3339 date or date and time", "2026-11-24T09:00:00Z"),
  text("until", "Decisions before this moment: an RFC 3339 date or date and time", "2026-11-25"),
  {
    name: "limit",
    in: "query",
    description: "Decisions a page",
    schema: { type: "integer", minimum: 1, maximum: MAX_LIMIT, default: 50 },
  },
  text("cursor", "`next` of the page before"),
  {
    name: "order",
    in: "query",
    description: "Which come first",
    schema: { type: "string", enum: ["newest", "oldest"], default: "newest" },
  },
];

function text(name: string, description: string, example?: string): ParameterDoc {
  const parameter = { name, in: "query", description, schema: { type: "string" } } as const;
  return example === undefined ? parameter : { ...parameter, example };
}

/**
 * Reads a filter. A parameter that doesn't exist is an error rather than ignored: a misspelt filter would
 * list everything and look like an answer.
 *
 * @throws Problem `invalid_parameter`
 */
export function logFilter(query: URLSearchParams): LogFilter {
  const filter: Record<string, string | number> = {};
  for (const [name, value] of query) {
    if (!LOG_PARAMETERS.some((parameter) => parameter.name === name)) {
      throw refused(
        name,
        `\`${name}\` is not a parameter`,
        `use ${LOG_PARAMETERS.map((p) => `\`${p.name}\``).join(", ")}`,
      );
    }
    if (name in filter) throw refused(name, `\`${name}\` is given twice`, "give it once");
    filter[name] = read(name, value);
  }
  return filter as LogFilter;
}

function read(name: string, value: string): string | number {
  switch (name) {
    case "limit":
      return integer(name, value, 1, MAX_LIMIT);
    case "decision":
      return oneOf(name, value, ["allow", "deny"]);
    case "order":
      return oneOf(name, value, ["newest", "oldest"]);
    case "since":
    case "until":
      return instant(name, value);
    default:
      if (value === "") throw refused(name, `\`${name}\` is empty`, "leave it out, or give it a value");
      return value;
  }
}

export const PINNED: ParameterDoc = {
  name: "pinned",
  in: "query",
  description: "Sequence number and head hash of an earlier verification, which the log must still contain",
  schema: { type: "string", pattern: "^[0-9]+:[0-9a-f]{64}$" },
};

/** @throws Problem `invalid_parameter` */
export function pinnedHead(query: URLSearchParams): { seq: number; hash: string } | undefined {
  const value = query.get("pinned");
  if (value === null) return undefined;
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(value) ?? [];
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash };
  throw refused("pinned", `\`${value}\` is not a sequence number and a hash`, "write it as `SEQ:HASH`");
}

export function integer(name: string, value: string, min: number, max: number): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw refused(name, `\`${value}\` is not a whole number from ${min} to ${max}`, "give such a number");
}

function oneOf(name: string, value: string, known: readonly string[]): string {
  if (known.includes(value)) return value;
  throw refused(
    name,
    `\`${value}\` is not a value of \`${name}\``,
    `use ${known.map((k) => `\`${k}\``).join(" or ")}`,
  );
}

/** In the form in which records carry their time, so that comparing them as text compares moments. */
function instant(name: string, value: string): string {
  const time = INSTANT.test(value) ? Date.parse(value.toUpperCase()) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw refused(
    name,
    `\`${value}\` is not a date or time of RFC 3339`,
    "write it like `2026-11-24T09:00:00Z`",
  );
}

function refused(parameter: string, detail: string, help: string): Problem {
  return new Problem("invalid_parameter", detail, { parameter, help });
}
