import type { ReasonCode } from "@cordon/engine";
import type { DecodedRequest } from "./decode.js";
import { own, type RequestModel } from "./request-model.js";

/** Why a well-formed request can only be denied. */
export interface Refusal {
  readonly code: ReasonCode;
  readonly message: string;
}

/** Step 1, second half: whether the schema knows what the request speaks of. Null: it does. */
export function checkRequest(request: DecodedRequest, model: RequestModel): Refusal | null {
  if (model.schema === null) return null;
  const { principal, action, resource } = request;
  const types = model.schema.entityTypes;
  if (own(types, principal.uid.type) === undefined) {
    return {
      code: "unknown_principal_type",
      message: `the schema has no entity type \`${principal.uid.type}\``,
    };
  }
  if (own(types, resource.uid.type) === undefined) {
    return {
      code: "unknown_resource_type",
      message: `the schema has no entity type \`${resource.uid.type}\``,
    };
  }
  if (action.model === null) {
    return { code: "unknown_action", message: `the schema has no action \`${action.uid}\`` };
  }
  if (!action.model.principalTypes.has(principal.uid.type)) {
    return notApplicable(request, `a principal of type \`${principal.uid.type}\``);
  }
  if (!action.model.resourceTypes.has(resource.uid.type)) {
    return notApplicable(request, `a resource of type \`${resource.uid.type}\``);
  }
  return null;
}

function notApplicable(request: DecodedRequest, to: string): Refusal {
  return { code: "action_not_applicable", message: `\`${request.action.uid}\` does not apply to ${to}` };
}
