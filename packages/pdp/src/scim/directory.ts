import type { JsonValue } from "@cordon/engine/json";
import { patched } from "./patch.js";
import {
  memberIds,
  nameAttribute,
  nameOf,
  newResource,
  readResource,
  type ScimKind,
  type Stored,
  withoutMembers,
} from "./resource.js";
import { ScimError } from "./scim-error.js";

/** Where users and groups are kept. */
export interface ScimTable {
  /** Grows with every change, whoever makes it. */
  version(): number;
  all(): Iterable<Stored>;
  /** Runs `work` in a transaction that nobody else writes in, and keeps what it puts and deletes. */
  write<T>(work: (rows: { put(row: Stored): void; remove(id: string): void }) => T): Promise<T>;
  close(): void;
}

/** What became of a user or group. */
export interface ScimChange {
  readonly before: Stored | undefined;
  readonly after: Stored | undefined;
}

/** A view of everything, of which a failed change leaves no trace. */
class Draft {
  readonly changes = new Map<string, Stored | undefined>();

  constructor(private readonly directory: Pick<ScimDirectory, "get" | "named" | "groupsOf">) {}

  get(id: string): Stored | undefined {
    return this.changes.has(id) ? this.changes.get(id) : this.directory.get(id);
  }

  put(row: Stored): void {
    this.changes.set(row.id, row);
  }

  remove(id: string): void {
    this.changes.set(id, undefined);
  }
}

/**
 * Users and groups that an identity provider pushed. What was answered is on disk, and counts in the next decision;
 * changes by other processes count within a moment.
 */
export class ScimDirectory {
  readonly #table: ScimTable;
  readonly #rows = new Map<string, Stored>();
  readonly #names = new Map<string, string>();
  /** Groups by the id of a member. */
  readonly #groups = new Map<string, Set<string>>();
  readonly #listeners = new Set<(changes: readonly ScimChange[]) => void>();
  #version = -1;
  #last: Promise<unknown> = Promise.resolve();

  constructor(table: ScimTable) {
    this.#table = table;
    this.refresh();
  }

