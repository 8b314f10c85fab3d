import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { SourceError } from "./source-error.js";

const REFERENCE = /\$\{(env|file):([^}]+)\}/g;
/** A shorter one would blot out ordinary words. */
const MIN_SCRUBBED = 4;
const SCRUBBED = "•••";

/** Secrets in the place of their references, and the secrets themselves, to keep them out of messages. */
export interface ResolvedSettings<T> {
  readonly settings: T;
  readonly secrets: readonly string[];
}

/**
 * Puts what `${env:NAME}` and `${file:path}` refer to in their places, in texts at any depth. A file's last
 * line break doesn't count.
 *
 * @throws SourceError `source_settings` where there is no such variable or file
 */
export function resolveSecrets<T>(source: string, directory: string, settings: T): ResolvedSettings<T> {
  const secrets = new Set<string>();
  const inText = (text: string): string =>
    text.replace(REFERENCE, (_reference, from: string, name: string) => {
      const secret = from === "env" ? fromEnvironment(source, name) : fromFile(source, directory, name);
      addForms(secret, secrets);
      return secret;
    });
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") {
      const text = value.includes("${") ? inText(value) : value;
      addPassword(text, secrets);
      return text;
    }
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
      return value;
    }
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, walk(member)]));
  };
  return { settings: walk(settings) as T, secrets: [...secrets].sort((a, b) => b.length - a.length) };
}

/** A text with every secret in it made unreadable. */
export function scrub(text: string, secrets: readonly string[]): string {
  let scrubbed = text;
  for (const secret of secrets) scrubbed = scrubbed.replaceAll(secret, SCRUBBED);
  return scrubbed;
}

/** A secret and the forms in which drivers repeat it. */
function addForms(secret: string, secrets: Set<string>): void {
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  for (const form of forms) if (form.length >= MIN_SCRUBBED) secrets.add(form);
}

/** The password of a URL is a secret, also where it is written out in the settings. */
function addPassword(text: string, secrets: Set<string>): void {
  if (!URL.canParse(text)) return;
  const { password } = new URL(text);
  for (const form of [password, decoded(password)]) if (form.length >= MIN_SCRUBBED) secrets.add(form);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function fromEnvironment(source: string, name: string): string {
  const value = process.env[name];
  if (value !== undefined) return value;
  throw new SourceError(
    "source_settings",
    source,
    `there is no environment variable \`${name}\``,
    `set it where Cordon is started, or write \`\${file:path}\` instead`,
  );
}

function fromFile(source: string, directory: string, path: string): string {
  try {
    return readFileSync(resolve(directory, path), "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new SourceError(
      "source_settings",
      source,
      `the file \`${path}\` can't be read (${code})`,
      "a path is relative to the project; let this user read the file",
    );
  }
}
