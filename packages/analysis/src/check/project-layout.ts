import type { Settings } from "@cordon/pdp/project";

/** What a file is to a project; `other` ones aren't read here. */
export type FileRole = "policy" | "schema" | "entities" | "settings" | "other";

export const SETTINGS_FILE = "cordon.yaml";

/** Sorts the files of a project by what its settings make them. */
export class ProjectLayout {
  readonly #settings: Pick<Settings, "policies" | "schema" | "entities">;
  readonly #hasPolicyFolder: boolean;

  /** @param paths all of the project's files: one without a policy folder is all policies */
  constructor(settings: Pick<Settings, "policies" | "schema" | "entities">, paths: Iterable<string>) {
    this.#settings = settings;
    const folder = `${settings.policies ?? "policies"}/`;
    this.#hasPolicyFolder =
      settings.policies !== undefined || [...paths].some((path) => path.startsWith(folder));
  }

  roleOf(path: string): FileRole {
    const { policies = "policies", schema = "schema.cedarschema", entities = "entities" } = this.#settings;
    if (path === SETTINGS_FILE) return "settings";
    if (path === schema) return "schema";
    if (path.endsWith(".cedar") && (!this.#hasPolicyFolder || path.startsWith(`${policies}/`)))
      return "policy";
    return path.endsWith(".json") && path.startsWith(`${entities}/`) ? "entities" : "other";
  }
}
