import type { ActionInput, Credentials, DecisionRequest, EntityInput } from "@cordon/engine";
import { parseEntityUid } from "@cordon/engine";
import { parseActionArgument, parseEntityArgument } from "./entity.js";
import { parseObjectArgument, readTextArgument } from "./json.js";

/** The options that say more of a question than who, what and on what. */
export interface RequestOptions {
  context?: string;
  principalProperties?: string;
  actionProperties?: string;
  resourceProperties?: string;
  tokenFile?: string;
  ip?: string;
  deviceId?: string;
}

/** A question as `cordon ask` and `cordon explain` take it: three arguments, and options. */
export async function readRequest(
  args: readonly string[],
  options: RequestOptions,
): Promise<DecisionRequest> {
  const [principal = "", action = "", resource = ""] = args;
  const request: DecisionRequest = {
    principal: await readEntity("principal", principal, options.principalProperties),
    action: await readAction(action, options.actionProperties),
    resource: await readEntity("resource", resource, options.resourceProperties),
  };
  if (options.context !== undefined)
    request.context = await parseObjectArgument("--context", options.context);
  const credentials = await readCredentials(options);
  if (credentials !== undefined) request.credentials = credentials;
  return request;
}

/** A token comes from a file: arguments are there for everybody on the machine to see. */
async function readCredentials({
  tokenFile,
  ip,
  deviceId,
}: RequestOptions): Promise<Credentials | undefined> {
  const credentials: Credentials = {};
  if (tokenFile !== undefined) credentials.token = (await readTextArgument("--token-file", tokenFile)).trim();
  if (ip !== undefined) credentials.ip = ip;
  if (deviceId !== undefined) credentials.deviceId = deviceId;
  return Object.keys(credentials).length === 0 ? undefined : credentials;
}

async function readEntity(
  name: "principal" | "resource",
  text: string,
  properties: string | undefined,
): Promise<EntityInput> {
  const uid = parseEntityArgument(name, text);
  if (properties === undefined) return uid;
  const { type, id } = parseEntityUid(uid);
  return { type, id, properties: await parseObjectArgument(`--${name}-properties`, properties) };
}

async function readAction(text: string, properties: string | undefined): Promise<ActionInput> {
  const name = parseActionArgument(text);
  return properties === undefined
    ? name
    : { name, properties: await parseObjectArgument("--action-properties", properties) };
}
