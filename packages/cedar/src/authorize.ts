import type { AuthorizationCall as OfficialCall } from "@cedar-policy/cedar-wasm/nodejs";
import type { Answer, Path } from "@cordon/engine";
import { parseJson } from "@cordon/engine/json";
import type { AuthorizationAnswer, AuthorizationCall } from "./call.js";
import { acceptData } from "./call-data.js";
import { acceptPolicies, type EvaluationPath } from "./call-policies.js";
import { CallRefused } from "./call-refused.js";
import { acceptSchema } from "./call-schema.js";
import { CedarError } from "./failures.js";
import { stringifyLossless } from "./lossless-json.js";
import { cedar } from "./wasm.js";

const MEMBERS = new Set([
  "principal",
  "action",
  "resource",
  "context",
  "schema",
  "validateRequest",
  "policies",
  "entities",
]);

/**
 * A drop-in for `isAuthorized` of cedar-wasm 4.13: the same call in, the same answer out, decided by our
 * engine. Integers beyond 2^53 may be given as bigints. Differences: the errors of policies have no
 * `sourceLocations`, and policies, schemas and entities seen a moment ago aren't parsed again.
 *
 * A call that Cedar refuses is answered, or thrown at, in Cedar's own words.
 *
 * @throws CedarError `front_end_disagrees` should our engine refuse what Cedar accepts; it never decides then
 */
export function isAuthorized(call: AuthorizationCall): AuthorizationAnswer {
  try {
    if (!hasOnlyKnownMembers(call)) throw new CallRefused("shape");
    const schema = acceptSchema(call.schema);
    const authorizer = acceptPolicies(call.policies);
    const { request, entities } = acceptData(call, schema);
    return answerFrom(authorizer.isAuthorized(request, entities), schema?.warnings ?? []);
  } catch (error) {
    return refusal(call, error);
  }
}

/** The answer to a call on one path of the engine, and what really evaluated it; null where Cedar refuses the call. */
export interface AnswerOnPath {
  readonly answer: AuthorizationAnswer;
  readonly ran: Path | null;
}

/** The same as `isAuthorized` on each of these paths of the engine; the call is read once. */
export function isAuthorizedOnEach(
  call: AuthorizationCall,
  paths: readonly EvaluationPath[],
): AnswerOnPath[] {
  try {
    if (!hasOnlyKnownMembers(call)) throw new CallRefused("shape");
    const schema = acceptSchema(call.schema);
    const authorizers = paths.map((path) => acceptPolicies(call.policies, path));
    const { request, entities } = acceptData(call, schema);
    return authorizers.map((authorizer) => {
      const answer = answerFrom(authorizer.isAuthorized(request, entities), schema?.warnings ?? []);
      return { answer, ran: authorizer.path };
    });
  } catch (error) {
    const answer = refusal(call, error);
    return paths.map(() => ({ answer, ran: null }));
  }
}

/**
 * The same on JSON text, for callers whose own JSON would lose 64-bit integers.
 *
 * @throws for text that isn't strict JSON, duplicate members included
 */
export function isAuthorizedJson(text: string): string {
  const answer = isAuthorized(parseJson(text) as unknown as AuthorizationCall);
  return stringifyLossless(answer) ?? "null";
}

function hasOnlyKnownMembers(call: AuthorizationCall): boolean {
  if (typeof call !== "object" || call === null) return false;
  return Object.entries(call).every(([name, value]) => MEMBERS.has(name) || value === undefined);
}

function answerFrom(
  { decision, reason, errors }: Answer,
  warnings: AuthorizationAnswer["warnings"],
): AuthorizationAnswer {
  const detailed = errors.map(({ policyId, error: { message, help } }) => ({
    policyId,
    error: { message, help, code: null, url: null, severity: null, sourceLocations: [], related: [] },
  }));
  return { type: "success", response: { decision, diagnostics: { reason, errors: detailed } }, warnings };
}

/** What is thrown while a call is prepared, by us or by the front end, means a call that Cedar refuses, too. */
function refusal(call: AuthorizationCall, cause: unknown): AuthorizationAnswer {
  const answer = cedar().isAuthorized(call as OfficialCall);
  if (answer.type === "failure") return answer;
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new CedarError(
    "front_end_disagrees",
    `a call that Cedar accepts can't be decided: ${reason}`,
    "please report this call",
    cause,
  );
}
