import type { Lookups } from "./lookups.js";
import type { SessionKind } from "./session-functions.js";

export const COMMANDS = ["select", "insert", "update", "delete"] as const;
export type Command = (typeof COMMANDS)[number];

/** One table with the condition of each command; a command without one is refused for every row. */
export interface ProtectedTable {
  readonly table: string;
  readonly conditions: Readonly<Partial<Record<Command, string>>>;
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
  /** Whether owners of tables are subject to policies, too. */
  readonly force: boolean;
  readonly tables: readonly ProtectedTable[];
  readonly lookups: Lookups;
}
