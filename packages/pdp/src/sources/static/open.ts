import { resolve } from "node:path";
import type { SourceEnvironment } from "../context-source.js";
import type { StaticSettings } from "./settings.js";
import { StaticSource } from "./static-source.js";

/** @throws SourceError `source_settings` for files that can't be used */
export function open(
  { files, types }: StaticSettings,
  { name, directory, schema, logger }: SourceEnvironment,
): Promise<StaticSource> {
  const paths = files.map((file) => resolve(directory, file));
  return StaticSource.open({ name, paths, schema, logger, types: Object.keys(types) });
}
