import type { Settings } from "@cordon/pdp";
import { type LoadedProject, loadProject } from "@cordon/pdp/project";
import { CommandError, InvalidProject } from "../failure.js";
import { printable } from "../render/printable.js";
import { findProject } from "./folder.js";

/** What a project declares as sources, and what they are opened with. */
export interface ProjectSourcesRead {
  readonly directory: string;
  readonly declared: Settings["sources"];
  readonly schema: NonNullable<LoadedProject["content"]>["bundle"]["schema"];
}

/** @throws InvalidProject */
export async function readSources(project: string | undefined): Promise<ProjectSourcesRead> {
  const directory = findProject(project);
  const { content, diagnostics, texts, settings } = await loadProject(directory);
  if (content === undefined) throw new InvalidProject(directory, diagnostics, texts);
  return { directory, declared: settings.sources, schema: content.bundle.schema };
}

/** @throws CommandError `not_found` */
export function sourceNamed(declared: Settings["sources"], name: string): Settings["sources"][string] {
  const found = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(declared).map((one) => `\`${one}\``);
  throw new CommandError("not_found", `there is no source \`${printable(name)}\``, {
    help: names.length === 0 ? "cordon.yaml declares none" : `cordon.yaml declares ${names.join(", ")}`,
  });
}
