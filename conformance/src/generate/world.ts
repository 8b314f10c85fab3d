import type { AuthorizationCall, CallEntity } from "@cordon/cedar";
import type { Choices } from "./choices.js";
import { type GeneratedRequest, genEntities, genRequest } from "./data.js";
import { type Fault, genFault } from "./faults.js";
import { type GeneratedPolicies, genPolicies } from "./policies.js";
import { schemaText } from "./schemas.js";
import { genVocabulary } from "./types.js";

/** Everything that a number of calls have in common, and what differs between them. */
export interface World {
  schema: string | null;
  policies: GeneratedPolicies;
  entities: CallEntity[];
  requests: GeneratedRequest[];
  /** What is wrong with the entities or the requests; null for most worlds. */
  fault: Fault | null;
}

export function genWorld(choices: Choices, requests: number): World {
  const vocabulary = genVocabulary(choices);
  const schema = choices.chance(0.6) ? schemaText(choices, vocabulary) : null;
  const policies = genPolicies(choices, vocabulary);
  const entities = genEntities(choices, vocabulary, schema !== null);
  const fault = choices.chance(0.12) ? genFault(choices) : null;
  const world: World = {
    ...{ schema, policies, entities, fault },
    requests: Array.from({ length: requests }, () => genRequest(choices, vocabulary, schema !== null)),
  };
  fault?.apply(world);
  return world;
}

/** The policies of a world as one text, in which they have the ids `policy0`, `policy1`, … */
export function policySetOf({ policies }: World): AuthorizationCall["policies"] {
  return { ...policies, staticPolicies: policies.staticPolicies.join("\n// é; permit\n") };
}

export function callOf(world: World, request: GeneratedRequest): AuthorizationCall {
  const { schema, entities, fault } = world;
  return {
    ...request,
    policies: policySetOf(world),
    entities,
    ...(schema === null ? {} : { schema }),
    ...(fault?.unvalidated ? { validateRequest: false } : {}),
  };
}
