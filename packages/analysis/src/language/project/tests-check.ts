import type { Diagnostic } from "@cordon/cedar";
import { actionEntities, type Bundle, EntityStore } from "@cordon/engine";
import { type EntityFileCache, loadEntities } from "@cordon/pdp/project";
import { readTests } from "../../policy-tests/read-tests.js";
import type { Document } from "../text/documents.js";
import type { OpenProject } from "./open-project.js";

/** Finds what is wrong with files of tests as they are written, without running them. */
export class TestsCheck {
  #entities: EntityFileCache | undefined;

  /** Nothing where the schema or the entities are broken: then it isn't known what tests may say. */
  diagnose(project: OpenProject, document: Document): readonly Diagnostic[] {
    const schema = project.resolvedSchema;
    if (schema === null && project.draft !== null) return [];
    const schemaText = project.schema?.text ?? "";
    const loaded = loadEntities(project.documents("entities"), schema, schemaText, this.#entities);
    this.#entities = loaded.cache;
    if (loaded.store === undefined) return [];
    return readTests(document.path, document.text, {
      bundle: knownPolicies(project),
      store: loaded.store,
      actionsOnly: EntityStore.from(schema === null ? [] : actionEntities(schema)),
      snapshots: new Map(),
    }).diagnostics;
  }
}

/** As much of a bundle as tests are read against: which policies there are, and the schema. */
function knownPolicies(project: OpenProject): Bundle {
  const staticPolicies: Bundle["policies"]["staticPolicies"] = Object.create(null);
  for (const id of project.policyIds()) {
    staticPolicies[id] = { effect: "forbid", principal: ALL, action: ALL, resource: ALL, conditions: [] };
  }
  return {
    formatVersion: 1,
    id: "",
    policies: { staticPolicies, templates: {}, templateLinks: [] },
    sources: {},
    schema: project.resolvedSchema,
    settings: { types: { ...project.settings.types } },
  };
}

const ALL = { op: "All" } as const;
