/** A statement that reads. Values are text, or lists of text where the database has such parameters. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
  /** Not worth keeping prepared: the next will be another. */
  readonly passing?: boolean;
}

/** Each row a list of texts and nulls, in the order of the statement's columns. */
export type Rows = readonly (readonly (string | null)[])[];

/** A database that is asked. */
export interface Driver {
  /**
   * @param signal ends the statement, in the database as well where that can be done
   * @throws SourceError
   */
  query(statement: Statement, signal: AbortSignal): Promise<Rows>;
  close(): Promise<void>;
}
