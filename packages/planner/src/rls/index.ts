export {
  type CommandActions,
  type FieldGroup,
  generateRls,
  type RlsMigration,
  type RlsOptions,
} from "./generate.js";
export { COMMANDS, type Command, type ProtectedTable } from "./installation.js";
export type { SessionKind } from "./session-functions.js";
