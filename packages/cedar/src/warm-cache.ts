import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { KnownSchema, ParsedPolicy, PolicyCache, ValidationFindings } from "./policy-cache.js";
import { type PolicyText, splitPolicies } from "./policy-text.js";

/** A part of the policies, for a worker. */
export interface Part {
  readonly policies: readonly PolicyText[];
  /** Accepted already, so that no worker has to read it again. */
  readonly schema: KnownSchema | null;
}

/** What a worker found of each policy of a part; findings are absent for what doesn't parse. */
export type PartResult = readonly { parsed: ParsedPolicy; findings?: ValidationFindings | undefined }[];

/** A worker takes a tenth of a second to start: below this many policies it never pays. */
const FEWEST_POLICIES = 400;
const MOST_WORKERS = 4;
/** Every part costs a reading of the schema; with several a worker, none waits long for the last one. */
const PARTS_A_WORKER = 2;

/**
 * Lets a cache know, before a build, what the front end says of policies that are new to it, on all cores. What can't
 * be found out here, for whatever reason, the build finds out itself.
 */
export async function warmCache(
  files: readonly { path: string; text: string }[],
  schema: { readonly path: string; readonly text: string } | null,
  cache: PolicyCache,
): Promise<void> {
  const unknown = new Map<string, PolicyText>();
  for (const { text } of files) {
    for (const policy of splitPolicies(text)) if (!cache.knows(policy.text)) unknown.set(policy.text, policy);
  }
  const workers = Math.min(MOST_WORKERS, availableParallelism());
  if (unknown.size < FEWEST_POLICIES || workers < 2) return;
  if (schema !== null && !cache.schema(schema.path, schema.text).ok) return;
  const known = schema === null ? null : (cache.knownSchema ?? null);
  const policies = byActionText([...unknown.values()]);
  const parts: Part[] = [];
  const size = Math.ceil(policies.length / (workers * PARTS_A_WORKER));
  for (let at = 0; at < policies.length; at += size) {
    parts.push({ policies: policies.slice(at, at + size), schema: known });
  }
  const next = parts.values();
  await Promise.all(Array.from({ length: workers }, () => workThrough(next, cache)));
}

/** Policies for the same action are validated together, which is quicker; a guess at their actions will do. */
function byActionText(policies: readonly PolicyText[]): PolicyText[] {
  return policies
    .map((policy) => ({ policy, action: /\baction\b[^,;]*/.exec(policy.text)?.[0] ?? "" }))
    .sort((a, b) => (a.action < b.action ? -1 : a.action > b.action ? 1 : 0))
    .map(({ policy }) => policy);
}

/** Hands one worker one part after the other, until none is left. */
function workThrough(parts: Iterator<Part>, cache: PolicyCache): Promise<void> {
  const worker = new Worker(new URL("warm-cache-worker.js", import.meta.url));
  return new Promise<void>((resolve) => {
    let current: Part | undefined;
    const proceed = () => {
      current = parts.next().value as Part | undefined;
      if (current === undefined) resolve();
      else worker.postMessage(current);
    };
    worker.on("message", (result: PartResult) => {
      for (const [index, { parsed, findings }] of result.entries()) {
        const text = current?.policies[index]?.text;
        if (text !== undefined) cache.adopt(text, parsed, findings);
      }
      proceed();
    });
    worker.once("error", () => resolve());
    proceed();
  }).finally(() => worker.terminate());
}
