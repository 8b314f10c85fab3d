import { CedarRecord, Datetime, type Value } from "@cordon/engine";
import { admitMembers, escapePointer, type Ignored, malformed, requireMembers } from "./admission.js";
import type { DecodedRequest } from "./decode.js";
import type { ActionModel } from "./request-model.js";

export interface PreparedContext {
  readonly context: CedarRecord;
  /** Members that the decision point added, in the order added. */
  readonly added: string[];
}

/**
 * Step 2 of a decision: the caller's context, and what the decision point alone can
 * vouch for. A `now` of the decision point's is never the caller's: a policy that
 * reads it must be able to rely on it.
 *
 * @param owned members that sources own: they are nobody else's, and put in later
 * @throws RequestError for a member of another type than declared, or a required one missing
 */
export function prepareContext(
  request: DecodedRequest,
  now: Date,
  ignored: Ignored,
  owned: ReadonlySet<string> = NONE,
): PreparedContext {
  const { model, properties } = request.action;
  const declared = model?.context ?? null;
  const takesNow = model?.takesNow ?? true;
  const takesProperties = properties !== null && (model?.takesProperties ?? hasMembers(properties));
  const dropped = (name: string): boolean =>
    (takesNow && name === "now") || (takesProperties && name === "action") || owned.has(name);
  const given = omit(request.context, dropped, ignored);
  const members =
    given === null ? new Map<string, Value>() : admitMembers(given, declared, "/context", ignored);
  const added: string[] = [];
  if (properties !== null) addProperties(request, properties, takesProperties, members, added, ignored);
  if (takesNow) {
    members.set("now", new Datetime(now.getTime()));
    added.push("now");
  }
  if (declared !== null) {
    if (model?.takesProperties && properties === null) requireProperties(members, declared);
    requireMembers(members, declared, "/context", owned);
  }
  return { context: new CedarRecord(members), added };
}

/** Points at the action where its properties are missing, since that is where they are given. */
function requireProperties(members: ReadonlyMap<string, Value>, declared: ActionModel["context"]): void {
  if (!declared.action?.required || members.has("action")) return;
  throw malformed(
    "member_missing",
    "the action's `properties` are missing",
    "/action/properties",
    "the schema requires them as `context.action`",
  );
}

/** `context.action`: in its own place, so that a context member of that name never mixes with it. */
function addProperties(
  request: DecodedRequest,
  properties: object,
  takesProperties: boolean,
  members: Map<string, Value>,
  added: string[],
  ignored: Ignored,
): void {
  const declared = request.action.model?.context.action?.type;
  if (!takesProperties) {
    // Admitted as if nothing were declared, to report each member that has no place.
    admitMembers(properties, {}, "/action/properties", ignored);
    return;
  }
  const attributes = declared?.type === "Record" ? declared.attributes : null;
  const values = admitMembers(properties, attributes, "/action/properties", ignored);
  if (attributes !== null) requireMembers(values, attributes, "/action/properties");
  members.set("action", new CedarRecord(values));
  added.push("action");
}

/** The caller's context without the members that are not the caller's to set. */
function omit(given: object | null, isDropped: (name: string) => boolean, ignored: Ignored): object | null {
  if (given === null) return null;
  const names = Object.keys(given);
  if (!names.some(isDropped)) return given;
  const rest: Record<string, unknown> = Object.create(null);
  for (const name of names) {
    if (isDropped(name)) ignored.push(`/context/${escapePointer(name)}`);
    else rest[name] = (given as Record<string, unknown>)[name];
  }
  return rest;
}

const NONE: ReadonlySet<string> = new Set();

function hasMembers(properties: object): boolean {
  return Object.keys(properties).length > 0;
}
