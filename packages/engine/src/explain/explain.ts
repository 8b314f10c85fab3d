import type { PolicyInfo, Request } from "../authorizer.js";
import type { Entities } from "../entities/types.js";
import type { CompiledPolicy } from "../policy/compiled.js";
import type { PolicyId } from "../policy/types.js";
import type { Explanation } from "./types.js";

export function explainRequest(
  _policies: readonly CompiledPolicy[],
  _info: (id: PolicyId) => PolicyInfo | undefined,
  _request: Request,
  _entities: Entities,
): Explanation {
  throw new Error("not written yet");
}
