import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { binary } from "../../testing-internal/command.js";
import { projectWith } from "../../testing-internal/project.js";

interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { code: number; message: string };
}

export interface Found {
  code: string;
  message: string;
  severity: number;
  range: { start: Position; end: Position };
}

export interface Position {
  line: number;
  character: number;
}

/** Speaks the protocol, frame by frame, with the real command. */
export class Editor {
  readonly folder: string;
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #diagnostics = new Map<string, Found[]>();
  readonly #texts = new Map<string, string>();
  readonly #refreshed: (() => void)[] = [];
  #published: (() => void)[] = [];
  #buffer = Buffer.alloc(0);
  #id = 0;
  #version = 1;
  readonly exit: Promise<number | null>;
  errors = "";

  constructor(folder: string, env: Record<string, string> = {}) {
    this.folder = folder;
    this.#child = spawn(process.execPath, [binary, "lsp", "--stdio"], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    this.exit = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.stdout?.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.errors += text;
    });
  }

  /** An editor with a project of these files open; ended when the tests of the file are done. */
  static async open(
    files: Record<string, string>,
    options: { initializationOptions?: object; env?: Record<string, string> } = {},
  ): Promise<Editor> {
    const editor = new Editor(projectWith(files), options.env);
    after(() => editor.end());
    await editor.initialize(options.initializationOptions);
    return editor;
  }

  async initialize(initializationOptions: object = {}): Promise<unknown> {
    const result = await this.ask("initialize", {
      processId: process.pid,
      rootUri: pathToFileURL(this.folder).href,
      workspaceFolders: [{ uri: pathToFileURL(this.folder).href, name: "project" }],
      capabilities: { workspace: { codeLens: { refreshSupport: true } } },
      initializationOptions,
    });
    this.tell("initialized", {});
    return result;
  }

  uri(path: string): string {
    return pathToFileURL(join(this.folder, path)).href;
  }

  async end(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    await this.ask("shutdown", null);
    this.tell("exit", null);
    return this.exit;
  }

  /** Opens a file, or changes all of its text if it is open. */
  write(path: string, text?: string): void {
    const uri = this.uri(path);
    const known = this.#texts.has(path);
    const content = text ?? readFileSync(join(this.folder, path), "utf8");
    this.#texts.set(path, content);
    this.#version += 1;
    const version = this.#version;
    if (known) {
      this.tell("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [{ text: content }],
      });
    } else {
      this.tell("textDocument/didOpen", {
        textDocument: { uri, version, languageId: path.split(".").at(-1), text: content },
      });
    }
  }

  /** Changes a part of an open file, as editors do at each key. */
  edit(path: string, start: number, end: number, text: string): void {
    const before = this.#texts.get(path) ?? "";
    const range = { start: positionOf(before, start), end: positionOf(before, end) };
    this.#texts.set(path, before.slice(0, start) + text + before.slice(end));
    this.#version += 1;
    this.tell("textDocument/didChange", {
      textDocument: { uri: this.uri(path), version: this.#version },
      contentChanges: [{ range, text }],
    });
  }

  /** Asks about a place in an open file. */
  at<T>(method: string, path: string, offset: number, more: object = {}): Promise<T> {
    const position = positionOf(this.#texts.get(path) ?? "", offset);
    return this.ask(method, { textDocument: { uri: this.uri(path) }, position, ...more }) as Promise<T>;
  }

  about<T>(method: string, path: string, more: object = {}): Promise<T> {
    return this.ask(method, { textDocument: { uri: this.uri(path) }, ...more }) as Promise<T>;
  }

  ask(method: string, params: unknown): Promise<unknown> {
    this.#id += 1;
    const id = this.#id;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result);
        else reject(new Error(error.message));
      });
      this.#send({ id, method, params });
    });
  }

  tell(method: string, params: unknown): void {
    this.#send({ method, params });
  }

  diagnostics(path: string): readonly Found[] {
    return this.#diagnostics.get(this.uri(path)) ?? [];
  }

  /** Waits until the diagnostics of a file are as wanted; what they were last is in the error of a test that waits in vain. */
  async until(
    path: string,
    wanted: (found: readonly Found[]) => boolean,
    patienceMs = 20_000,
  ): Promise<readonly Found[]> {
    const deadline = Date.now() + patienceMs;
    while (!wanted(this.diagnostics(path))) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`never came: ${JSON.stringify(this.diagnostics(path))}\n${this.errors}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#published.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return this.diagnostics(path);
  }

  #send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#child.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #receive(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#buffer.toString("ascii", 0, end))?.[1]);
      if (this.#buffer.length < end + 4 + length) return;
      const body = this.#buffer.toString("utf8", end + 4, end + 4 + length);
      this.#buffer = this.#buffer.subarray(end + 4 + length);
      this.#take(JSON.parse(body) as Message);
    }
  }

  #take(message: Message): void {
    const { id, method, params } = message;
    if (method === "textDocument/publishDiagnostics") {
      const { uri, diagnostics } = params as { uri: string; diagnostics: Found[] };
      this.#diagnostics.set(uri, diagnostics);
      const waiting = this.#published;
      this.#published = [];
      for (const wake of waiting) wake();
    } else if (method !== undefined && id !== undefined) {
      if (method === "workspace/codeLens/refresh") for (const wake of this.#refreshed.splice(0)) wake();
      this.#send({ id, result: null });
    } else if (id !== undefined) {
      this.#answers.get(id)?.(message);
      this.#answers.delete(id);
    }
  }

  /** The next time the server says that code lenses changed. */
  lensesRefreshed(): Promise<void> {
    return new Promise((resolve) => this.#refreshed.push(resolve));
  }
}

export function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

/** `path:line:column text` of a location; lines and columns from 1. */
export function placeText(
  folder: string,
  { uri, range }: { uri: string; range: { start: Position; end: Position } },
): string {
  const path = fileURLToPath(uri).slice(folder.length + 1);
  const text = readFileSync(fileURLToPath(uri), "utf8").split("\n");
  const line = text[range.start.line] ?? "";
  const end = range.end.line === range.start.line ? range.end.character : line.length;
  return `${path}:${range.start.line + 1}:${range.start.character + 1} ${line.slice(range.start.character, end)}`;
}

/** A text with a cursor in it, which is `‸`. */
export function withCursor(marked: string): { text: string; offset: number } {
  const offset = marked.indexOf("‸");
  return { text: marked.replace("‸", ""), offset };
}
