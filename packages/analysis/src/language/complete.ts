import type { Completion } from "./completion/completion.js";
import { completePolicies } from "./completion/policy-completion.js";
import { completeSchema } from "./completion/schema-completion.js";
import { completeYaml } from "./completion/yaml-completion.js";
import type { OpenProject } from "./project/open-project.js";
import type { Document } from "./text/documents.js";

/** What can be written at an offset of a file of a project, the likeliest first. */
export function complete(project: OpenProject, document: Document, offset: number): Completion[] {
  switch (project.roleOf(document.path)) {
    case "policy":
      return completePolicies(project, document, offset);
    case "schema":
      return completeSchema(project, document, offset);
    case "tests":
    case "settings":
      return completeYaml(project, document, offset);
    default:
      return [];
  }
}
