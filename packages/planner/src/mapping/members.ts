import { isEntityTypeName } from "@cordon/engine";
import { PlanError } from "../plan-error.js";

/** The members of one object of a mapping, read with errors that say where. */
export class Members {
  readonly #json: Readonly<Record<string, unknown>>;
  readonly #path: string;

  private constructor(json: Readonly<Record<string, unknown>>, path: string) {
    this.#json = json;
    this.#path = path;
  }

  static of(json: unknown, path: string, what: string): Members {
    if (typeof json !== "object" || json === null || Array.isArray(json)) {
      throw invalid(path, `expected ${what}, an object`);
    }
    return new Members(json as Record<string, unknown>, path);
  }

  static nonEmpty(text: string, path: string): string {
    if (text === "") throw invalid(path, "expected a name, got empty text");
    return text;
  }

  names(): string[] {
    return Object.keys(this.#json);
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  raw(name: string): unknown {
    return Object.hasOwn(this.#json, name) ? this.#json[name] : undefined;
  }

  pathTo(name: string): string {
    return `${this.#path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  }

  only(known: readonly string[]): void {
    const unknown = this.names().find((name) => !known.includes(name));
    if (unknown === undefined) return;
    throw invalid(this.pathTo(unknown), `unknown member ${quote(unknown)}`, `known are ${list(known)}`);
  }

  text(name: string): string {
    const value = this.raw(name);
    if (typeof value !== "string") throw this.error(name, `expected text for ${quote(name)}`);
    return Members.nonEmpty(value, this.pathTo(name));
  }

  /** A name with at most a catalogue and a schema before it. */
  table(name: string): string {
    const text = this.text(name);
    if (text.split(".").every((part) => part !== "") && text.split(".").length <= 3) return text;
    throw this.error(name, `${quote(text)} is not the name of a table`);
  }

  typeName(name: string): string {
    const text = this.text(name);
    if (isEntityTypeName(text)) return text;
    throw this.error(name, `${quote(text)} is not the name of an entity type`);
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T {
    const text = this.text(name);
    const found = values.find((value) => value === text);
    if (found !== undefined) return found;
    throw invalid(
      this.pathTo(name),
      `unknown ${quote(name)} ${quote(text)}`,
      `expected one of ${list(values)}`,
    );
  }

  flag(name: string): boolean {
    const value = this.raw(name);
    if (typeof value === "boolean") return value;
    throw this.error(name, `expected true or false for ${quote(name)}`);
  }

  /** Empty where it is left out. */
  list(name: string): readonly unknown[] {
    const value = this.raw(name) ?? [];
    if (Array.isArray(value)) return value;
    throw this.error(name, `expected a list for ${quote(name)}`);
  }

  error(name: string | undefined, message: string): PlanError {
    return invalid(name === undefined ? this.#path : this.pathTo(name), message);
  }
}

export function quote(text: string): string {
  return `\`${text}\``;
}

function list(names: readonly string[]): string {
  return names.map(quote).join(", ");
}

function invalid(path: string, message: string, help?: string): PlanError {
  return new PlanError("mapping_invalid", message, { path, ...(help === undefined ? {} : { help }) });
}
