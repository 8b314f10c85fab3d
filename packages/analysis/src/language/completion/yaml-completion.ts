import { settingsJsonSchema } from "@cordon/pdp/project";
import { testsJsonSchema } from "../../policy-tests/index.js";
import type { OpenProject } from "../project/open-project.js";
import { columnsOf, meaningInSettings, meaningInTests, type YamlMeaning } from "../project/yaml-meaning.js";
import { parseYaml, type YamlScalar, yamlScalars } from "../project/yaml-reading.js";
import type { Document } from "../text/documents.js";
import { type Completion, Completions } from "./completion.js";
import { type JsonSchema, membersOf, schemaAt, valuesOf } from "./json-schema.js";

/** Stands at the cursor while the text is read, so that there is always a scalar to ask about. */
const MARK = "CURSORxMARK";

const schemas = new Map<"tests" | "settings", JsonSchema>();

/** What can be written at an offset of `cordon.yaml` or a file of tests. */
export function completeYaml(project: OpenProject, document: Document, offset: number): Completion[] {
  const { text, path } = document;
  const isTests = project.roleOf(path) === "tests";
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  if (/(^|\s)#/.test(text.slice(lineStart, offset))) return [];
  const marked = markedText(text, offset);
  const scalars = yamlScalars(parseYaml(marked.text));
  const at = scalars.find((scalar) => scalar.text.includes(MARK) && scalar.start <= marked.offset);
  if (at === undefined) return [];
  const cursor = new YamlCursor(project, at, scalars, isTests);
  const found = new Completions(replaced(text, offset, at));
  const schema = schemaOf(isTests ? "tests" : "settings");
  cursor.complete(schema, found, /^\s*(- )?\s*$/.test(text.slice(lineStart, lineOffset(text, offset))));
  return found.list();
}

/** Made when it is first needed. */
function schemaOf(kind: "tests" | "settings"): JsonSchema {
  const known =
    schemas.get(kind) ?? ((kind === "tests" ? testsJsonSchema() : settingsJsonSchema()) as JsonSchema);
  schemas.set(kind, known);
  return known;
}

/** A colon or a value right behind the mark would make it a key or a part of something else. */
function markedText(text: string, offset: number): { text: string; offset: number } {
  return { text: `${text.slice(0, offset)}${MARK}${text.slice(offset)}`, offset };
}

/** Where the word that is being typed starts. */
function lineOffset(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && /[^\s:,[\]{}]/.test(text[at - 1] ?? "")) at -= 1;
  return at;
}

function replaced(text: string, offset: number, scalar: YamlScalar): { start: number; end: number } {
  // The scalar's places are of the marked text: before the cursor they are the same, behind it they are shifted.
  const start = Math.min(scalar.start, offset);
  const end = Math.max(offset, scalar.end - MARK.length);
  const line = text.slice(start, end);
  return line.includes("\n") ? { start: lineOffset(text, offset), end: offset } : { start, end };
}

class YamlCursor {
  readonly #project: OpenProject;
  readonly #at: YamlScalar;
  readonly #scalars: readonly YamlScalar[];
  readonly #isTests: boolean;

  constructor(project: OpenProject, at: YamlScalar, scalars: readonly YamlScalar[], isTests: boolean) {
    this.#project = project;
    this.#at = at;
    this.#scalars = scalars;
    this.#isTests = isTests;
  }

