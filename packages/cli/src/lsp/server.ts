import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PolicyFormatter } from "@cordon/analysis/formatting";
import {
  complete,
  findDefinitions,
  findReferences,
  hoverAt,
  outlineOf,
  RenameRefused,
  renamePolicy,
  renameTarget,
} from "@cordon/analysis/language";
import {
  CodeLensRefreshRequest,
  type Connection,
  FileChangeType,
  type InitializeParams,
  type InitializeResult,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
  type TextEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { codeActions } from "./code-actions.js";
import { CodeLenses } from "./code-lens.js";
import { completionFrom, locationOf, offsetAt, rangeOf, symbolFrom, uriOf } from "./convert.js";
import { DiagnosticsSender } from "./diagnostics.js";
import type { DecisionSource } from "./recent-decisions.js";
import type { Session } from "./session.js";
import { type OpenFile, Sessions } from "./sessions.js";

/** What the protocol says of a request that is well-formed but can't be carried out. */
const REQUEST_FAILED = -32803;

/** Answers a client's questions about the policy projects that it has files of. */
export class LanguageServer {
  readonly #connection: Connection;
  readonly #documents = new TextDocuments(TextDocument);
  readonly #diagnostics: DiagnosticsSender;
  readonly #sessions: Sessions;
  readonly #lenses = new CodeLenses();
  #decisions: DecisionSource = {};
  #refreshesLenses = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#diagnostics = new DiagnosticsSender(connection);
    this.#sessions = new Sessions((session) => this.#onReport(session));
  }

  /** Answers until the client says goodbye. */
  listen(version: string): Promise<void> {
    const connection = this.#connection;
    connection.onInitialize((params) => this.#initialize(params, version));
    this.#followTexts();
    this.#answerQuestions();
    const ended = new Promise<void>((resolve) => {
      connection.onShutdown(() => resolve());
      connection.onExit(() => resolve());
    });
    connection.listen();
    return ended.then(async () => {
      this.#diagnostics.close();
      await this.#sessions.close();
    });
  }

  #initialize(params: InitializeParams, version: string): InitializeResult {
    const folders = params.workspaceFolders?.map(({ uri }) => uri) ?? [];
    this.#sessions.roots = folders.flatMap((uri) => (uri.startsWith("file:") ? [fileURLToPath(uri)] : []));
    this.#configure(params.initializationOptions);
    this.#refreshesLenses = params.capabilities.workspace?.codeLens?.refreshSupport === true;
    return {
      serverInfo: { name: "cordon", version },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: {} },
        completionProvider: { triggerCharacters: [".", ":", '"', "@", "[", "("] },
        hoverProvider: true,
        definitionProvider: true,
        referencesProvider: true,
        renameProvider: { prepareProvider: true },
        documentFormattingProvider: true,
        documentSymbolProvider: true,
        codeLensProvider: {},
        codeActionProvider: { codeActionKinds: ["quickfix"] },
      },
    };
  }

  #configure(settings: unknown): void {
    const { url, key } =
      (settings as { server?: { url?: unknown; key?: unknown } } | undefined)?.server ?? {};
    this.#decisions = {
      ...(typeof url === "string" && url !== "" ? { url } : {}),
      ...(typeof key === "string" && key !== "" ? { key } : {}),
    };
  }

  #followTexts(): void {
    const connection = this.#connection;
    this.#documents.onDidChangeContent(({ document }) => this.#update(document.uri, document.getText()));
    this.#documents.onDidSave(({ document }) => this.#sessions.locate(document.uri)?.session.checkDeeply());
    // What is closed without being saved is again as it is on disk.
    this.#documents.onDidClose(({ document }) => this.#update(document.uri, fileText(document.uri)));
    connection.onDidChangeWatchedFiles(({ changes }) => {
      this.#sessions.filesChanged();
      for (const { uri, type } of changes) {
        if (this.#documents.get(uri) !== undefined) continue;
        this.#update(uri, type === FileChangeType.Deleted ? null : fileText(uri));
        this.#sessions.locate(uri)?.session.checkDeeply();
      }
    });
    connection.onDidChangeConfiguration(({ settings }) => {
      this.#configure((settings as { cordon?: unknown } | null)?.cordon);
      this.#refreshLenses();
    });
    this.#documents.listen(connection);
  }

  #update(uri: string, text: string | null): void {
    const found = this.#sessions.locate(uri);
    if (found === null) return;
    found.session.update(found.path, text);
    if (found.isNew) found.session.checkDeeply();
    this.#diagnostics.schedule(found.session);
  }

  #onReport(session: Session): void {
    this.#diagnostics.schedule(session);
    this.#refreshLenses();
  }

  #refreshLenses(): void {
    if (!this.#refreshesLenses) return;
    // A client that doesn't answer this is none the worse for it.
    this.#connection.sendRequest(CodeLensRefreshRequest.type).catch(() => {});
  }

  #answerQuestions(): void {
    const connection = this.#connection;
    type At = { textDocument: { uri: string }; position: { line: number; character: number } };
    const at = <T>(work: (file: OpenFile, offset: number) => T) => {
      return ({ textDocument, position }: At): T | null => {
        const file = this.#sessions.open(textDocument.uri);
        return file && work(file, offsetAt(file.document, position));
      };
    };
    connection.onCompletion(
      at(({ session, document }, offset) =>
        complete(session.project, document, offset).map((found, index) =>
          completionFrom(document, found, index),
        ),
      ),
    );
    connection.onHover(
      at(({ session, document }, offset) => {
        const hover = hoverAt(session.project, document, offset);
        return (
          hover && { contents: { kind: "markdown", value: hover.text }, range: rangeOf(document, hover) }
        );
      }),
    );
    connection.onDefinition(
      at(({ session, document }, offset) =>
        findDefinitions(session.project, document, offset).flatMap((place) => locationOf(session, place)),
      ),
    );
    connection.onReferences((params) =>
      at(({ session, document }, offset) =>
        findReferences(session.project, document, offset, params.context.includeDeclaration).flatMap(
          (place) => locationOf(session, place),
        ),
      )(params),
    );
    connection.onPrepareRename(
      at(({ session, document }, offset) => {
        const target = renameTarget(session.project, document, offset);
        return target && { range: rangeOf(document, target), placeholder: target.id };
      }),
    );
    connection.onRenameRequest((params) =>
      at((file, offset) => rename(file, offset, params.newName))(params),
    );
    this.#answerAboutFiles();
  }

  #answerAboutFiles(): void {
    const connection = this.#connection;
    const of = <T>(work: (file: OpenFile) => T) => {
      return ({ textDocument }: { textDocument: { uri: string } }): T | null => {
        const file = this.#sessions.open(textDocument.uri);
        return file && work(file);
      };
    };
    connection.onDocumentFormatting(of(format));
    connection.onDocumentSymbol(
      of(({ session, document }) =>
        outlineOf(session.project, document).map((entry) => symbolFrom(document, entry)),
      ),
    );
    connection.onCodeLens(of((file) => this.#lenses.of(file, this.#decisions)));
    connection.onCodeAction((params) =>
      of((file) => codeActions(file, this.#diagnostics.of(file.session, file.path), params.range))(params),
    );
  }
}

function rename({ session, document }: OpenFile, offset: number, newId: string) {
  try {
    const changes: Record<string, TextEdit[]> = {};
    for (const change of renamePolicy(session.project, document, offset, newId)) {
      const target = session.project.document(change.path);
      if (target === undefined) continue;
      const uri = uriOf(session, change.path);
      changes[uri] = [...(changes[uri] ?? []), { range: rangeOf(target, change), newText: change.text }];
    }
    return { changes };
  } catch (error) {
    if (error instanceof RenameRefused) throw new ResponseError(REQUEST_FAILED, error.message);
    throw error;
  }
}

/** As `cordon fmt` does; a text with faults is left alone. */
function format({ session, document }: OpenFile): TextEdit[] {
  if (session.project.roleOf(document.path) !== "policy") return [];
  const formatted = new PolicyFormatter().format(document.text, document.path);
  if (!formatted.ok || formatted.text === document.text) return [];
  return [{ range: rangeOf(document, { start: 0, end: document.text.length }), newText: formatted.text }];
}

/** Null for a file that isn't there. */
function fileText(uri: string): string | null {
  try {
    return readFileSync(fileURLToPath(uri), "utf8");
  } catch {
    return null;
  }
}
