import { parseSchema } from "@cordon/cedar";
import type { ResolvedSchema } from "@cordon/engine";
import { readSettings, type Settings, settingsSchema } from "@cordon/pdp/project";
import { type FileRole, ProjectLayout, SETTINGS_FILE } from "../../check/project-layout.js";
import { SchemaModel } from "../schema/schema-model.js";
import { Document } from "../text/documents.js";
import { type EntityIndex, indexEntities } from "./entity-index.js";
import { type FilePolicies, indexPolicies, type PolicyEntry } from "./policy-index.js";

export type Role = FileRole | "tests";

/**
 * The texts of a policy project as editors have them, and what is known of them by reading alone. Nothing here needs
 * a text to be valid; of the schema the last valid one is kept for as long as it is broken.
 */
export class OpenProject {
  readonly #documents = new Map<string, Document>();
  readonly #policies = new Map<Document, FilePolicies>();
  #settings: Settings = settingsSchema.parse({});
  #layout: ProjectLayout | null = null;
  #schema: { model: SchemaModel; resolved: ResolvedSchema | null } | null = null;
  #draft: SchemaModel | null = null;
  #entities: EntityIndex | null = null;

  constructor(files: Iterable<readonly [path: string, text: string]> = []) {
    for (const [path, text] of files) this.#documents.set(path, new Document(path, text));
    this.#readSettings();
    this.#readSchema();
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** @param text null for a file that is gone */
  update(path: string, text: string | null): void {
    const before = this.#documents.get(path);
    if (before?.text === text) return;
    if (before !== undefined) this.#policies.delete(before);
    if (text === null) this.#documents.delete(path);
    else this.#documents.set(path, new Document(path, text));
    if (before === undefined || text === null) this.#layout = null;
    if (path === SETTINGS_FILE) this.#readSettings();
    if (path === SETTINGS_FILE || path === this.schemaPath) this.#readSchema();
    if (this.roleOf(path) === "entities") this.#entities = null;
  }

  document(path: string): Document | undefined {
    return this.#documents.get(path);
  }

  roleOf(path: string): Role {
    this.#layout ??= new ProjectLayout(this.#settings, this.#documents.keys());
    const role = this.#layout.roleOf(path);
    return role === "other" && /^tests\/.*\.ya?ml$/.test(path) ? "tests" : role;
  }

  /** The documents of one role, by path. */
  documents(role: Role): Document[] {
    return [...this.#documents.values()]
      .filter(({ path }) => this.roleOf(path) === role)
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  get schemaPath(): string {
    return this.#settings.schema ?? "schema.cedarschema";
  }

  /** The schema that policies are written against: the last one that was valid, or what can be made out of a broken one. */
  get schema(): SchemaModel | null {
    return this.#schema?.model ?? this.#draft;
  }

  /** The schema as it stands, valid or not: where places in it are. */
  get draft(): SchemaModel | null {
    return this.#draft;
  }

  get resolvedSchema(): ResolvedSchema | null {
    return this.#schema?.resolved ?? null;
  }

  get entities(): EntityIndex {
    this.#entities ??= indexEntities(this.documents("entities"));
    return this.#entities;
  }

  policiesOf(document: Document): FilePolicies {
    const known = this.#policies.get(document);
    if (known !== undefined) return known;
    const indexed = indexPolicies(document);
    this.#policies.set(document, indexed);
    return indexed;
  }

  /** Every policy and template of the project. */
  *policies(): Iterable<PolicyEntry> {
    for (const document of this.documents("policy")) yield* this.policiesOf(document).entries;
  }

  policy(id: string): PolicyEntry | undefined {
    for (const entry of this.policies()) if (entry.id === id) return entry;
    return undefined;
  }

  /** Ids of policies and of the links that make policies of templates. */
  policyIds(): Set<string> {
    const links = this.#settings.links.map((link) => link.id);
    return new Set([...links, ...[...this.policies()].map(({ id }) => id)]);
  }

  #readSettings(): void {
    const text = this.#documents.get(SETTINGS_FILE)?.text;
    const read = text === undefined ? settingsSchema.parse({}) : readSettings(SETTINGS_FILE, text).settings;
    // Of broken settings the last good ones stay.
    if (read !== undefined) this.#settings = read;
    this.#layout = null;
    this.#entities = null;
  }

  #readSchema(): void {
    const document = this.#documents.get(this.schemaPath);
    if (document === undefined) {
      this.#schema = null;
      this.#draft = null;
      return;
    }
    if (document.text === this.#draft?.text) return;
    this.#draft = new SchemaModel(document);
    const parsed = parseSchema(document.text, document.path);
    if (parsed.ok) this.#schema = { model: this.#draft, resolved: parsed.schema };
  }
}
