import type { Diagnostic } from "@cordon/cedar";
import type { ResolvedSchema } from "@cordon/engine";
import { didYouMean } from "./did-you-mean.js";
import { SETTINGS_FILE } from "./project-files.js";
import type { Settings } from "./settings.js";

/**
 * Whether somebody could ever act for a principal, as the setting `identity` has it: with a slip of the finger in the
 * name of the member nobody would be looked at, and nobody would notice.
 */
export function unknownActor(
  { identity }: Settings,
  schema: ResolvedSchema | null,
  locate: (path: readonly PropertyKey[]) => Diagnostic["range"],
): Diagnostic[] {
  if (schema === null || identity?.both !== true) return [];
  const members = Object.values(schema.actions).flatMap(({ context }) => Object.entries(context.attributes));
  const entities = members.filter(([, { type }]) => type.type === "Entity").map(([name]) => name);
  if (entities.includes(identity.actor)) return [];
  const near = didYouMean(identity.actor, entities);
  const range = locate(["identity", "actor"]) ?? locate(["identity"]);
  return [
    {
      code: "settings_unknown_actor",
      severity: "error",
      message: `no action's context has a member \`${identity.actor}\` that is an entity`,
      help:
        near === undefined
          ? "declare who acts in the context of actions, such as `actor?: Agent`"
          : `did you mean \`${near}\`?`,
      file: SETTINGS_FILE,
      ...(range === undefined ? {} : { range }),
    },
  ];
}
