import type { Request } from "../request.js";
import type { EntityUid } from "../value/entity-uid.js";
import type { Entities, Entity } from "./types.js";

/** Entities for one request: those of the request itself, which every policy asks for, are looked up once. */
export class RequestEntities implements Entities {
  readonly #all: Entities;
  readonly #request: Request;
  readonly #principal: Entity | undefined;
  readonly #action: Entity | undefined;
  readonly #resource: Entity | undefined;

  constructor(request: Request, all: Entities) {
    this.#all = all;
    this.#request = request;
    this.#principal = all.get(request.principal);
    this.#action = all.get(request.action);
    this.#resource = all.get(request.resource);
  }

  get(uid: EntityUid): Entity | undefined {
    if (uid === this.#request.principal) return this.#principal;
    if (uid === this.#request.resource) return this.#resource;
    if (uid === this.#request.action) return this.#action;
    return this.#all.get(uid);
  }
}
