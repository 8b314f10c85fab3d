import { type LoadedProject, ProjectLoader } from "./project-loader.js";

/**
 * Reads a project once, without opening its log or store: all that is wrong with it and, where nothing is,
 * its bundle and its entities (`content`).
 *
 * @throws ProjectError `project_missing`
 */
export function loadProject(directory: string): Promise<LoadedProject> {
  return new ProjectLoader(directory).load();
}
