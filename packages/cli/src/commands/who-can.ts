import type { ActionSchema, FoundEntity, PrincipalSearch } from "@cordon/engine";
import type { ProjectDecider } from "@cordon/pdp";
import { readRequest } from "../arguments/request.js";
import { findOptionsOf, type SearchOptions } from "../arguments/search.js";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { openForSearch } from "../project/open-for-search.js";
import { renderWhoCan } from "../render/search.js";
import type { WhoCan } from "../search/answers.js";
import { type Findings, find } from "../search/find.js";

import type { Terminal } from "../terminal.js";

export async function whoCan({ args, options, terminal }: CommandInput<SearchOptions>): Promise<number> {
  const [action = "", resource = ""] = args;
  const { principal: _, ...request } = await readRequest(["Any::any", action, resource], options);
  const decider = await openForSearch(options, "cordon who-can");
  try {
    const types = [];
    for (const type of options.type === undefined ? typesFor(request, decider) : [options.type]) {
      types.push({ type, ...(await findOf(type, request, decider, options, terminal)) });
    }
    terminal.progress(null);
    const answer: WhoCan = { request, types };
    terminal.out(options.json === true ? jsonLine(asJson(answer)) : renderWhoCan(answer, terminal));
    return types.some(({ found }) => found.length > 0) ? exitCode.ok : exitCode.no;
  } finally {
    terminal.progress(null);
    await decider.close();
  }
}

function findOf(
  type: string,
  request: WhoCan["request"],
  decider: ProjectDecider,
  options: SearchOptions,
  terminal: Terminal,
): Promise<Findings> {
  const asked: PrincipalSearch = { ...request, principalType: type };
  return find(
    decider,
    (page) => decider.searchPrincipals({ ...asked, page }),
    ({ id }: FoundEntity) => ({ ...request, principal: { type, id } }),
    findOptionsOf(options, terminal, type),
  );
}

/** The types of principals that the action admits. */
function typesFor({ action }: WhoCan["request"], { bundle }: ProjectDecider): string[] {
  if (bundle.schema === null) {
    throw new CommandError("no_schema", "without a schema nothing says who could do it", {
      help: "say which type of principals to search: `--type User`",
    });
  }
  const name = typeof action === "string" ? action : action.name;
  const named = Object.entries(bundle.schema.actions).filter(
    ([text, { uid }]: [string, ActionSchema]) => text === name || uid.id === name,
  );
  const types = new Set(named.flatMap(([, { principalTypes }]) => principalTypes));
  if (types.size > 0) return [...types].sort();
  throw new CommandError("not_found", `the schema has no action \`${name}\` that anybody could do`, {
    help: "`cordon check` shows what the schema has",
  });
}

function asJson({ request, types }: WhoCan): unknown {
  const found = types.flatMap((one) => one.found);
  return {
    action: request.action,
    resource: request.resource,
    count: found.length,
    whole: types.every(({ isWhole }) => isWhole),
    results: found,
  };
}