  /** Takes over what other processes changed. */
  refresh(): void {
    const version = this.#table.version();
    if (version === this.#version) return;
    const fresh = new Map<string, Stored>();
    for (const row of this.#table.all()) fresh.set(row.id, row);
    const changes: ScimChange[] = [];
    for (const [id, before] of this.#rows) if (!fresh.has(id)) changes.push({ before, after: undefined });
    for (const [id, after] of fresh) {
      const before = this.#rows.get(id);
      if (before?.version !== after.version) changes.push({ before, after });
    }
    this.#version = version;
    this.#take(changes);
  }

  /** Calls `listener` after each change; returns how to stop. */
  onChange(listener: (changes: readonly ScimChange[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get(id: string): Stored | undefined {
    return this.#rows.get(id);
  }

  named(kind: ScimKind, name: string): Stored | undefined {
    const id = this.#names.get(`${kind} ${name.toLowerCase()}`);
    return id === undefined ? undefined : this.#rows.get(id);
  }

  *all(kind: ScimKind): Iterable<Stored> {
    for (const row of this.#rows.values()) if (row.kind === kind) yield row;
  }

  /** Groups that have a user or group as a member. */
  groupsOf(id: string): Stored[] {
    return [...(this.#groups.get(id) ?? [])].flatMap((group) => this.#rows.get(group) ?? []);
  }

  /** @throws ScimError */
  create(kind: ScimKind, body: JsonValue): Promise<Stored> {
    const attributes = readResource(kind, body);
    return this.#change((draft) => {
      const row = newResource(kind, attributes, now());
      this.#put(draft, row);
      return row;
    });
  }

  /** @throws ScimError */
  replace(kind: ScimKind, id: string, body: JsonValue, ifMatch?: string): Promise<Stored> {
    const attributes = readResource(kind, body);
    return this.#change((draft) => this.#update(draft, kind, id, ifMatch, () => attributes));
  }

  /** @throws ScimError */
  patch(kind: ScimKind, id: string, body: JsonValue, ifMatch?: string): Promise<Stored> {
    return this.#change((draft) =>
      this.#update(draft, kind, id, ifMatch, (row) => readResource(kind, patched(row.attributes, body))),
    );
  }

  /** Leaves no group with it as a member. @throws ScimError */
  remove(kind: ScimKind, id: string, ifMatch?: string): Promise<void> {
    return this.#change((draft) => {
      this.#existing(kind, id, ifMatch);
      draft.remove(id);
      for (const group of this.groupsOf(id)) draft.put(withoutMembers(group, new Set([id]), now()));
    });
  }

  close(): void {
    this.#listeners.clear();
    this.#table.close();
  }

  #update(
    draft: Draft,
    kind: ScimKind,
    id: string,
    ifMatch: string | undefined,
    change: (row: Stored) => Stored["attributes"],
  ): Stored {
    const row = this.#existing(kind, id, ifMatch);
    const next = { ...row, attributes: change(row), version: row.version + 1, modified: now() };
    this.#put(draft, next);
    return next;
  }

  #existing(kind: ScimKind, id: string, ifMatch: string | undefined): Stored {
    const row = this.#rows.get(id);
    if (row?.kind !== kind) throw new ScimError(404, undefined, `there is no ${kind} \`${id}\``);
    if (
      ifMatch !== undefined &&
      ifMatch !== "*" &&
      !ifMatch.split(",").some((tag) => tag.trim() === etagOf(row))
    ) {
      throw new ScimError(412, undefined, "it was changed since");
    }
    return row;
  }

  #put(draft: Draft, row: Stored): void {
    const holder = this.named(row.kind, nameOf(row));
    if (holder !== undefined && holder.id !== row.id) {
      throw new ScimError(
        409,
        "uniqueness",
        `there is a ${row.kind} with that \`${nameAttribute(row.kind)}\` already`,
      );
    }
    for (const id of memberIds(row)) {
      const member = id === row.id ? row : draft.get(id);
      if (member === undefined)
        throw new ScimError(400, "invalidValue", `there is no user or group \`${id}\``);
      if (member.kind === "Group" && this.#reaches(member, row.id)) {
        throw new ScimError(400, "invalidValue", "a group would be a member of itself");
      }
    }
    draft.put(row);
  }

  /** Whether a group is another, or has it as a member, however deep. */
  #reaches(from: Stored, id: string): boolean {
    const seen = new Set<string>();
    const open = [from.id];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === id) return true;
      if (seen.has(at)) continue;
      seen.add(at);
      const row = this.#rows.get(at);
      if (row?.kind === "Group") open.push(...memberIds(row));
    }
    return false;
  }

  /** One after another: each begins with what the one before left. */
  #change<T>(work: (draft: Draft) => T): Promise<T> {
    const result = this.#last.then(() => this.#changeNow(work));
    this.#last = result.catch(() => {});
    return result;
  }

  async #changeNow<T>(work: (draft: Draft) => T): Promise<T> {
    let changes: ScimChange[] = [];
    const result = await this.#table.write((rows) => {
      // Nobody else writes now, so what is read here is what is changed.
      this.refresh();
      const draft = new Draft(this);
      const made = work(draft);
      changes = [...draft.changes].map(([id, after]) => ({ before: this.#rows.get(id), after }));
      for (const [id, after] of draft.changes) {
        if (after === undefined) rows.remove(id);
        else rows.put(after);
      }
      return made;
    });
    this.#version = this.#table.version();
    this.#take(changes);
    return result;
  }

  #take(changes: readonly ScimChange[]): void {
    if (changes.length === 0) return;
    for (const { before } of changes) if (before !== undefined) this.#forget(before);
    for (const { after } of changes) if (after !== undefined) this.#learn(after);
    for (const listener of this.#listeners) listener(changes);
  }

  #forget(row: Stored): void {
    this.#rows.delete(row.id);
    this.#names.delete(`${row.kind} ${nameOf(row)}`);
    for (const id of memberIds(row)) this.#groups.get(id)?.delete(row.id);
  }

  #learn(row: Stored): void {
    this.#rows.set(row.id, row);
    this.#names.set(`${row.kind} ${nameOf(row)}`, row.id);
    for (const id of memberIds(row)) {
      const groups = this.#groups.get(id);
      if (groups === undefined) this.#groups.set(id, new Set([row.id]));
      else groups.add(row.id);
    }
  }
}

/** RFC 7644, section 3.14. */
export function etagOf({ version }: Stored): string {
  return `W/"${version}"`;
}

function now(): string {
  return new Date().toISOString();
}
