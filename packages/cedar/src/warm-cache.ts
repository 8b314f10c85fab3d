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
  const count = Math.min(MOST_WORKERS, availableParallelism());
  if (unknown.size < FEWEST_POLICIES || count < 2) return;
  // They start while the schema is read here.
  const workers = Array.from({ length: count }, startWorker);
  try {
    if (schema !== null && !cache.schema(schema.path, schema.text).ok) return;
    const known = schema === null ? null : (cache.knownSchema ?? null);
    const parts = partsOf(byActionText([...unknown.values()]), known, count * PARTS_A_WORKER).values();
    await Promise.all(workers.map((worker) => workThrough(worker, parts, cache)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function startWorker(): Worker {
  const worker = new Worker(new URL("warm-cache-worker.js", import.meta.url));
  // One that fails leaves its work to the build; without a listener it would end the process.
  worker.on("error", () => {});
  return worker;
}

function partsOf(policies: readonly PolicyText[], schema: KnownSchema | null, count: number): Part[] {
  const size = Math.ceil(policies.length / count);
  const parts: Part[] = [];
  for (let at = 0; at < policies.length; at += size) {
    parts.push({ policies: policies.slice(at, at + size), schema });
  }
  return parts;
}

/** Policies for the same action are validated together, which is quicker; a guess at their actions will do. */
function byActionText(policies: readonly PolicyText[]): PolicyText[] {
  return policies
    .map((policy) => ({ policy, action: /\baction\b[^,;]*/.exec(policy.text)?.[0] ?? "" }))
    .sort((a, b) => (a.action < b.action ? -1 : a.action > b.action ? 1 : 0))
    .map(({ policy }) => policy);
}

/** Hands one worker one part after the other, until none is left. */
function workThrough(worker: Worker, parts: Iterator<Part>, cache: PolicyCache): Promise<void> {
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
  });
}
