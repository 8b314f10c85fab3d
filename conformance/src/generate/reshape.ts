import type { AuthorizationCall, CallPolicy, CallPolicySet } from "@cordon/cedar";
import { cedar } from "@cordon/cedar/internal";
import type { GeneratedRequest } from "./data.js";
import { callOf, type World } from "./world.js";

export const SHAPES = ["text", "record", "JSON", "mixed"] as const;
export type Shape = (typeof SHAPES)[number];

/** The same call with its policies, and in some shapes its schema, written in another of the ways Cedar takes. */
export function callInShape(world: World, request: GeneratedRequest, shape: Shape): AuthorizationCall {
  const call = callOf(world, request);
  if (shape === "text") return call;
  const { schema, ...rest } = call;
  const written = typeof schema === "string" && shape !== "record" ? schemaJson(schema) : schema;
  return { ...rest, policies: policiesIn(world, shape), ...(written ? { schema: written } : {}) };
}

function policiesIn({ policies }: World, shape: Shape): CallPolicySet {
  const write = (text: string, index: number, toJson: (text: string) => CallPolicy): CallPolicy =>
    shape === "record" || (shape === "mixed" && index % 2 === 0) ? text : toJson(text);
  const ids = ["é😀", "__proto__", "policy1", "", "policy0"];
  return {
    templateLinks: policies.templateLinks,
    templates: recordOf(
      Object.entries(policies.templates).map(([id, text], index) => [id, write(text, index, templateJson)]),
    ),
    staticPolicies: recordOf(
      policies.staticPolicies.map((text, index) => [
        ids[index] ?? `${index}`,
        write(text, index, policyJson),
      ]),
    ),
  };
}

function recordOf(entries: [string, CallPolicy][]): { [id: string]: CallPolicy } {
  const made: { [id: string]: CallPolicy } = Object.create(null);
  for (const [id, policy] of entries) made[id] = policy;
  return made;
}

function policyJson(text: string): CallPolicy {
  return requireJson(cedar().policyToJson(text)) as unknown as CallPolicy;
}

function templateJson(text: string): CallPolicy {
  return requireJson(cedar().templateToJson(text)) as unknown as CallPolicy;
}

function schemaJson(text: string): NonNullable<AuthorizationCall["schema"]> {
  return requireJson(cedar().schemaToJson(text));
}

function requireJson<Json>(answer: { type: "success"; json: Json } | { type: "failure" }): Json {
  if (answer.type === "success") return answer.json;
  throw new Error("generated text doesn't parse");
}
