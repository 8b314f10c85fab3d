import type { Lookups } from "./lookups.js";
import type { SessionKind } from "./session-functions.js";

export const COMMANDS = ["select", "insert", "update", "delete"] as const;
export type Command = (typeof COMMANDS)[number];

/** One table with the condition of each command; a command without one is refused for every row. */
export interface ProtectedTable {
  readonly table: string;
  readonly conditions: Readonly<Partial<Record<Command, string>>>;
  /** Columns that a command may name, where not everybody may name all; undefined for all. */
  readonly columns: Readonly<Partial<Record<Command, readonly string[]>>>;
  /** A query for the view that shows the other columns, masked. */
  readonly view?: string | undefined;
}

export interface Installation {
  /** Says where this comes from, in a comment. */
  readonly title: string;
  readonly schema: string;
  /** The role that policies are for. */
  readonly role: string;
  /** The role that looks things up for policies. */
  readonly reader: string;
  readonly session: SessionKind;
  /** The schema of views with masked columns. */
  readonly views: string;
  /** The member of the context whose presence makes a session nobody's: who acts for somebody, where both must be permitted. */
  readonly refusedMember?: string | undefined;
  /** Whether policies bind owners of tables, too. */
  readonly force: boolean;
  readonly tables: readonly ProtectedTable[];
  readonly lookups: Lookups;
}
