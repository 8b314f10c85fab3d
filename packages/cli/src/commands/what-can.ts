import { type DecisionRequest, type FoundEntity, parseEntityUid, RequestError } from "@cordon/engine";
import type { ProjectDecider } from "@cordon/pdp";
import { readRequest } from "../arguments/request.js";
import { findOptionsOf, type SearchOptions } from "../arguments/search.js";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { openForSearch } from "../project/open-for-search.js";
import { renderWhatCan } from "../render/search.js";
import type { ActionAnswer, WhatCan } from "../search/answers.js";
import { find } from "../search/find.js";

import type { Terminal } from "../terminal.js";

export interface WhatCanOptions extends SearchOptions {
  action?: string;
}

export async function whatCan({ args, options, terminal }: CommandInput<WhatCanOptions>): Promise<number> {
  const [principal = ""] = args;
  const { action: any, resource: _, ...rest } = await readRequest([principal, "any", "Any::any"], options);
  const properties = typeof any === "string" ? undefined : any.properties;
  const request = { ...rest, ...(properties === undefined ? {} : { properties }) };
  const decider = await openForSearch(options, "cordon what-can");
  try {
    const answers: ActionAnswer[] = [];
    for (const question of questionsFor(request, decider, options)) {
      answers.push(await answerTo(question, request, decider, options, terminal));
    }
    terminal.progress(null);
    const answer: WhatCan = { principal: request.principal, answers };
    terminal.out(options.json === true ? jsonLine(asJson(answer)) : renderWhatCan(answer, terminal));
    if (answers.some((one) => "unanswered" in one)) return exitCode.unusable;
    return answers.some((one) => "found" in one && one.found.length > 0) ? exitCode.ok : exitCode.no;
  } finally {
    terminal.progress(null);
    await decider.close();
  }
}

interface Question {
  readonly type: string;
  readonly action: string;
}

type Asked = Pick<DecisionRequest, "principal" | "context" | "credentials"> & {
  /** Of whichever action. */
  readonly properties?: Record<string, unknown>;
};

/** Every action of the schema that applies to the principal, with each type of resources that it applies to. */
function questionsFor(
  { principal }: Asked,
  { bundle, settings }: ProjectDecider,
  { type, action }: WhatCanOptions,
): Question[] {
  if (bundle.schema === null) {
    if (type !== undefined && action !== undefined) return [{ type, action }];
    throw new CommandError("no_schema", "without a schema nothing says what there is to do", {
      help: "say which action and which type of resources: `--action ticket:read --type Ticket`",
    });
  }
  const given = typeof principal === "string" ? parseEntityUid(principal).type : principal.type;
  const called = (name: string): string => settings.types[name] ?? name;
  const questions = Object.entries(bundle.schema.actions).flatMap(
    ([text, { uid, principalTypes, resourceTypes }]) => {
      if (!principalTypes.includes(called(given))) return [];
      const isUnique =
        Object.values(bundle.schema?.actions ?? {}).filter((one) => one.uid.id === uid.id).length === 1;
      const name = isUnique ? uid.id : text;
      if (action !== undefined && action !== name && action !== uid.id && action !== text) return [];
      return resourceTypes
        .filter((one) => type === undefined || one === called(type))
        .map((one) => ({ type: one, action: name }));
    },
  );
  if (questions.length > 0) return questions.sort(byTypeAndAction);
  const what = action === undefined ? "do" : `do by \`${action}\``;
  const which = type === undefined ? "" : ` with a \`${type}\``;
  throw new CommandError("not_found", `the schema has nothing that a \`${given}\` could ${what}${which}`, {
    help: "see `appliesTo` of the actions in the schema",
  });
}

function byTypeAndAction(a: Question, b: Question): number {
  return a.type < b.type || (a.type === b.type && a.action < b.action) ? -1 : 1;
}

/** One question that can't be answered is no reason to keep quiet about the others; it is told. */
async function answerTo(
  { type, action }: Question,
  { properties, ...asked }: Asked,
  decider: ProjectDecider,
  options: WhatCanOptions,
  terminal: Terminal,
): Promise<ActionAnswer> {
  const request = { ...asked, action: properties === undefined ? action : { name: action, properties } };
  try {
    const findings = await find(
      decider,
      (page) => decider.searchResources({ ...request, resourceType: type, page }),
      ({ id }: FoundEntity) => ({ ...request, resource: { type, id } }),
      findOptionsOf(options, terminal, `${action} ${type}`),
    );
    return { type, action, ...findings };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const where = error.path === "" ? "" : ` at \`${error.path}\``;
    return { type, action, unanswered: `${error.message}${where}`, help: error.help };
  }
}

function asJson({ principal, answers }: WhatCan): unknown {
  return {
    principal,
    count: answers.reduce((sum, one) => sum + ("found" in one ? one.found.length : 0), 0),
    whole: answers.every((one) => "found" in one && one.isWhole),
    answers: answers.map((one) => {
      const { type, action } = one;
      if ("unanswered" in one) return { type, action, error: { message: one.unanswered, help: one.help } };
      return { type, action, count: one.found.length, whole: one.isWhole, results: one.found };
    }),
  };
}
