import type { Diagnostic } from "@cordon/cedar";
import { type Settings, settingsSchema } from "./settings.js";
import { readYaml, type YamlFile, type YamlIssue, type YamlShape, yamlJsonSchema } from "./yaml-file.js";

export interface SettingsFile {
  /** Absent when the file has an error. */
  settings?: Settings;
  diagnostics: Diagnostic[];
  /** Where the value at a path of the file stands; the nearest enclosing value for a path that is not there. */
  locate: YamlFile<Settings>["locate"];
}

const SHAPE: YamlShape<Settings> = {
  schema: settingsSchema,
  code: "settings",
  entry: "setting",
  whole: "the settings",
  name: "cordon.yaml",
  help: settingsHelp,
};

/** Reads `cordon.yaml`; every problem comes with its place in the text. */
export function readSettings(file: string, text: string): SettingsFile {
  const { value, diagnostics, locate } = readYaml(file, text, SHAPE);
  return { ...(value === undefined ? {} : { settings: value }), diagnostics, locate };
}

/** For editors: what `schemas/cordon.schema.json` holds. */
export function settingsJsonSchema(): object {
  return yamlJsonSchema(
    settingsSchema,
    "Cordon settings",
    "Settings of a policy project: its file cordon.yaml",
  );
}

function settingsHelp(issue: YamlIssue): string | undefined {
  const key = issue.path.filter((part) => typeof part === "string").at(-1);
  if (key === "version") return "this Cordon reads version 1";
  if (key === "mode") return "`durable` writes each decision to disk before its answer leaves";
  if (issue.path.length > 0) return undefined;
  return "write one setting a line, such as `version: 1`; https://yaml.org/spec/1.2.2 has the syntax of YAML";
}
