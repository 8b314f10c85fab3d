import type { LintDiagnostic } from "@cordon/analysis/lint";
import type { Connection, Diagnostic } from "vscode-languageserver/node";
import { diagnosticFrom, uriOf } from "./convert.js";
import type { Session } from "./session.js";

/** Edits that come within this time are checked together. */
const PAUSE_MS = 15;

/** Sends a project's diagnostics, of each file only when they changed. */
export class DiagnosticsSender {
  readonly #connection: Connection;
  readonly #sent = new Map<string, string>();
  readonly #found = new Map<Session, ReadonlyMap<string, readonly LintDiagnostic[]>>();
  readonly #running = new Map<Session, Promise<void>>();
  readonly #timers = new Map<Session, NodeJS.Timeout>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Checks a project soon; what comes while it is being checked is for the check after. */
  schedule(session: Session): void {
    if (this.#timers.has(session)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(session);
      const before = this.#running.get(session) ?? Promise.resolve();
      this.#running.set(
        session,
        before.then(() => this.#check(session)),
      );
    }, PAUSE_MS);
    this.#timers.set(session, timer);
  }

  /** What was last found in a file. */
  of(session: Session, path: string): readonly LintDiagnostic[] {
    return this.#found.get(session)?.get(path) ?? [];
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  async #check(session: Session): Promise<void> {
    await session.check();
    const found = session.diagnostics();
    const before = this.#found.get(session) ?? new Map();
    this.#found.set(session, found);
    for (const path of new Set([...before.keys(), ...found.keys()])) {
      const diagnostics = (found.get(path) ?? []).map(diagnosticFrom);
      this.#publish(uriOf(session, path), diagnostics);
    }
  }

  #publish(uri: string, diagnostics: Diagnostic[]): void {
    const text = JSON.stringify(diagnostics);
    if ((this.#sent.get(uri) ?? "[]") === text) return;
    this.#sent.set(uri, text);
    void this.#connection.sendDiagnostics({ uri, diagnostics });
  }
}
