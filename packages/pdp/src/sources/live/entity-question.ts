import type { EntityAnswer, EntityQuestion } from "../context-source.js";
import { SourceError } from "../source-error.js";
import type { LiveSource } from "./live-source.js";
import type { Part } from "./part.js";
import type { SourceSet } from "./source-set.js";

/**
 * Answers what one source wants to know of an entity that others provide, with their caches and limits. Without a
 * promise where all of it is kept and fresh enough.
 *
 * @param asker the source that asks, for messages
 * @throws SourceError
 */
export function askSources(
  set: SourceSet | null,
  asker: string,
  question: EntityQuestion,
  signal: AbortSignal,
): EntityAnswer | null | Promise<EntityAnswer | null> {
  const owners = ownersOf(set, question);
  if (owners.size === 0) {
    throw new SourceError(
      "source_settings",
      asker,
      `no source provides the entity type \`${question.type}\``,
      "declare one that does, or name another type",
    );
  }
  const parts = [...owners].map(([source, names]) => askOne(source, names, question, signal));
  if (parts.every((part) => !(part instanceof Promise))) return answerOf(parts as Part[]);
  return Promise.all(parts).then(answerOf);
}

/** Which source is asked for which attributes: each for what it owns, and at least one whether there is such an entity. */
function ownersOf(set: SourceSet | null, { type, attributes }: EntityQuestion): Map<LiveSource, string[]> {
  const route = set?.routes.get(type);
  const owners = new Map<LiveSource, string[]>();
  for (const name of attributes) {
    const owner = route?.attributes.get(name);
    if (owner === undefined) continue;
    const names = owners.get(owner);
    if (names === undefined) owners.set(owner, [name]);
    else names.push(name);
  }
  const [first] = route?.sources ?? [];
  if (owners.size === 0 && first !== undefined) owners.set(first, []);
  return owners;
}

function askOne(
  source: LiveSource,
  names: readonly string[],
  { type, id, maxAgeMs }: EntityQuestion,
  signal: AbortSignal,
): Part | Promise<Part> {
  const wanted = { attributes: new Set(names), parents: false, tags: false };
  const limits = [maxAgeMs, ...names.map((name) => source.maxAgeOf(type, name))];
  const set = limits.filter((limit) => limit !== undefined);
  const limit = set.length === 0 ? undefined : Math.min(...set);
  const demand = { at: source.now(), maxAgeMs };
  const kept = source.kept(type, id, wanted, limit, demand);
  if (kept !== undefined) return kept;
  const { answer, leave } = source.ask(type, id, wanted, limit, demand);
  return unlessAborted(answer, leave, signal);
}

function unlessAborted<T>(answer: Promise<T>, leave: () => void, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      leave();
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    answer.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", abort);
      leave();
    });
    if (signal.aborted) abort();
  });
}

/** Null where every source that was asked says that there is no such entity. */
function answerOf(parts: readonly Part[]): EntityAnswer | null {
  const present = parts.filter(({ entity }) => entity !== null);
  if (present.length === 0) return null;
  return {
    attrs: new Map(present.flatMap(({ entity }) => [...(entity?.attrs ?? [])])),
    obtainedAt: Math.min(...present.map(({ askedAtTime }) => askedAtTime)),
    stale: present.some(({ stale }) => stale),
  };
}
