import { type Entity, EntityUid, encodeEntity } from "@cordon/engine";
import type { HelpdeskProject } from "./project.js";
import type { PlainRequest } from "./requests.js";

/**
 * The entities that a request needs and no others: those it names, with all above them. An application that gives
 * cedar-wasm this much has done the work of finding it, which the figures leave out, to the peer's advantage.
 */
export function sliceOf(project: HelpdeskProject, request: PlainRequest): unknown[] {
  const found = new Map<string, Entity>();
  for (const { type, id } of [request.principal, request.action, request.resource]) {
    const uid = EntityUid.of(type, id);
    add(found, project, uid);
    for (const ancestor of project.store.get(uid)?.ancestors() ?? []) add(found, project, ancestor);
  }
  return [...found.values()].map((entity) => encodeEntity(entity));
}

function add(found: Map<string, Entity>, project: HelpdeskProject, uid: EntityUid): void {
  const entity = project.store.get(uid);
  if (entity !== undefined) found.set(uid.toString(), entity);
}
