import type { SourceStatus } from "@cordon/pdp";
import type { CommandInput } from "../command-run.js";
import { exitCode } from "../failure.js";
import { jsonLine } from "../json-output.js";
import { findProject } from "../project/folder.js";
import { printable } from "../render/printable.js";
import { Table } from "../render/table.js";

interface SourcesListOptions {
  project?: string;
  json?: boolean;
}

/** Exits with 1 where a source can't be reached: what it owns can then only be denied. */
export async function listSources({ options, terminal }: CommandInput<SourcesListOptions>): Promise<number> {
  const statuses = await probe(findProject(options.project));
  if (options.json) for (const status of statuses) terminal.out(jsonLine(asJson(status)));
  else if (statuses.length === 0) terminal.err("cordon.yaml declares no sources");
  else {
    const { color } = terminal;
    const head = ["name", "kind", "state", "time", "gives"].map((text) => ({ text, style: color.dim }));
    const rows = statuses.map((status) => row(status).map((text) => ({ text: printable(text) })));
    for (const line of new Table().lines([head, ...rows])) terminal.out(line);
    for (const { name, health } of statuses) {
      if (health.state !== "failing" && health.state !== "suspended") continue;
      terminal.out(
        `${color.red("failed")} ${printable(name)}: ${printable(health.lastFailure?.message ?? "")}`,
      );
    }
  }
  return statuses.every(({ health }) => health.state === "ok" || health.state === "unknown")
    ? exitCode.ok
    : exitCode.no;
}

async function probe(folder: string): Promise<readonly SourceStatus[]> {
  const { openProject } = await import("@cordon/pdp");
  const decider = await openProject(folder, { oneShot: true, log: false });
  try {
    return await decider.sources.probe();
  } finally {
    await decider.close();
  }
}

function row({ name, kind, health, provides, members }: SourceStatus): string[] {
  const time = health.lastMs === null ? "" : `${Math.round(health.lastMs)} ms`;
  const entities = provides.map(({ type, attributes, parents, tags }) => {
    const parts = [
      attributes.length === 0 ? "" : attributes.join(", "),
      parents.length === 0 ? "" : `in ${parents.join(", ")}`,
      tags ? "tags" : "",
    ];
    return `${type} (${parts.filter((part) => part !== "").join("; ")})`;
  });
  const gives = [...members.map((member) => `context.${member}`), ...entities].join(", ");
  return [name, kind, health.state, time, gives];
}

function asJson({ name, kind, provides, members, health }: SourceStatus) {
  const { state, lastMs, lastFailure } = health;
  return { source: name, kind, state, ms: lastMs, failure: lastFailure, members, provides };
}
