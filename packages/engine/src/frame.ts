import type { Entities, Entity } from "./entities/types.js";
import type { Environment } from "./environment.js";
import type { Request } from "./request.js";
import type { EntityUid } from "./value/entity-uid.js";
import type { CedarRecord } from "./value/record.js";

/**
 * One request against its entities. Those that the request names, which nearly every policy asks for, are looked up
 * once; whatever evaluates is given the frame, and finds them there.
 */
export class Frame implements Environment, Entities {
  readonly request: Request;
  readonly all: Entities;
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: CedarRecord;
  readonly principalEntity: Entity | undefined;
  readonly actionEntity: Entity | undefined;
  readonly resourceEntity: Entity | undefined;

  constructor(request: Request, all: Entities) {
    const { principal, action, resource } = request;
    this.request = request;
    this.all = all;
    this.principal = principal;
    this.action = action;
    this.resource = resource;
    this.context = request.context;
    this.principalEntity = all.get(principal);
    this.actionEntity = all.get(action);
    this.resourceEntity = all.get(resource);
  }

  get entities(): Entities {
    return this;
  }

  get(uid: EntityUid): Entity | undefined {
    if (uid === this.principal) return this.principalEntity;
    if (uid === this.resource) return this.resourceEntity;
    if (uid === this.action) return this.actionEntity;
    return this.all.get(uid);
  }
}