  complete(schema: JsonSchema, found: Completions, startsLine: boolean): void {
    const { path, isKey } = this.#at;
    const holder = isKey ? path.slice(0, -1) : path;
    const meaning = this.#isTests
      ? meaningInTests(this.#at, columnsOf(this.#scalars))
      : meaningInSettings(this.#at);
    if (!isKey) {
      this.#values(meaning, found);
      this.#columns(found);
      for (const value of valuesOf(schemaAt(schema, path)))
        found.add({ label: value, kind: "value", rank: 1 });
    }
    // A word alone on its line may become a key.
    if (!isKey && !startsLine && !this.#isInFlow()) return;
    const known = new Set(this.#keysBeside(holder));
    for (const { name, description } of membersOf(schemaAt(schema, holder))) {
      if (known.has(name)) continue;
      const documentation = description === undefined ? {} : { documentation: description };
      found.add({ label: name, kind: "key", rank: 1, insert: `${name}: `, ...documentation });
    }
    this.#freeKeys(holder, found);
  }

  #isInFlow(): boolean {
    return this.#at.isKey;
  }

  #keysBeside(holder: readonly (string | number)[]): string[] {
    return this.#scalars
      .filter(
        ({ isKey, path }) =>
          isKey && path.length === holder.length + 1 && holder.every((part, index) => path[index] === part),
      )
      .map(({ text }) => text);
  }

  #values(meaning: YamlMeaning | null, found: Completions): void {
    const project = this.#project;
    switch (meaning) {
      case "principal":
      case "resource":
        this.#entities(found, this.#typesOf(meaning));
        break;
      case "entity":
        this.#entities(found, null);
        break;
      case "action":
        for (const { id, principals, resources, declaration } of project.schema?.actions.values() ?? []) {
          if (principals.length === 0) continue;
          const documentation = declaration.doc === null ? {} : { documentation: declaration.doc };
          const detail = `${principals.join(", ")} → ${resources.join(", ")}`;
          found.add({ label: id, kind: "action", rank: 2, detail, ...documentation });
        }
        break;
      case "policy":
        if (this.#isTests) this.#policies(found, false);
        break;
      case "template":
        this.#policies(found, true);
        break;
      case "type":
        for (const name of project.schema?.entities.keys() ?? []) found.add({ label: name, kind: "type" });
        break;
      case "expect":
        found.words("value", 1, "allow", "deny");
        break;
    }
  }

  #typesOf(part: "principal" | "resource"): ReadonlySet<string> | null {
    const actions = [...(this.#project.schema?.actions.values() ?? [])];
    return actions.length === 0 ? null : new Set(actions.flatMap((action) => action[`${part}s`]));
  }

  #entities(found: Completions, types: ReadonlySet<string> | null): void {
    for (const [type, ids] of this.#project.entities) {
      if (types !== null && !types.has(type)) continue;
      for (const id of ids.keys()) {
        const bare = `${type}::${id}`;
        const label = /^[\w.@-]+$/.test(id) ? bare : `'${type}::${JSON.stringify(id)}'`;
        found.add({ label, kind: "entity", rank: 2 });
      }
    }
    for (const type of types ?? this.#project.schema?.entities.keys() ?? [])
      found.add({ label: `${type}::`, kind: "type", rank: 3 });
  }

  #policies(found: Completions, templates: boolean): void {
    for (const { id, annotations, window } of this.#project.policies()) {
      const isTemplate = window.tokens.slice(window.start, window.end).some(({ kind }) => kind === "slot");
      if (isTemplate !== templates) continue;
      const reason = annotations.get("reason");
      found.add({ label: id, kind: "policy", rank: 2, ...(reason ? { documentation: reason } : {}) });
    }
    if (!templates)
      for (const { id } of this.#project.settings.links) found.add({ label: id, kind: "policy" });
  }

  #columns(found: Completions): void {
    const { path } = this.#at;
    if (path[0] !== "tables" || path[2] !== "columns") return;
    found.words("key", 1, "principal", "action", "resource", "expect", "policies", "reason", "now", "name");
    found.words("key", 2, "obligations", "errors", "ignored");
    for (const part of ["principal", "resource"] as const) {
      for (const type of this.#typesOf(part) ?? [])
        for (const { name } of this.#project.schema?.entities.get(type)?.attributes ?? [])
          found.add({ label: `${part}.${name}`, kind: "attribute", rank: 3, detail: type });
    }
    for (const name of this.#contextMembers())
      found.add({ label: `context.${name}`, kind: "attribute", rank: 3 });
  }

  #contextMembers(): Set<string> {
    const actions = [...(this.#project.schema?.actions.values() ?? [])];
    return new Set(actions.flatMap(({ context }) => context.map(({ name }) => name)));
  }

  /** Keys that the shape of the file leaves open: members of the context, attributes, entities. */
  #freeKeys(holder: readonly (string | number)[], found: Completions): void {
    const last = holder.at(-1);
    if (last === "context") {
      for (const name of this.#contextMembers())
        found.add({ label: name, kind: "attribute", rank: 1, insert: `${name}: ` });
    } else if (last === "entities") {
      for (const [type, ids] of this.#project.entities) {
        for (const id of ids.keys()) {
          const label = `${type}::${id}`;
          found.add({ label, kind: "entity", rank: 2, insert: `${label}: ` });
        }
      }
    } else if (last === "attributes" || last === "properties") {
      const type = String(holder.at(-2) ?? "").replace(/::[^:]*$/, "");
      for (const { name } of this.#project.schema?.entities.get(type)?.attributes ?? [])
        found.add({ label: name, kind: "attribute", rank: 1, insert: `${name}: ` });
    }
  }
}
