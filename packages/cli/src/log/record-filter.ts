import { EntityUid } from "@cordon/engine";
import type { LogFilter, StoredRecord } from "@cordon/pdp";
import { parseActionArgument, parseEntityArgument } from "../arguments/entity.js";
import { parseMoment } from "../arguments/moment.js";
import { CommandError } from "../failure.js";

type UidJson = StoredRecord["request"]["principal"];

/** The options of `cordon log` that say which decisions are meant. */
export interface FilterOptions {
  principal?: string;
  action?: string;
  resource?: string;
  policy?: string;
  decision?: string;
  caller?: string;
  since?: string;
  until?: string;
}

export function readFilter(options: FilterOptions): LogFilter {
  const filter: LogFilter = {};
  if (options.principal !== undefined) filter.principal = entityFilter("principal", options.principal);
  if (options.action !== undefined) filter.action = parseActionArgument(options.action);
  if (options.resource !== undefined) filter.resource = entityFilter("resource", options.resource);
  if (options.policy !== undefined) filter.policy = options.policy;
  if (options.decision !== undefined) filter.decision = parseDecision(options.decision);
  if (options.caller !== undefined) filter.caller = options.caller;
  if (options.since !== undefined) filter.since = parseMoment("--since", options.since);
  if (options.until !== undefined) filter.until = parseMoment("--until", options.until);
  return filter;
}

/** `User::ann` becomes `User::"ann"`; a lone word is a type or an id, which the log tells apart. */
function entityFilter(name: string, text: string): string {
  return text.includes("::") ? entityOrType(name, text) : text;
}

/**
 * `Shop::User` may be a type in a namespace as well as the entity `Shop::"User"`. Types start with a
 * capital and ids seldom do, so it is taken for a type; quotes decide where that is wrong.
 */
function entityOrType(name: string, text: string): string {
  return /^(?:[A-Za-z_]\w*::)+[A-Z]\w*$/.test(text) ? text : parseEntityArgument(name, text);
}

function parseDecision(text: string): "allow" | "deny" {
  if (text === "allow" || text === "deny") return text;
  throw new CommandError("invalid_argument", `\`${text}\` is not a decision`, {
    help: "use `allow` or `deny`",
  });
}

/** The same test that the log makes when it lists, for records that arrive one by one. */
export function matches(record: StoredRecord, filter: LogFilter): boolean {
  const { principal, action, resource } = record.request;
  return (
    matchesUid(principal, filter.principal) &&
    matchesUid(action, filter.action) &&
    matchesUid(resource, filter.resource) &&
    (filter.policy === undefined || namesPolicy(record, filter.policy)) &&
    (filter.decision === undefined || record.decision === filter.decision) &&
    (filter.caller === undefined || record.caller === filter.caller) &&
    (filter.since === undefined || record.time >= filter.since) &&
    (filter.until === undefined || record.time < filter.until)
  );
}

function matchesUid({ type, id }: UidJson, wanted: string | undefined): boolean {
  return (
    wanted === undefined || wanted === id || wanted === type || wanted === EntityUid.of(type, id).toString()
  );
}

function namesPolicy(record: StoredRecord, policy: string): boolean {
  return record.policies.includes(policy) || record.errors.some(({ policyId }) => policyId === policy);
}
