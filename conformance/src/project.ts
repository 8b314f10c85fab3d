import type { AuthorizationAnswer } from "@cordon/cedar";
import { parseSchema } from "@cordon/cedar";
import { cedar } from "@cordon/cedar/internal";
import {
  type Answer,
  type Authorizer,
  actionEntities,
  type CedarRecord,
  type CedarValueJson,
  compile,
  decodeEntity,
  decodeValue,
  EntityStore,
  EntityUid,
  type Explanation,
  type PolicyJson,
  type PolicySetJson,
  type Request,
  type ResolvedSchema,
} from "@cordon/engine";
import type { World } from "./generate/world.js";

export interface ProjectAnswer {
  answer: AuthorizationAnswer;
  /** What the explanation says the answer is. */
  explained: AuthorizationAnswer;
}

/** A world as the engine has it. */
export interface EngineWorld {
  authorizer: Authorizer;
  entities: EntityStore;
  requests: Request[];
}

/** Reads a world by the engine's own decoding of entities and values, which the drop-in doesn't use. */
export function engineWorld(world: World): EngineWorld {
  const schema = resolvedSchema(world);
  const data = [
    ...world.entities.map((entity) =>
      decodeEntity(entity as unknown as Parameters<typeof decodeEntity>[0], schema),
    ),
    ...(schema ? actionEntities(schema) : []),
  ];
  const requests = world.requests.map((request): Request => {
    const action = EntityUid.of(request.action.type, request.action.id);
    const type = schema?.actions[action.toString()]?.context;
    return {
      principal: EntityUid.of(request.principal.type, request.principal.id),
      action,
      resource: EntityUid.of(request.resource.type, request.resource.id),
      context: decodeValue(request.context as CedarValueJson, type) as CedarRecord,
    };
  });
  return { authorizer: compile(policySet(world)), entities: EntityStore.from(data), requests };
}

/** Answers a world's requests as a policy project's decider does: with explanations, which the drop-in hasn't. */
export function projectAnswers(world: World): ProjectAnswer[] {
  const { authorizer, entities, requests } = engineWorld(world);
  return requests.map((request) => answersOf(authorizer, entities, request));
}

function answersOf(authorizer: Authorizer, entities: EntityStore, request: Request): ProjectAnswer {
  const answer = officialForm(authorizer.isAuthorized(request, entities));
  return { answer, explained: officialForm(answerOf(authorizer.explain(request, entities))) };
}

function answerOf({ decision, policies }: Explanation): Answer {
  return {
    decision,
    reason: policies.filter(({ determining }) => determining).map(({ policyId }) => policyId),
    errors: policies.flatMap(({ policyId, error }) => (error ? [{ policyId, error }] : [])),
  };
}

function officialForm({ decision, reason, errors }: Answer): AuthorizationAnswer {
  const detailed = errors.map(({ policyId, error: { message, help } }) => ({
    policyId,
    error: { message, help, code: null, url: null, severity: null },
  }));
  return { type: "success", warnings: [], response: { decision, diagnostics: { reason, errors: detailed } } };
}

export function resolvedSchema({ schema }: World): ResolvedSchema | null {
  if (schema === null) return null;
  const parsed = parseSchema(schema, "generated.cedarschema");
  if (parsed.ok) return parsed.schema;
  throw new Error(parsed.diagnostics.map(({ message }) => message).join("; "));
}

export function policySet({ policies }: World): PolicySetJson {
  const set: PolicySetJson = { staticPolicies: {}, templates: {}, templateLinks: [] };
  for (const [index, text] of policies.staticPolicies.entries()) {
    set.staticPolicies[`policy${index}`] = requireJson(cedar().policyToJson(text));
  }
  for (const [id, text] of Object.entries(policies.templates)) {
    set.templates[id] = requireJson(cedar().templateToJson(text));
  }
  set.templateLinks = policies.templateLinks;
  return set;
}

function requireJson(answer: ReturnType<ReturnType<typeof cedar>["policyToJson"]>): PolicyJson {
  if (answer.type === "success") return answer.json as PolicyJson;
  throw new Error("generated text doesn't parse");
}
