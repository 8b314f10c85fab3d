import {
  type Counterfactual,
  type ExplainedDecision,
  explainRecord,
  explainRequest,
  renderExplained,
  turnDecision,
} from "@cordon/analysis/counterfactual";
import type { Decision, DecisionRequest, FetchReport } from "@cordon/engine";
import type { StoredRecord } from "@cordon/pdp";
import { ProjectLoader } from "@cordon/pdp/project";
import { parseMoment } from "../arguments/moment.js";
import { type RequestOptions, readRequest } from "../arguments/request.js";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode, InvalidProject } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { LastRecord } from "../log/last-record.js";
import { type LogLocation, type LogReader, withLog } from "../log/log-reader.js";
import { findProject } from "../project/folder.js";
import { fetchReportLines } from "../render/fetch-report.js";
import { printable } from "../render/printable.js";
import type { Terminal } from "../terminal.js";

export interface ExplainOptions extends RequestOptions, LogLocation {
  at?: string;
  whatIf?: string;
  all?: boolean;
  json?: boolean;
}

interface Explained {
  decision: ExplainedDecision;
  /** What the reader must know to judge the explanation. */
  notes: string[];
  sources?: FetchReport;
}

/** Explaining a deny is no failure: the exit code is 0 whatever the answer. */
export async function explain({ args, options, terminal }: CommandInput<ExplainOptions>): Promise<number> {
  const wanted = readWhatIf(options.whatIf);
  const { decision, notes, sources } = await explained(args, options);
  const turned = suggestionsFor(decision, wanted);
  terminal.out(
    options.json === true
      ? jsonLine({ ...jsonOf(decision, turned, notes), ...(sources === undefined ? {} : { sources }) })
      : renderAll(decision, turned, notes, options.all === true, terminal),
  );
  return exitCode.ok;
}

async function explained(args: readonly string[], options: ExplainOptions): Promise<Explained> {
  const [first = "", ...rest] = args;
  if (rest.length === 0) {
    forbidQuestionOptions(options);
    return withLog(options, async (log) => explainStored(await recordOf(first, log), log));
  }
  if (rest.length !== 2) {
    throw new CommandError("invalid_argument", `expected one argument or three, got ${args.length}`, {
      help: "give the id of a decision, or PRINCIPAL ACTION RESOURCE",
    });
  }
  return options.server === undefined ? explainHere(args, options) : explainThere(args, options);
}

/** By the project as it is now, and without a word in its log. */
async function explainHere(args: readonly string[], options: ExplainOptions): Promise<Explained> {
  const folder = findProject(options.project);
  const { content, diagnostics, texts, settings } = await new ProjectLoader(folder, { oneShot: true }).load();
  if (content === undefined) throw new InvalidProject(folder, diagnostics, texts);
  const now = options.at === undefined ? new Date() : new Date(parseMoment("--at", options.at));
  if (Object.keys(settings.sources).length > 0) {
    return explainWithSources(folder, await readRequest(args, options), now);
  }
  const decision = explainRequest(content.bundle, content.store, await readRequest(args, options), now);
  const notes = decision.answer.ignored.map((pointer) => `${pointer} of the request was not used`);
  return { decision, notes };
}

/** By what the sources of the project say now. */
async function explainWithSources(folder: string, request: DecisionRequest, now: Date): Promise<Explained> {
  const { openProject } = await import("@cordon/pdp");
  const log = new LastRecord();
  const decider = await openProject(folder, {
    oneShot: true,
    log,
    clock: () => now,
    caller: "cordon explain",
  });
  try {
    const { decision: answer, explanation, sources } = await decider.explain(request);
    if (log.record === undefined) throw new Error("the decision left no record");
    const { differences: _, facts, ...again } = explainRecord(decider.bundle, log.record);
    // What would turn a decision can't be said while policies are open.
    const isWhole = sources === undefined || sources.openPolicies.length === 0;
    const decision = { ...again, decision: answer.decision, explanation, facts: isWhole ? facts : undefined };
    return { decision, notes: notesOf(answer, sources), ...(sources === undefined ? {} : { sources }) };
  } finally {
    await decider.close();
  }
}

function notesOf(answer: Decision, sources: FetchReport | undefined): string[] {
  const reason = answer.reason.code === "source_unavailable" ? [answer.reason.message] : [];
  const ignored = answer.ignored.map((pointer) => `${pointer} of the request was not used`);
  return [...reason, ...(sources === undefined ? [] : fetchReportLines(sources)), ...ignored];
}

