import type {
  ActionInput,
  Decider,
  Decision,
  DecisionRequest,
  EntityInput,
  Explanation,
} from "@cordon/engine";
import { parseEntityUid, renderExplanation } from "@cordon/engine";
import { parseActionArgument, parseEntityArgument } from "../arguments/entity.js";
import { parseObjectArgument } from "../arguments/json.js";
import { parseMoment } from "../arguments/moment.js";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { findProject } from "../project/folder.js";
import { renderDecision } from "../render/decision.js";
import type { Terminal } from "../terminal.js";

export interface AskOptions {
  project?: string;
  server?: string;
  key?: string;
  context?: string;
  principalProperties?: string;
  actionProperties?: string;
  resourceProperties?: string;
  why?: boolean;
  all?: boolean;
  at?: string;
  log: boolean;
  json?: boolean;
}

interface Answer {
  decision: Decision;
  explanation?: Explanation;
}

export async function ask({ args, options, terminal }: CommandInput<AskOptions>): Promise<number> {
  const request = await readRequest(args, options);
  const { decider, close } = await openDecider(options);
  try {
    const answer = options.why ? await decider.explain(request) : { decision: await decider.decide(request) };
    terminal.out(options.json ? jsonAnswer(answer) : renderAnswer(answer, options.all === true, terminal));
    return answer.decision.decision === "allow" ? exitCode.ok : exitCode.no;
  } finally {
    await close();
  }
}

/** The decision's members at the top, so that `jq -r .decision` says `allow` or `deny`. */
function jsonAnswer({ decision, explanation }: Answer): string {
  return jsonLine(explanation === undefined ? decision : { ...decision, explanation });
}

function renderAnswer(answer: Answer, all: boolean, { color }: Terminal): string {
  const decision = renderDecision(answer.decision, color);
  if (answer.explanation === undefined) return decision;
  return `${decision}\n\n${renderExplanation(answer.explanation, { color: color.isColorSupported, all }).trimEnd()}`;
}

async function readRequest(args: readonly string[], options: AskOptions): Promise<DecisionRequest> {
  const [principal = "", action = "", resource = ""] = args;
  const request: DecisionRequest = {
    principal: await readEntity("principal", principal, options.principalProperties),
    action: await readAction(action, options.actionProperties),
    resource: await readEntity("resource", resource, options.resourceProperties),
  };
  if (options.context !== undefined)
    request.context = await parseObjectArgument("--context", options.context);
  return request;
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

interface Opened {
  decider: Decider;
  close(): Promise<void>;
}

async function openDecider(options: AskOptions): Promise<Opened> {
  if (options.server === undefined) return openFolder(options);
  for (const [option, given] of [
    ["--project", options.project],
    ["--at", options.at],
    ["--no-log", options.log ? undefined : true],
  ]) {
    if (given !== undefined) {
      throw new CommandError("invalid_argument", `\`${option}\` can't be used with \`--server\``, {
        help: "the server decides by its own project, clock and log",
      });
    }
  }
  const { connect } = await import("@cordon/client");
  const decider = connect({ url: options.server, key: options.key ?? process.env.CORDON_KEY });
  return { decider, close: async () => {} };
}

async function openFolder(options: AskOptions): Promise<Opened> {
  const at = options.at === undefined ? undefined : new Date(parseMoment("--at", options.at));
  const folder = findProject(options.project);
  const { openProject } = await import("@cordon/pdp");
  const decider = await openProject(folder, {
    watch: false,
    caller: "cordon ask",
    ...(at === undefined ? {} : { clock: () => at }),
    ...(options.log ? {} : { log: false as const }),
  });
  return { decider, close: () => decider.close() };
}
