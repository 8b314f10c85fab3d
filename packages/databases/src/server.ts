/** A real database server of one's own: reachable on this machine alone, its data gone when it is stopped. */
export interface DatabaseServer {
  /** With the credentials of its superuser and its first database; the same until it is stopped. */
  readonly url: string;
  readonly port: number;
  readonly version: string;
  /** A new, empty database; returns its url. */
  createDatabase(): Promise<string>;
  /** Runs statements of one's own and returns the rows of the last one, as objects. */
  query(sql: string, url?: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Freezes every process of the server: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Ends the server and keeps its data: connections are refused until `start`. */
  halt(): Promise<void>;
  /** Starts it again after `halt`, on the same port with the same data. */
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Ends the server for good and removes its data, also where it is paused or already gone. */
  stop(): Promise<void>;
}

/** A database server that can't be had here; `message` says why and what would help. */
export class DatabaseUnavailable extends Error {
  override readonly name = "DatabaseUnavailable";
}
