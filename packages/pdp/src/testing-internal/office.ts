import type { TestContext } from "node:test";
import type { DecisionRequest } from "@cordon/engine";
import { openProject } from "../project/open-project.js";
import type { ProjectDecider } from "../project/project-decider.js";
import { NOON, OFFICE, type ProjectText, tempProject } from "./temp-project.js";

/** A request that the office's policies allow. */
export const ANN_READS: DecisionRequest = {
  principal: 'User::"ann"',
  action: "read",
  resource: 'Doc::"plan"',
};

/** The office, or another project, opened without a log and with the clock standing still. */
export async function openOffice(
  t: TestContext,
  files: ProjectText = OFFICE,
  now = NOON,
): Promise<ProjectDecider> {
  const directory = await tempProject(t, files);
  const decider = await openProject(directory, { log: false, watch: false, clock: () => now });
  t.after(() => decider.close());
  return decider;
}
