import { type Decision, type DecisionRequest, type Explanation, renderExplanation } from "@cordon/engine";
import { type RequestOptions, readRequest } from "../arguments/request.js";
import type { CommandInput } from "../command-run.js";
import { exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { findProject } from "../project/folder.js";
import { momentOf, type OpenOptions, openDecider } from "../project/open-decider.js";
import { renderDecision } from "../render/decision.js";
import type { Terminal } from "../terminal.js";

export interface AskOptions extends RequestOptions, OpenOptions {
  why?: boolean;
  all?: boolean;
  json?: boolean;
}

interface Answer {
  decision: Decision;
  explanation?: Explanation;
}

export async function ask({ args, options, terminal }: CommandInput<AskOptions>): Promise<number> {
  const request = await readRequest(args, options);
  const { decider, close } = await openDecider(options, "cordon ask");
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
