import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildBundle } from "@cordon/cedar";
import { actionEntities, type Bundle, decodeEntity, type EntityData, EntityStore } from "@cordon/engine";
import { parseJson } from "@cordon/engine/json";
import { helpdesk } from "../process/paths.js";

export interface HelpdeskProject {
  readonly bundle: Bundle;
  readonly schemaText: string;
  readonly entities: readonly EntityData[];
  readonly store: EntityStore;
}

/** The example project, loaded through the public parts of the library, without the decision point around them. */
export function loadHelpdesk(): HelpdeskProject {
  const schemaText = readFileSync(join(helpdesk, "schema.cedarschema"), "utf8");
  const policies = filesIn("policies", ".cedar").map((name) => ({
    path: `policies/${name}`,
    text: readFileSync(join(helpdesk, "policies", name), "utf8"),
  }));
  const built = buildBundle({
    policies,
    schema: { path: "schema.cedarschema", text: schemaText },
    settings: {},
  });
  if (!built.ok) throw new Error(`the helpdesk doesn't validate: ${JSON.stringify(built.diagnostics)}`);
  const { bundle } = built;
  const schema = bundle.schema;
  if (schema === null) throw new Error("the helpdesk has lost its schema");
  const written = filesIn("entities", ".json").flatMap((name) =>
    entitiesIn(join(helpdesk, "entities", name)),
  );
  const entities = [...actionEntities(schema), ...written.map((json) => decodeEntity(json, schema))];
  return { bundle, schemaText, entities, store: EntityStore.from(entities) };
}

function entitiesIn(path: string): unknown[] {
  const parsed = parseJson(readFileSync(path, "utf8"));
  if (!Array.isArray(parsed)) throw new Error(`${path} is not a list of entities`);
  return parsed;
}

function filesIn(folder: string, end: string): string[] {
  return readdirSync(join(helpdesk, folder))
    .filter((name) => name.endsWith(end))
    .sort();
}
