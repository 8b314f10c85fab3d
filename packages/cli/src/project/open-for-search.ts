import type { ProjectDecider } from "@cordon/pdp";
import { parseMoment } from "../arguments/moment.js";
import type { SearchOptions } from "../arguments/search.js";
import { findProject } from "./folder.js";

/** The project in a folder, for questions that nobody acts on: they are not logged. */
export async function openForSearch({ project, at }: SearchOptions, caller: string): Promise<ProjectDecider> {
  const moment = at === undefined ? undefined : new Date(parseMoment("--at", at));
  const { openProject } = await import("@cordon/pdp");
  return openProject(findProject(project), {
    oneShot: true,
    log: false,
    caller,
    ...(moment === undefined ? {} : { clock: () => moment }),
  });
}
