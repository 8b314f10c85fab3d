import type { DatabaseServer } from "../server.js";
import { removeDirectory } from "./data-directory.js";
import { freePort } from "./free-port.js";
import { signalTree } from "./process-tree.js";
import { endServerProcess, PortTaken, type ServerCommand, startServerProcess } from "./server-process.js";

/** What is particular to one kind of database. */
export interface ServerRecipe {
  readonly version: string;
  /** All that it writes is below it. */
  readonly directory: string;
  command(port: number): ServerCommand;
  url(port: number, database?: string): string;
  query(url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** Starts a server by its recipe; where that fails, nothing is left of it. */
export async function manageServer(recipe: ServerRecipe): Promise<DatabaseServer> {
  try {
    for (;;) {
      const port = await freePort();
      const server = new ManagedServer(recipe, port);
      try {
        await server.start();
        return server;
      } catch (error) {
        if (!(error instanceof PortTaken)) throw error;
      }
    }
  } catch (error) {
    removeDirectory(recipe.directory);
    throw error;
  }
}

class ManagedServer implements DatabaseServer {
  readonly port: number;
  readonly url: string;
  readonly version: string;
  readonly #recipe: ServerRecipe;
  #pid: number | undefined;
  #databases = 0;

  constructor(recipe: ServerRecipe, port: number) {
    this.#recipe = recipe;
    this.port = port;
    this.url = recipe.url(port);
    this.version = recipe.version;
  }

  async start(): Promise<void> {
    if (this.#pid !== undefined) return;
    this.#pid = await startServerProcess(this.#recipe.command(this.port));
  }

  async halt(): Promise<void> {
    const pid = this.#pid;
    this.#pid = undefined;
    if (pid !== undefined) await endServerProcess(pid, this.#recipe.command(this.port).endSignal);
  }

  async restart(): Promise<void> {
    await this.halt();
    await this.start();
  }

  pause(): void {
    if (this.#pid !== undefined) signalTree(this.#pid, "SIGSTOP");
  }

  resume(): void {
    if (this.#pid !== undefined) signalTree(this.#pid, "SIGCONT");
  }

  async createDatabase(): Promise<string> {
    const name = `test_${++this.#databases}`;
    await this.query(`CREATE DATABASE ${name}`);
    return this.#recipe.url(this.port, name);
  }

  query(sql: string, url = this.url) {
    return this.#recipe.query(url, sql);
  }

  async stop(): Promise<void> {
    await this.halt();
    removeDirectory(this.#recipe.directory);
  }
}
