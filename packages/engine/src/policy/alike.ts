import type { PolicyBody } from "./compiled.js";

type Clauses = Pick<PolicyBody, "conditions" | "attributeNames">;

/**
 * What policies of a set have in common. Many are written alike, about one team or folder after the other: what
 * they share is built and compiled once, and stays in the processor's caches however many there are.
 */
export class Alike {
  readonly #clauses = new Map<string, Clauses>();
  readonly #bodies = new Map<string, PolicyBody>();

  /** A body whose clauses are those built for the same JSON before, or else built now. Annotations are a policy's own. */
  body(own: Omit<PolicyBody, keyof Clauses | "run">, json: unknown, build: () => Clauses): PolicyBody {
    const text = textOf(json);
    const clauses = remembered(this.#clauses, text, build);
    const key =
      text !== undefined && Object.keys(own.annotations).length === 0 ? own.effect + text : undefined;
    return remembered(this.#bodies, key, () => ({ ...own, ...clauses, run: undefined }));
  }
}

function remembered<T>(known: Map<string, T>, key: string | undefined, build: () => T): T {
  const found = key === undefined ? undefined : known.get(key);
  if (found !== undefined) return found;
  const built = build();
  if (key !== undefined) known.set(key, built);
  return built;
}

/** Undefined for what JSON has no text for: integers beyond 2^53, and nesting without end. */
function textOf(json: unknown): string | undefined {
  try {
    return JSON.stringify(json);
  } catch {
    return undefined;
  }
}
