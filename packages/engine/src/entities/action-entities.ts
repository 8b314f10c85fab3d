import type { ResolvedSchema } from "../schema.js";
import { EntityUid } from "../value/entity-uid.js";
import type { EntityData } from "./types.js";

/** The action entities that a schema declares, with their hierarchy. */
export function actionEntities(schema: ResolvedSchema): EntityData[] {
  return Object.values(schema.actions).map(({ uid, memberOf }) => ({
    uid: EntityUid.of(uid.type, uid.id),
    parents: memberOf.map((parent) => EntityUid.of(parent.type, parent.id)),
  }));
}
