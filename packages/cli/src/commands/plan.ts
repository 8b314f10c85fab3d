import type { ProjectPlan } from "@cordon/pdp";
import { sqlTablesOf } from "@cordon/pdp/project";
import { compileSql, type DialectName, PlanError, type RowPredicate, type SqlFilter } from "@cordon/planner";
import { parseMoment } from "../arguments/moment.js";
import { type RequestOptions, readRequest } from "../arguments/request.js";
import type { CommandInput } from "../command-run.js";
import { CommandError, exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { findProject } from "../project/folder.js";
import { type PlannedSql, renderPlan } from "../render/plan.js";

export interface PlanOptions extends Omit<RequestOptions, "resourceProperties"> {
  project?: string;
  dialect?: DialectName;
  why?: boolean;
  approximate?: boolean;
  at?: string;
  json?: boolean;
}

export async function plan({ args, options, terminal }: CommandInput<PlanOptions>): Promise<number> {
  const [principal = "", action = "", resourceType = ""] = args;
  const { resource: _, ...asked } = await readRequest([principal, action, `${resourceType}::any`], options);
  const { openProject } = await import("@cordon/pdp");
  const at = options.at === undefined ? undefined : new Date(parseMoment("--at", options.at));
  const decider = await openProject(findProject(options.project), {
    oneShot: true,
    log: false,
    caller: "cordon plan",
    ...(at === undefined ? {} : { clock: () => at }),
  });
  try {
    const approximate = options.approximate === true;
    const planned = await decider.plan({ ...asked, resourceType, approximate });
    const sql = sqlOf(planned, decider.settings, options);
    terminal.out(
      options.json === true
        ? jsonLine(sql === undefined ? planned : { ...planned, sql })
        : renderPlan(planned, sql, options.why === true, terminal),
    );
    return planned.outcome === "never" ? exitCode.no : exitCode.ok;
  } finally {
    await decider.close();
  }
}

/** Undefined where there is nothing to filter, or no table to filter in. */
function sqlOf(
  planned: ProjectPlan,
  settings: Parameters<typeof sqlTablesOf>[1],
  options: PlanOptions,
): PlannedSql | undefined {
  const tables = sqlTablesOf(planned.resourceType, settings);
  if (tables === undefined) {
    if (options.dialect === undefined) return undefined;
    throw new CommandError(
      "not_found",
      `no \`sql\` source has entities of type \`${planned.resourceType}\``,
      {
        help: "declare under `sources` in cordon.yaml in which table they are",
      },
    );
  }
  if (planned.outcome !== "when") return undefined;
  const dialect = options.dialect ?? tables.dialect;
  if (dialect === undefined) {
    throw new CommandError(
      "invalid_argument",
      `the url of source \`${tables.source}\` doesn't say which database it is`,
      {
        help: "give `--dialect`",
      },
    );
  }
  const compile = (predicate: RowPredicate): SqlFilter =>
    compileSql(predicate, {
      dialect,
      mappings: tables.mappings,
      approximate: options.approximate === true,
      isStatic: (type) => sqlTablesOf(type, settings) === undefined,
    });
  const { sql, parameters, exact } = blaming(planned, compile);
  return { source: tables.source, dialect, sql, parameters, exact };
}

/** Compiles the condition; where that can't be done, names the policy whose part of it is to blame. */
function blaming(
  planned: ProjectPlan & { outcome: "when" },
  compile: (predicate: RowPredicate) => SqlFilter,
): SqlFilter {
  try {
    return compile(planned.predicate);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    const guilty = planned.policies.find(
      ({ predicate }) => predicate !== undefined && !compiles(predicate, compile),
    );
    if (guilty === undefined) throw error;
    const clause = error.clause === undefined ? "" : `, in \`${error.clause}\``;
    throw new PlanError(error.code, `${error.message}${clause} of policy \`${guilty.id}\``, {
      help: error.help,
      policyId: guilty.id,
    });
  }
}

function compiles(predicate: RowPredicate, compile: (predicate: RowPredicate) => SqlFilter): boolean {
  try {
    compile(predicate);
    return true;
  } catch {
    return false;
  }
}
