import type { AuthorizationAnswer, AuthorizationCall } from "@cordon/cedar";
import { type CedarFunctions, cedar } from "@cordon/cedar/internal";

type StatefulCall = Parameters<CedarFunctions["statefulIsAuthorized"]>[0];

const NAME = "conformance";

/**
 * The official answers to calls that have their policies, schema and `validateRequest` in common. Parsing is
 * most of what an official call costs, so the policies and the schema are parsed once for all of them.
 */
export function officialAnswers(calls: readonly AuthorizationCall[]): AuthorizationAnswer[] {
  const [first] = calls;
  if (!first) return [];
  const official = cedar();
  requireParsed(
    official.preparsePolicySet(NAME, first.policies as Parameters<CedarFunctions["preparsePolicySet"]>[1]),
  );
  if (first.schema) requireParsed(official.preparseSchema(NAME, first.schema));
  return calls.map(({ policies: _, schema, ...rest }) => {
    const call = {
      ...rest,
      preparsedPolicySetId: NAME,
      ...(!schema ? {} : { preparsedSchemaName: NAME }),
    };
    // The boundary takes bigints where the official types know only numbers.
    return official.statefulIsAuthorized(call as StatefulCall);
  });
}

/** The official answer to one call, by the very function that ours replaces. */
export function officialAnswer(call: AuthorizationCall): AuthorizationAnswer {
  return cedar().isAuthorized(call as Parameters<CedarFunctions["isAuthorized"]>[0]);
}

function requireParsed(answer: ReturnType<CedarFunctions["preparsePolicySet"]>): void {
  if (answer.type === "failure")
    throw new Error(`generated text doesn't parse: ${JSON.stringify(answer.errors)}`);
}
