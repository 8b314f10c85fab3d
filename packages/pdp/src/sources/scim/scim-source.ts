import { EntityUid, type ResolvedSchema, type Value } from "@cordon/engine";
import { bare } from "../../scim/attributes.js";
import type { ScimChange, ScimDirectory } from "../../scim/directory.js";
import type { ScimKind, Stored } from "../../scim/resource.js";
import { at } from "../json-pointer.js";
import { toCedarValue, ValueMismatch } from "../json-value.js";
import { idsAfter } from "../sorted-ids.js";
import type {
  FetchedEntity,
  FetchRequest,
  FetchResult,
  Listed,
  ListRequest,
  ProvidedType,
  Source,
  SourceChange,
} from "../source.js";
import { SourceError } from "../source-error.js";
import type { ScimMapping, ScimSettings } from "./settings.js";

/** How soon what another process was told is noticed. */
const REFRESH_MS = 250;

/** Users and groups that an identity provider pushed, as entities. */
export class ScimSource implements Source {
  readonly kind = "scim";
  readonly provides: ReadonlyMap<string, ProvidedType>;
  readonly #mappings: ReadonlyMap<ScimKind, ScimMapping>;
  /** Rows by kind and id of the entity: two that would be one entity are none. */
  readonly #byEntity = new Map<string, Set<string>>();
  readonly #stop: () => void;
  #closed = false;

  constructor(
    readonly name: string,
    settings: ScimSettings,
    private readonly schema: ResolvedSchema | null,
    readonly provisioning: ScimDirectory,
  ) {
    const { users, groups } = settings;
    this.#mappings = new Map<ScimKind, ScimMapping>([
      ["User", users],
      ["Group", groups],
    ]);
    const nests =
      schema === null || schema.entityTypes[groups.type]?.memberOfTypes.includes(groups.type) === true;
    this.provides = new Map([
      [groups.type, providedBy(groups, nests ? [groups.type] : [])],
      [users.type, providedBy(users, [groups.type])],
    ]);
    for (const kind of this.#mappings.keys()) for (const row of provisioning.all(kind)) this.#learn(row);
    this.#stop = provisioning.onChange((changes) => this.#follow(changes));
  }

  async fetch({ type, ids }: FetchRequest): Promise<FetchResult> {
    if (this.#closed) throw new SourceError("source_closed", this.name, "it was closed", "ask again");
    this.provisioning.refresh();
    const kind: ScimKind = type === this.#mappings.get("User")?.type ? "User" : "Group";
    const found = new Map<string, FetchedEntity | SourceError>();
    for (const id of ids) {
      const rows = [...(this.#byEntity.get(`${kind} ${id}`) ?? [])];
      const [first, ...others] = rows.flatMap((row) => this.provisioning.get(row) ?? []);
      if (first === undefined) continue;
      found.set(id, others.length === 0 ? this.#entity(first) : this.#ambiguous(kind));
    }
    return found;
  }

  get lists(): ReadonlySet<string> {
    return new Set(this.provides.keys());
  }

  async list({ type, after, limit }: ListRequest): Promise<Listed> {
    if (this.#closed) throw new SourceError("source_closed", this.name, "it was closed", "ask again");
    this.provisioning.refresh();
    const kind: ScimKind = type === this.#mapping("User").type ? "User" : "Group";
    const ids = [...this.provisioning.all(kind)].flatMap((row) => this.#idOf(row) ?? []);
    return { ids: idsAfter([...new Set(ids)].sort(), after, limit), filtered: false };
  }

  async watch(changed: (change: SourceChange) => void): Promise<() => Promise<void>> {
    const stop = this.provisioning.onChange((changes) => {
      for (const row of changes.flatMap(({ before, after }) => [before, after])) {
        if (row !== undefined) this.#tell(row, changed);
      }
    });
    const timer = setInterval(() => this.provisioning.refresh(), REFRESH_MS).unref();
    return async () => {
      clearInterval(timer);
      stop();
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop();
    this.provisioning.close();
  }

  /** A group that changes changes who is in it, whoever that was and is. */
  #tell(row: Stored, changed: (change: SourceChange) => void): void {
    const { type } = this.#mapping(row.kind);
    if (row.kind === "User") {
      const id = this.#idOf(row);
      if (id !== undefined) changed({ type, id });
      return;
    }
    changed({ type });
    changed({ type: this.#mapping("User").type });
  }

  #follow(changes: readonly ScimChange[]): void {
    for (const { before } of changes) {
      const id = before === undefined ? undefined : this.#idOf(before);
      if (before !== undefined) this.#byEntity.get(`${before.kind} ${id}`)?.delete(before.id);
    }
    for (const { after } of changes) if (after !== undefined) this.#learn(after);
  }

  #learn(row: Stored): void {
    const id = this.#idOf(row);
    if (id === undefined) return;
    const key = `${row.kind} ${id}`;
    const rows = this.#byEntity.get(key);
    if (rows === undefined) this.#byEntity.set(key, new Set([row.id]));
    else rows.add(row.id);
  }

  #entity(row: Stored): FetchedEntity | SourceError {
    const { type, attributes } = this.#mapping(row.kind);
    const declared = this.schema?.entityTypes[type]?.attributes;
    const attrs = new Map<string, Value>();
    try {
      for (const [name, path] of Object.entries(attributes)) {
        const json = at(resourceOf(row), path);
        const value = json === undefined ? undefined : toCedarValue(json, declared?.[name]?.type, name);
        if (value !== undefined) attrs.set(name, value);
      }
    } catch (error) {
      if (!(error instanceof ValueMismatch)) throw error;
      const help = "change the schema, or what the provider sends";
      return new SourceError("source_mismatch", this.name, error.message, help);
    }
    const group = this.#mapping("Group").type;
    const parents = this.provisioning.groupsOf(row.id).flatMap((parent) => {
      const id = this.#idOf(parent);
      return id === undefined ? [] : [EntityUid.of(group, id)];
    });
    const known = this.provides.get(type)?.parents;
    return { attrs, parents: known?.has(group) === true ? parents : [] };
  }

  #idOf(row: Stored): string | undefined {
    const id = at(resourceOf(row), this.#mapping(row.kind).id);
    return typeof id === "string" && id !== "" ? id : undefined;
  }

  #mapping(kind: ScimKind): ScimMapping {
    return this.#mappings.get(kind) as ScimMapping;
  }

  #ambiguous(kind: ScimKind): SourceError {
    const message = `several resources of type ${kind} have that id`;
    const help = "name an attribute in `id` that tells them apart";
    return new SourceError("source_malformed", this.name, message, help);
  }
}

function providedBy({ attributes }: ScimMapping, parents: readonly string[]): ProvidedType {
  return { attributes: new Set(Object.keys(attributes)), tags: false, parents: new Set(parents) };
}

/** What pointers lead into. */
function resourceOf({ id, attributes }: Stored): Stored["attributes"] {
  return bare([...Object.entries(attributes), ["id", id]]);
}
