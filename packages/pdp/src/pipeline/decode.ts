import { type Credentials, EngineError, EntityUid, isEntityTypeName, parseEntityUid } from "@cordon/engine";
import { checkText, isPlainObject, malformed } from "./admission.js";
import { decodeCredentials, refuseCredentialsInContext } from "./credentials.js";
import type { ActionModel, RequestModel } from "./request-model.js";

/** A request whose parts are what they should be; their values are not looked at yet. */
export interface DecodedRequest {
  readonly principal: DecodedEntity;
  readonly action: {
    readonly uid: EntityUid;
    readonly model: ActionModel | null;
    readonly properties: object | null;
  };
  readonly resource: DecodedEntity;
  readonly context: object | null;
  /** For sources alone: never evaluated, logged or explained. */
  readonly credentials: Credentials | null;
}

export interface DecodedEntity {
  readonly uid: EntityUid;
  readonly properties: object | null;
}

const ENTITY_HELP = 'write `User::"ann"`, or an object with `type` and `id`';
const ACTION_HELP = 'write `ticket:read`, `Action::"ticket:read"`, or an object with `name`';
const UID_FORM = /^[A-Za-z_][\w:\s]*::\s*"/;

/**
 * Step 1 of a decision: reads a native request.
 *
 * @throws RequestError naming the part that is missing or ill-formed
 */
export function decodeRequest(input: unknown, model: RequestModel): DecodedRequest {
  if (!isPlainObject(input)) {
    throw malformed(
      "request_invalid",
      "the request is not an object",
      "",
      "give `principal`, `action` and `resource`",
    );
  }
  const request = input as Record<string, unknown>;
  const principal = decodeEntity(request.principal, "/principal", model);
  const resource = decodeEntity(request.resource, "/resource", model);
  const action = decodeAction(request.action, model, principal.uid, resource.uid);
  const context = optionalObject(request.context, "/context");
  refuseCredentialsInContext(context);
  return { principal, action, resource, context, credentials: decodeCredentials(request.credentials) };
}

function decodeEntity(input: unknown, pointer: string, model: RequestModel): DecodedEntity {
  if (typeof input === "string") return { uid: parseUid(input, pointer), properties: null };
  if (!isPlainObject(input)) throw missingOrIllTyped(input, pointer, ENTITY_HELP);
  const given = input as Record<string, unknown>;
  const named = requiredText(given.type, `${pointer}/type`, ENTITY_HELP);
  const type = model.aliases.get(named) ?? named;
  const id = requiredText(given.id, `${pointer}/id`, ENTITY_HELP);
  // With a schema a name that is no name is an unknown type, which the check of the request denies.
  if (model.schema === null && !isEntityTypeName(type)) {
    throw malformed(
      "entity_type_syntax",
      `\`${type}\` can't name an entity type`,
      `${pointer}/type`,
      ENTITY_HELP,
    );
  }
  return {
    uid: EntityUid.of(type, id),
    properties: optionalObject(given.properties, `${pointer}/properties`),
  };
}

function decodeAction(
  input: unknown,
  model: RequestModel,
  principal: EntityUid,
  resource: EntityUid,
): DecodedRequest["action"] {
  const isText = typeof input === "string";
  if (!isText && !isPlainObject(input)) throw missingOrIllTyped(input, "/action", ACTION_HELP);
  const pointer = isText ? "/action" : "/action/name";
  const given = isText ? { name: input } : (input as Record<string, unknown>);
  const name = requiredText(given.name, pointer, ACTION_HELP);
  const properties = isText ? null : optionalObject(given.properties, "/action/properties");
  const { uid, model: action } = findAction(name, pointer, model, principal, resource);
  return { uid, model: action, properties };
}

type FoundAction = Pick<DecodedRequest["action"], "uid" | "model">;

/** An action by its uid, or by its name in whichever namespace of the schema has it. */
function findAction(
  text: string,
  pointer: string,
  model: RequestModel,
  principal: EntityUid,
  resource: EntityUid,
): FoundAction {
  const named = model.byName.get(text);
  if (named !== undefined) {
    const [first, ...others] = named;
    if (first !== undefined && others.length === 0) return { uid: first.uid, model: first };
    return pickNamesake(text, pointer, named, principal, resource);
  }
  const uid = UID_FORM.test(text) ? parseUid(text, pointer) : EntityUid.of("Action", text);
  return { uid, model: model.byUid.get(uid.key) ?? null };
}

/** Of actions with one name in several namespaces, the only one that fits the types of the request. */
function pickNamesake(
  name: string,
  pointer: string,
  named: readonly ActionModel[],
  principal: EntityUid,
  resource: EntityUid,
): FoundAction {
  const fitting = named.filter(
    (a) => a.principalTypes.has(principal.type) && a.resourceTypes.has(resource.type),
  );
  const [only, ...others] = fitting.length > 0 ? fitting : named;
  if (only !== undefined && (others.length === 0 || fitting.length === 0))
    return { uid: only.uid, model: only };
  const names = fitting.map(({ uid }) => `\`${uid}\``).join(" or ");
  throw malformed(
    "action_ambiguous",
    `several namespaces have an action \`${name}\``,
    pointer,
    `write ${names}`,
  );
}

function parseUid(text: string, pointer: string): EntityUid {
  checkText(text, pointer);
  try {
    return parseEntityUid(text);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw malformed(error.code, error.message, pointer, error.help ?? ENTITY_HELP);
  }
}

function requiredText(value: unknown, pointer: string, help: string): string {
  if (typeof value !== "string") throw missingOrIllTyped(value, pointer, help);
  if (value === "" && !pointer.endsWith("/id"))
    throw malformed("member_empty", `\`${last(pointer)}\` is empty`, pointer, help);
  checkText(value, pointer);
  return value;
}

function optionalObject(value: unknown, pointer: string): object | null {
  if (value === undefined || value === null) return null;
  if (!isPlainObject(value))
    throw malformed(
      "member_type",
      `\`${last(pointer)}\` must be an object`,
      pointer,
      "write an object, such as `{}`",
    );
  return value;
}

function missingOrIllTyped(value: unknown, pointer: string, help: string) {
  return value === undefined
    ? malformed("member_missing", `\`${last(pointer)}\` is missing`, pointer, help)
    : malformed("member_type", `\`${last(pointer)}\` has a wrong type`, pointer, help);
}

function last(pointer: string): string {
  return pointer.slice(pointer.lastIndexOf("/") + 1);
}
