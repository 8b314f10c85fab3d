import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type BuildResult, bundleId, type ProjectText } from "@cordon/cedar";
import type { Bundle } from "@cordon/engine";
import { canonicalJson, type JsonValue, parseJson, stringifyJson } from "@cordon/engine/json";
import { byCodeUnits } from "./project-files.js";

type Built = Extract<BuildResult, { ok: true }>;

/**
 * The last bundle of a project, kept in a file for those who open it for a single
 * question: parsing and validating with a parser that was just loaded costs most of
 * the time of such a command. It holds for exactly the same texts and front end.
 */
export class BundleCache {
  readonly #file: string;
  readonly #key: string;

  constructor(file: string, project: ProjectText) {
    this.#file = file;
    this.#key = createHash("sha256")
      .update(`${frontEnd()}\n${canonicalJson(project as unknown as JsonValue)}`)
      .digest("hex");
  }

  /** Undefined where there is none, or none that fits and is whole. */
  read(): Built | undefined {
    try {
      const { key, bundle, warnings } = parseJson(readFileSync(this.#file, "utf8")) as unknown as Stored;
      if (key !== this.#key) return undefined;
      const { id, ...content } = bundle;
      return bundleId(content) === id ? { ok: true, bundle, warnings } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Writes only where the folder exists; what can't be kept is built again. */
  write({ bundle, warnings }: Built): void {
    const aside = `${this.#file}.${process.pid}`;
    try {
      const stored: Stored = { key: this.#key, bundle, warnings };
      writeFileSync(aside, stringifyJson(stored as unknown as JsonValue), { mode: 0o600 });
      renameSync(aside, this.#file);
    } catch {
      rmSync(aside, { force: true });
    }
  }
}

interface Stored {
  key: string;
  bundle: Bundle;
  warnings: Built["warnings"];
}

/** Changes with every change of the front end, which decides what a bundle looks like. */
function frontEnd(): string {
  const directory = dirname(createRequire(import.meta.url).resolve("@cordon/cedar"));
  const files = readdirSync(directory).filter((name) => name.endsWith(".js"));
  return files
    .sort(byCodeUnits)
    .map((name) => {
      const { size, mtimeMs } = statSync(join(directory, name));
      return `${name} ${size} ${mtimeMs}`;
    })
    .join("\n");
}
