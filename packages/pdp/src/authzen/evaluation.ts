import type { DecisionRequest } from "@cordon/engine";
import type { JsonValue } from "@cordon/engine/json";
import { splitContext } from "./credentials.js";
import { identifiedAt, namedAt, objectAt } from "./members.js";

/**
 * Reads the body of an Access Evaluation request (AuthZEN 1.0, "The Access Evaluation API Request").
 * Members that the specification doesn't name are ignored, as it demands for forward compatibility.
 *
 * @throws AuthzenError naming the member that is missing or ill-typed
 */
export function decodeEvaluation(body: JsonValue): DecisionRequest {
  const request = objectAt(body, "");
  const principal = identifiedAt(request.subject, "/subject");
  const action = namedAt(request.action, "/action");
  const resource = identifiedAt(request.resource, "/resource");
  if (request.context === undefined) return { principal, action, resource };
  return { principal, action, resource, ...splitContext(request.context, "/context") };
}

const WIRE_NAMES: Record<string, string> = {
  principal: "subject",
  credentials: "context/credentials",
  resourceType: "resource/type",
  principalType: "subject/type",
};

/**
 * Where a pointer into a `DecisionRequest` lies in the body it was read from: `principal` is called otherwise
 * on the wire, and credentials travel inside the context.
 */
export function wirePointer(path: string): string {
  const [, head = "", rest = ""] = /^\/([^/]*)(.*)$/s.exec(path) ?? [];
  return path === "" ? "" : `/${WIRE_NAMES[head] ?? head}${rest}`;
}
