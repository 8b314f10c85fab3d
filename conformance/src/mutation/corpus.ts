import type { AuthorizationCall } from "@cordon/cedar";
import { stringifyLossless } from "@cordon/cedar/internal";
import type { EntityJson, PolicySetJson, ResolvedSchema } from "@cordon/engine";
import { CHOICE_LIMIT, Choices } from "../generate/choices.js";
import { callOf, genWorld, type World } from "../generate/world.js";
import { officialAnswer, officialAnswers } from "../official.js";
import { policySet, resolvedSchema } from "../project.js";
import { supplyOf } from "../soak/supply.js";
import { trickyConditions } from "../tricky-calls.js";

/** Policies with questions and Cedar's own answers, which are compared without asking Cedar again. */
export interface CorpusCase {
  readonly policies: PolicySetJson;
  readonly schema: ResolvedSchema | null;
  readonly entities: readonly EntityJson[];
  readonly questions: readonly CorpusQuestion[];
}

export interface CorpusQuestion {
  readonly request: Pick<AuthorizationCall, "principal" | "action" | "resource" | "context">;
  readonly decision: string;
  readonly reason: readonly string[];
  readonly errors: readonly (readonly [policyId: string, message: string, help: string | null])[];
}

const WORLDS = 300;
const REQUESTS_PER_WORLD = 10;
const SEED = 1;

/** The tricky conditions and some hundred generated worlds, as JSON text. */
export function corpus(): string {
  const generated = Array.from({ length: WORLDS }, (_, index) =>
    genWorld(new Choices(supplyOf(SEED, index, CHOICE_LIMIT)), REQUESTS_PER_WORLD),
  );
  return stringifyLossless([...trickyConditions().map(trickyCase), ...generated.flatMap(worldCase)]) ?? "[]";
}

function worldCase(world: World): CorpusCase[] {
  // What is refused never reaches the engine, and unvalidated data only by way of the drop-in.
  if (world.fault !== null) return [];
  const answers = officialAnswers(world.requests.map((request) => callOf(world, request)));
  const questions = world.requests.flatMap((request, index) => question(request, answers[index]));
  if (questions.length === 0) return [];
  const [policies, schema] = [policySet(world), resolvedSchema(world)];
  return [{ policies, schema, entities: world.entities as unknown as EntityJson[], questions }];
}

function trickyCase(call: AuthorizationCall): CorpusCase {
  const { policies, entities } = call;
  const staticPolicies = [String(policies.staticPolicies)];
  const set = policySet({ policies: { staticPolicies, templates: {}, templateLinks: [] } } as never);
  return {
    policies: set,
    schema: null,
    entities: entities as unknown as EntityJson[],
    questions: question(call, officialAnswer(call)),
  };
}

function question(
  { principal, action, resource, context }: CorpusQuestion["request"],
  answer: ReturnType<typeof officialAnswer> | undefined,
): CorpusQuestion[] {
  if (answer?.type !== "success") return [];
  const { decision, diagnostics } = answer.response;
  const errors = diagnostics.errors.map(
    ({ policyId, error }) => [policyId, error.message, error.help ?? null] as const,
  );
  return [
    { request: { principal, action, resource, context }, decision, reason: diagnostics.reason, errors },
  ];
}
