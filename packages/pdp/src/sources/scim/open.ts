import { ScimDirectory } from "../../scim/directory.js";
import { MemoryTable } from "../../scim/memory-table.js";
import { openScimTable } from "../../store/sqlite/sqlite-scim.js";
import type { SourceEnvironment } from "../context-source.js";
import { SourceError } from "../source-error.js";
import { ScimSource } from "./scim-source.js";
import type { ScimSettings } from "./settings.js";

/** @throws SourceError `source_settings` where users and groups couldn't be told apart */
export function open(settings: ScimSettings, { name, schema, storePath }: SourceEnvironment): ScimSource {
  if (settings.users.type === settings.groups.type) {
    const message = "users and groups can't be of one entity type";
    throw new SourceError("source_settings", name, message, "name another type");
  }
  // Only where the settings are looked at and nothing more there is no store.
  const table = storePath === undefined ? new MemoryTable() : openScimTable(storePath);
  return new ScimSource(name, settings, schema, new ScimDirectory(table));
}
