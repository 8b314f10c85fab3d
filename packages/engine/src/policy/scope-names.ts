import type { Entity } from "../entities/types.js";
import { UidMap } from "../entities/uid-map.js";
import { UidSet } from "../entities/uid-set.js";
import type { EntityUid } from "../value/entity-uid.js";

/** An entity that the scope of some policy names. There is one such object a uid, so maps go by its identity. */
export type Name = EntityUid;

/** Of what policies can know of an entity, all but its type, and what that leads to. */
export class Seat {
  /** Undefined where no policy names it. */
  readonly name: Name | undefined;
  /** Its proper ancestors, as far as policies name them. */
  readonly above: readonly Name[];
  readonly ancestors: Iterable<EntityUid>;
  /** Where it leads to as an action. */
  rows: object | undefined;
  /** Where it leads to as a principal, by the rows of the action. */
  readonly reaches: (object | undefined)[] = [];

  constructor(name: Name | undefined, above: readonly Name[], ancestors: Iterable<EntityUid>) {
    this.name = name;
    this.above = above;
    this.ancestors = ancestors;
    this.rows = undefined;
  }
}

/**
 * Where a seat is found again. Uids and sets of ancestors keep it, which belong to a store and may outlive the index:
 * it holds on to nothing of that.
 */
interface Ticket {
  readonly edition: object;
  readonly place: number;
}

interface Keeper {
  memo: object | undefined;
}

const NONE: readonly Name[] = [];
const nobody = () => new Seat(undefined, NONE, NONE);

/** So much is remembered until all of it is forgotten: a bound on memory, which few applications ever reach. */
const MOST_REMEMBERED = 100_000;

/**
 * The entities that policies name, and a seat for each entity that policies can tell from others: those with a name, and
 * those without by their ancestors. However many ancestors an entity has, only those with a name are looked for.
 */
export class ScopeNames {
  readonly #names = new UidMap<Name>();
  /** Stands for the present policies: what was found with others is found anew. Kept with a uid, says it has no name. */
  #edition: object = {};
  #seats: Seat[] = [];
  /** Has neither a name nor ancestors. */
  #nobody = nobody();
  #remembered = 0;

  /** The name of an entity, which has one from now on. */
  nameOf(uid: EntityUid): Name {
    let name = this.#names.get(uid);
    if (name === undefined) {
      name = uid;
      this.#names.set(uid, name);
    }
    return name;
  }

  get(uid: EntityUid): Name | undefined {
    return this.#names.get(uid);
  }

  /** To be called whenever policies changed. */
  forget(): void {
    this.#edition = {};
    this.#seats = [];
    this.#nobody = nobody();
    this.#remembered = 0;
  }

  /** Counts what is kept with a seat. */
  remember(count: number): void {
    this.#remembered += count;
    if (this.#remembered > MOST_REMEMBERED) this.forget();
  }

  seatOf(uid: EntityUid, entity: Entity | undefined): Seat {
    const ancestors = entity === undefined ? UidSet.EMPTY : entity.ancestors();
    if (!(ancestors instanceof UidSet)) {
      const name = this.#names.get(uid);
      return new Seat(name, this.#named(ancestors, name), ancestors);
    }
    const own = entity?.uid ?? this.#names.get(uid);
    if (own !== undefined) {
      // An implementation of `Entities` may have given another entity than it was asked for.
      const known = own.id === uid.id && own.type === uid.type ? own : uid;
      if (known.memo !== this.#edition) {
        const seat = this.#remind(known);
        if (seat?.ancestors === ancestors) return seat;
        const name = this.#names.get(uid);
        if (name) return this.#seat(known, name, ancestors);
        known.memo = this.#edition;
      }
    }
    if (ancestors.size === 0) return this.#nobody;
    return this.#remind(ancestors) ?? this.#seat(ancestors, undefined, ancestors);
  }

  #remind({ memo }: Keeper): Seat | undefined {
    const ticket = memo as Ticket | undefined;
    return ticket?.edition === this.#edition ? this.#seats[ticket.place] : undefined;
  }

  #seat(keeper: Keeper, name: Name | undefined, ancestors: UidSet): Seat {
    const seat = new Seat(name, this.#named(ancestors, name), ancestors);
    this.remember(1 + seat.above.length);
    keeper.memo = { edition: this.#edition, place: this.#seats.length };
    this.#seats.push(seat);
    return seat;
  }

  /** Without the entity itself, whatever an implementation of `Entity` counts among its ancestors. */
  #named(uids: Iterable<EntityUid>, self: Name | undefined): readonly Name[] {
    const found = new Set<Name>();
    for (const uid of uids) {
      const name = this.#names.get(uid);
      if (name && name !== self) found.add(name);
    }
    return [...found];
  }
}
