import { parentPort } from "node:worker_threads";
import { PolicyCache } from "./policy-cache.js";
import { TextPositions } from "./positions.js";
import type { ProjectPolicy } from "./project-policies.js";
import { validateProject } from "./validation.js";
import type { Part, PartResult } from "./warm-cache.js";

/** The thread that `warmCache` starts: it answers each part with what the front end says of its policies. */
const cache = new PolicyCache();

parentPort?.on("message", (part: Part) => {
  parentPort?.postMessage(judge(part));
});

function judge({ policies, schema }: Part): PartResult {
  const parsed = cache.parseAll(policies);
  if (schema !== null && cache.adoptSchema(schema).result.ok) {
    const accepted = policies.flatMap((written, index): ProjectPolicy[] => {
      const one = parsed[index];
      if (!one?.ok) return [];
      const { json, isTemplate } = one;
      return [{ id: `${index}`, json, isTemplate, file: "", positions: new TextPositions(""), written }];
    });
    validateProject(schema.text, accepted, [], cache);
  }
  const result = policies.flatMap(({ text }, index) => {
    const one = parsed[index];
    return one === undefined ? [] : { parsed: one, findings: cache.findings(text) };
  });
  cache.sweep();
  return result;
}
