import {
  type Decider,
  type Decision,
  type DecisionRequest,
  type Explanation,
  renderExplanation,
} from "@cordon/engine";
import { parseMoment } from "../arguments/moment.js";
import { type RequestOptions, readRequest } from "../arguments/request.js";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { findProject } from "../project/folder.js";
import { renderDecision } from "../render/decision.js";
import type { Terminal } from "../terminal.js";

export interface AskOptions extends RequestOptions {
  project?: string;
  server?: string;
  key?: string;
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
    const hint = options.json ? undefined : await suggestionFor(answer, request, options, terminal);
    if (hint !== undefined) terminal.out(`\n${hint}`);
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

/** On a deny that is explained: the one change that is nearest. A server does not say what it knows of entities. */
async function suggestionFor(
  { decision, explanation }: Answer,
  request: DecisionRequest,
  options: AskOptions,
  { color }: Terminal,
): Promise<string | undefined> {
  if (decision.decision === "allow" || explanation === undefined || options.server !== undefined)
    return undefined;
  const { explainRequest, renderBestSuggestion, turnDecision } = await import(
    "@cordon/analysis/counterfactual"
  );
  const { ProjectLoader } = await import("@cordon/pdp/project");
  const { content } = await new ProjectLoader(findProject(options.project), { oneShot: true }).load();
  if (content === undefined) return undefined;
  const { bundle, store } = content;
  const { facts, decision: again } = explainRequest(bundle, store, request, momentOf(options) ?? new Date());
  if (facts === undefined || again === "allow") return undefined;
  const best = renderBestSuggestion(turnDecision(bundle, facts), { color: color.isColorSupported });
  return best === undefined ? undefined : `${best}\n${color.dim("`cordon explain` shows other ways")}`;
}

function momentOf({ at }: AskOptions): Date | undefined {
  return at === undefined ? undefined : new Date(parseMoment("--at", at));
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
  const at = momentOf(options);
  const folder = findProject(options.project);
  const { openProject } = await import("@cordon/pdp");
  const decider = await openProject(folder, {
    oneShot: true,
    caller: "cordon ask",
    ...(at === undefined ? {} : { clock: () => at }),
    // The log tells what was decided when: an answer as of another time would be a false record in it.
    ...(options.log && at === undefined ? {} : { log: false as const }),
  });
  return { decider, close: () => decider.close() };
}