/** The server decides, and writes it down; what it rested on then comes from its log. */
async function explainThere(args: readonly string[], options: ExplainOptions): Promise<Explained> {
  if (options.at !== undefined) {
    throw new CommandError("invalid_argument", "`--at` can't be used with `--server`", {
      help: "the server decides by its own clock",
    });
  }
  const { connect } = await import("@cordon/client");
  const decider = connect({ url: options.server ?? "", key: options.key ?? process.env.CORDON_KEY });
  const { id } = await decider.decide(await readRequest(args, options));
  return withLog(options, async (log) => explainStored(await recordOf(id, log), log));
}

async function recordOf(id: string, log: LogReader): Promise<StoredRecord> {
  const record = await log.get(id);
  if (record !== undefined) return record;
  throw new CommandError("not_found", `there is no decision \`${printable(id)}\` in the log`, {
    help: "`cordon log` lists the latest, with their ids; to explain a question, give PRINCIPAL ACTION RESOURCE",
  });
}

async function explainStored(record: StoredRecord, log: LogReader): Promise<Explained> {
  if (record.search !== undefined) {
    throw new CommandError("invalid_argument", `\`${record.id}\` is a search, and no decision`, {
      help: "`cordon who-can` and `cordon what-can` say which policies give what",
    });
  }
  if (record.plan !== undefined) {
    throw new CommandError("invalid_argument", `\`${record.id}\` is a plan, and no decision`, {
      help: "`cordon plan` says which policies contribute what",
    });
  }
  const bundle = await log.bundle(record.bundleId);
  if (bundle === undefined) {
    throw new CommandError(
      "not_found",
      `the bundle of that time, \`${record.bundleId.slice(0, 12)}\`, can't be had`,
      {
        help: "`cordon log show ID --why` explains without suggestions, where the decision was made",
      },
    );
  }
  const { differences, ...decision } = explainRecord(bundle, record);
  return {
    decision,
    notes: [
      `decision ${record.id} of ${record.time}, by the facts that its record holds`,
      ...(record.replayable
        ? []
        : ["values that the record redacts are not known here, so suggestions about them mean little"]),
      ...differences.map((difference) => `decided again by the bundle of that time: ${difference}`),
    ],
  };
}

function forbidQuestionOptions(options: ExplainOptions): void {
  const given = [
    ["--context", options.context],
    ["--principal-properties", options.principalProperties],
    ["--action-properties", options.actionProperties],
    ["--resource-properties", options.resourceProperties],
    ["--token-file", options.tokenFile],
    ["--ip", options.ip],
    ["--device-id", options.deviceId],
    ["--at", options.at],
  ].find(([, value]) => value !== undefined);
  if (given === undefined) return;
  throw new CommandError("invalid_argument", `\`${given[0]}\` can't be used with the id of a decision`, {
    help: "what it was decided on is in its record",
  });
}

function readWhatIf(text: string | undefined): "allow" | "deny" {
  if (text === undefined || text === "allow" || text === "deny") return text ?? "allow";
  throw new CommandError("invalid_argument", `invalid decision \`${printable(text)}\` for \`--what-if\``, {
    help: "give `allow` or `deny`",
  });
}

function suggestionsFor(
  { bundle, authorizer, facts, decision }: ExplainedDecision,
  wanted: "allow" | "deny",
): Counterfactual | undefined {
  return facts === undefined || decision === wanted ? undefined : turnDecision(bundle, facts, { authorizer });
}

function jsonOf(decision: ExplainedDecision, turned: Counterfactual | undefined, notes: readonly string[]) {
  const { reasonCode, bundle, explanation } = decision;
  return {
    decision: decision.decision,
    reasonCode,
    bundleId: bundle.id,
    notes,
    explanation,
    ...(turned === undefined ? {} : { turnedBy: turned }),
  };
}

function renderAll(
  decision: ExplainedDecision,
  turned: Counterfactual | undefined,
  notes: readonly string[],
  all: boolean,
  { color, width }: Terminal,
): string {
  const text = renderExplained(decision, turned, {
    color: color.isColorSupported,
    all,
    ...(width === undefined ? {} : { width }),
  });
  const remarks = notes.map((note) => color.dim(printable(note)));
  return [text.trimEnd(), ...(remarks.length === 0 ? [] : [remarks.join("\n")])].join("\n\n");
}
