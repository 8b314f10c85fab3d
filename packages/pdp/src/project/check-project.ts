import type { Diagnostic } from "@cordon/cedar";
import type { Bundle } from "@cordon/engine";
import { ProjectLoader } from "./project-loader.js";
import type { Settings } from "./settings.js";

export interface ProjectCheck {
  /** Every error and warning of every file, errors first. */
  readonly diagnostics: readonly Diagnostic[];
  /** The text of each file, by the name that diagnostics use. */
  readonly texts: ReadonlyMap<string, string>;
  /** Present unless there is an error. */
  readonly bundle?: Bundle;
  readonly settings: Settings;
  readonly summary: ProjectSummary;
}

export interface ProjectSummary {
  readonly policyFiles: number;
  readonly policies: number;
  readonly hasSchema: boolean;
  readonly entityFiles: number;
  readonly entities: number;
  readonly errors: number;
  readonly warnings: number;
}

/**
 * Reads and validates a project without serving it.
 *
 * @throws ProjectError `project_missing` where there is no such folder
 */
export async function checkProject(directory: string): Promise<ProjectCheck> {
  const { diagnostics, texts, settings, files, entityCount, content } = await new ProjectLoader(
    directory,
  ).load();
  const errors = diagnostics.filter((d) => d.severity === "error").length;
  return {
    diagnostics,
    texts,
    settings,
    ...(content === undefined ? {} : { bundle: content.bundle }),
    summary: {
      policyFiles: files.policies,
      policies: content === undefined ? 0 : Object.keys(content.bundle.sources).length,
      hasSchema: files.schema,
      entityFiles: files.entities,
      entities: entityCount,
      errors,
      warnings: diagnostics.length - errors,
    },
  };
}
