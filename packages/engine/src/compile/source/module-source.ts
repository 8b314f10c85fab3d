import type { Bundle } from "../../bundle.js";
import { actionEntities } from "../../entities/action-entities.js";
import { EntityStore } from "../../entities/store.js";
import type { Entities } from "../../entities/types.js";
import { Frame } from "../../frame.js";
import { buildPolicies } from "../../policy/build-policies.js";
import type { CompiledPolicy } from "../../policy/compiled.js";
import type { ResolvedSchema } from "../../schema.js";
import { EntityUid } from "../../value/entity-uid.js";
import { CedarRecord } from "../../value/record.js";
import { policiesFor } from "../applicable.js";
import { RUNTIME } from "../runtime.js";
import { decisionSource } from "./decision-source.js";
import type { Situation } from "./expression-source.js";
import { jsonSource, quote } from "./literal-source.js";

/**
 * A bundle as a JavaScript module that exports a ready authorizer: its policies, and code for every action, type of
 * principal and type of resource that the schema lets meet. Nothing in it makes code of text, so it runs under any
 * content security policy. Requests beyond the schema are decided as well, by closures.
 *
 * @throws EngineError for malformed policies
 */
export function moduleSource(bundle: Bundle): string {
  const { policies } = buildPolicies(bundle.policies);
  const functions = new Map<string, string>();
  const entries: string[] = [];
  for (const situation of bundle.schema === null ? [] : situationsOf(bundle.schema)) {
    const applying = policiesFor(policies, situation.frame);
    if (applying === null || applying.length === 0) continue;
    const source = decisionSource(applying, situation);
    const name = functions.get(source) ?? `decide${functions.size}`;
    functions.set(source, name);
    entries.push(entrySource(situation, applying, name));
  }
  const code = Array.from(functions, ([source, name]) => `const ${name} = ${source};\n`).join("\n");
  const used = Object.keys(RUNTIME).filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  return `// Written by \`cordon bundle\`; made anew whenever the policies change, so don't edit it.
import { ${["compilePrepared", ...used].join(", ")} } from "@cordon/engine/generated";

${code}
export const authorizer = compilePrepared(
  ${jsonSource({ ...bundle, sources: {}, schema: null, settings: {} })},
  [
${entries.join("")}  ],
);
`;
}

interface FramedSituation extends Situation {
  readonly frame: Frame;
}

function* situationsOf(schema: ResolvedSchema): Generator<FramedSituation> {
  const entities: Entities = EntityStore.from(actionEntities(schema));
  for (const { uid, principalTypes, resourceTypes } of Object.values(schema.actions)) {
    const action = EntityUid.of(uid.type, uid.id);
    for (const principalType of principalTypes) {
      for (const resourceType of resourceTypes) {
        const request = {
          principal: EntityUid.of(principalType, ""),
          action,
          resource: EntityUid.of(resourceType, ""),
          context: CedarRecord.EMPTY,
        };
        yield { action, principalType, resourceType, frame: new Frame(request, entities) };
      }
    }
  }
}

function entrySource(situation: Situation, policies: readonly CompiledPolicy[], decide: string): string {
  const { action, principalType, resourceType } = situation;
  const types = `principalType: ${quote(principalType)}, resourceType: ${quote(resourceType)}`;
  const ordinals = policies.map(({ ordinal }) => ordinal).join(", ");
  const actionSource = `action: { type: ${quote(action.type)}, id: ${quote(action.id)} }`;
  return `    { ${actionSource}, ${types}, policies: [${ordinals}], decide: ${decide} },\n`;
}
