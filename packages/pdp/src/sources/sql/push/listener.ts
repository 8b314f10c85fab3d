import pg from "pg";
import type { SourceLogger } from "../../context-source.js";
import type { SourceChange } from "../../source.js";
import { SourceError } from "../../source-error.js";
import type { ServerAddress } from "../database-url.js";
import { POSTGRES } from "../dialects/postgres.js";
import { sourceError } from "../driver-error.js";
import { clientConfig } from "../drivers/postgres.js";
import { diagnosePostgres } from "../drivers/postgres-error.js";
import type { PushedTable } from "./pushed-tables.js";
import { MISSING_TRIGGERS, pushName, tableName } from "./triggers.js";

export interface ListenerOptions {
  readonly source: string;
  readonly address: ServerAddress;
  readonly tables: readonly PushedTable[];
  readonly logger: SourceLogger | undefined;
  readonly changed: (change: SourceChange) => void;
}

/** Connections die in silence, for instance with a network: this is how long that stays unnoticed. */
const HEARTBEAT_MS = 1_000;
const CONNECT_MS = 1_500;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 500;

/**
 * Listens to the notices of the triggers, on a connection of its own. While it is away changes go untold, so
 * everything counts as changed when it is back.
 */
export class PushListener {
  readonly #options: ListenerOptions;
  /** The connection that listens. */
  #client: pg.Client | undefined;
  /** One that is to listen: what becomes of it is its own attempt's business until it does. */
  #candidate: pg.Client | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** @throws SourceError where the database can't be reached, or lacks the triggers */
  static async start(options: ListenerOptions): Promise<PushListener> {
    const listener = new PushListener(options);
    await listener.#connect();
    return listener;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    if (this.#candidate !== undefined) destroy(this.#candidate);
    this.#drop();
  }

  async #connect(): Promise<void> {
    const { source, address, tables } = this.#options;
    const client = new pg.Client({
      ...clientConfig(address),
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: CONNECT_MS,
      keepAlive: true,
    });
    this.#candidate = client;
    client.on("error", () => this.#lost(client));
    client.on("end", () => this.#lost(client));
    client.on("notification", ({ payload }) => this.#tell(payload ?? ""));
    try {
      await client.connect();
      await client.query(`LISTEN ${POSTGRES.quote(pushName(source))}`);
      await this.#expectTriggers(client, tables);
    } catch (error) {
      destroy(client);
      throw error instanceof SourceError ? error : sourceError(source, diagnosePostgres(error));
    }
    if (this.#closed) return destroy(client);
    this.#client = client;
    this.#beat(client);
  }

  async #expectTriggers(client: pg.Client, tables: readonly PushedTable[]): Promise<void> {
    const { source } = this.#options;
    const names = tables.map(({ table }) => tableName(table));
    const { rows } = await client.query<string[]>({
      text: MISSING_TRIGGERS,
      values: [names, pushName(source)],
      rowMode: "array",
    });
    if (rows.length === 0) return;
    throw new SourceError(
      "source_settings",
      source,
      `the database doesn't tell of changes in ${rows.map(([name]) => name).join(", ")}`,
      `run \`cordon sources install ${source} --apply\``,
    );
  }

  #beat(client: pg.Client): void {
    this.#heartbeat = setTimeout(() => {
      client.query("SELECT 1").then(
        () => {
          if (this.#client === client) this.#beat(client);
        },
        () => this.#lost(client),
      );
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#drop();
    if (!this.#closed) this.#reconnect(FIRST_PAUSE_MS);
  }

  #reconnect(pauseMs: number): void {
    this.#retry = setTimeout(() => {
      this.#connect().then(
        () => {
          if (!this.#closed) this.#options.changed({});
        },
        (error: unknown) => {
          const reason = error instanceof SourceError ? error.message : "it broke";
          this.#options.logger?.warn(
            { source: this.#options.source, reason },
            "changes of a source go untold",
          );
          if (!this.#closed) this.#reconnect(Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
        },
      );
    }, pauseMs);
    this.#retry.unref();
  }

  #drop(): void {
    clearTimeout(this.#heartbeat);
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) destroy(client);
  }

  #tell(payload: string): void {
    for (const change of changesOf(payload)) this.#options.changed(change);
  }
}

/** A notice that can't be read may mean anything. */
export function changesOf(payload: string): SourceChange[] {
  let notice: unknown;
  try {
    notice = JSON.parse(payload);
  } catch {
    return [{}];
  }
  const { type, ids } = Object(notice) as { type?: unknown; ids?: unknown };
  if (typeof type !== "string") return [{}];
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string")) return [{ type }];
  return ids.map((id) => ({ type, id }));
}

function destroy(client: pg.Client): void {
  const { connection } = client as unknown as { connection?: { stream?: { destroy(): void } } };
  // A server that is frozen would never acknowledge a goodbye.
  connection?.stream?.destroy();
}
