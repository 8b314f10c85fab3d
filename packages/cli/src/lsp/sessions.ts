import { dirname, extname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Document } from "@cordon/analysis/language";
import { projectOf } from "./project-files.js";
import { Session } from "./session.js";

/** A file of a project that a client asks about. */
export interface OpenFile {
  readonly session: Session;
  readonly path: string;
  readonly document: Document;
}

/** The projects of a client, each opened when the first of its files is. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #folders = new Map<string, string | null>();
  readonly #onReport: (session: Session) => void;
  /** Folders that the client has open: no project is looked for above them. */
  roots: readonly string[] = [];

  constructor(onReport: (session: Session) => void) {
    this.#onReport = onReport;
  }

  all(): Iterable<Session> {
    return this.#sessions.values();
  }

  /** The session and path of a file; null for what is no file of this machine, or of no project. */
  locate(uri: string): { session: Session; path: string; isNew: boolean } | null {
    if (!uri.startsWith("file:")) return null;
    const file = fileURLToPath(uri);
    const folder = this.#folderOf(file);
    if (folder === null) return null;
    let session = this.#sessions.get(folder);
    const isNew = session === undefined;
    if (session === undefined) {
      const opened = new Session(folder, () => this.#onReport(opened));
      session = opened;
      this.#sessions.set(folder, session);
    }
    return { session, path: relative(folder, file).split(sep).join("/"), isNew };
  }

  /** Looking upward is done once a folder, until files come or go. */
  #folderOf(file: string): string | null {
    const key = dirname(file) + extname(file);
    const known = this.#folders.get(key);
    if (known !== undefined) return known;
    const folder = projectOf(file, this.roots);
    this.#folders.set(key, folder);
    return folder;
  }

  /** Files came or went: a folder may have become a project, or be none any more. */
  filesChanged(): void {
    this.#folders.clear();
  }

  open(uri: string): OpenFile | null {
    const found = this.locate(uri);
    const document = found?.session.project.document(found.path);
    return found === null || document === undefined ? null : { ...found, document };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
  }
}
