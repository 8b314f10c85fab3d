/** For those who analyse projects: what the decision point itself reads them with. */
export { fieldGroupsOf } from "../fields/field-rules.js";
export { didYouMean } from "./did-you-mean.js";
export { type EntityFileCache, loadEntities } from "./entity-files.js";
export { loadProject } from "./load-project.js";
export { type LoadedProject, ProjectLoader } from "./project-loader.js";
export { type Settings, settingsSchema } from "./settings.js";
export { readSettings, settingsJsonSchema } from "./settings-file.js";
export { type SqlTables, sqlTablesOf } from "./sql-tables.js";
export {
  formatPath,
  readYaml,
  type YamlFile,
  type YamlIssue,
  type YamlShape,
  yamlJsonSchema,
} from "./yaml-file.js";
