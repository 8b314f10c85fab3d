import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type ActionInput, parseEntityUid } from "@cordon/engine";
import { loadProject } from "@cordon/pdp/project";
import { explainRequest } from "../explained-decision.js";

const PROJECT = fileURLToPath(new URL("../../../../../examples/helpdesk", import.meta.url));
const { content } = await loadProject(PROJECT);
assert.ok(content !== undefined);
const { bundle, store } = content;

/** A question to the example project, at noon where no other time is said. */
export function askHelpdesk(
  principal: string,
  action: ActionInput,
  resource: string,
  { at = "2026-11-24T12:00:00Z", ...context }: Record<string, unknown> & { at?: string } = {},
) {
  const request = { principal: uid(principal), action, resource: uid(resource), context };
  return explainRequest(bundle, store, request, new Date(at));
}

function uid(text: string): string {
  const [type = "", id = ""] = text.split("::");
  return parseEntityUid(`${type}::"${id}"`).toString();
}
