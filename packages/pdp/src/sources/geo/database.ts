import { readFile, stat } from "node:fs/promises";
import type { JsonValue } from "@cordon/engine/json";
import { Reader, type Response } from "maxmind";
import type { SourceLogger } from "../context-source.js";
import { SourceError } from "../source-error.js";
import type { Address } from "./address.js";

type Loaded = { readonly reader: Reader<Response>; readonly stamp: string };

/**
 * A database of addresses, held in memory. A file put in its place is taken as a whole once it has been read
 * whole; one that can't be read leaves the one before in use.
 */
export class Database {
  #loaded: Loaded;
  #refused: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(
    private readonly path: string,
    loaded: Loaded,
  ) {
    this.#loaded = loaded;
  }

  /** @throws SourceError `source_settings` for a file that is no database */
  static async open(source: string, path: string): Promise<Database> {
    try {
      return new Database(path, await load(path));
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code ?? "it is no database in MaxMind's format";
      const message = `the database \`${path}\` can't be read: ${why}`;
      throw new SourceError("source_settings", source, message, "a path is relative to the project");
    }
  }

  /** What it knows of an address; undefined for nothing. */
  get({ text }: Address): JsonValue | undefined {
    // A database in memory holds whatever its maker put in, of which only JSON is looked at.
    return (this.#loaded.reader.get(text) ?? undefined) as JsonValue | undefined;
  }

  /** Looks every `intervalMs` whether the file was replaced. Never keeps a process alive. */
  follow(intervalMs: number, logger: SourceLogger | undefined): void {
    const look = async (): Promise<void> => {
      await this.#reload(logger);
      if (!this.#closed) this.#timer = setTimeout(() => void look(), intervalMs).unref();
    };
    this.#timer = setTimeout(() => void look(), intervalMs).unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #reload(logger: SourceLogger | undefined): Promise<void> {
    const { path } = this;
    try {
      const stamp = await stampOf(path);
      if (stamp === this.#loaded.stamp || stamp === this.#refused) return;
      this.#refused = stamp;
      this.#loaded = await load(path);
      this.#refused = undefined;
      logger?.info({ path }, "a database of addresses was replaced");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger?.warn({ path, reason }, "a database of addresses can't be read; the one before stays in use");
    }
  }
}

async function load(path: string): Promise<Loaded> {
  const stamp = await stampOf(path);
  const reader = new Reader<Response>(await readFile(path));
  // Written to while it was read: half of it may be old. It is looked at again.
  if ((await stampOf(path)) !== stamp) throw new Error("it changed while it was read");
  return { reader, stamp };
}

async function stampOf(path: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(path);
  return `${ino} ${size} ${mtimeMs}`;
}
