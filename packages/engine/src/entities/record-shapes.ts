import { CedarRecord } from "../value/record.js";
import type { Value } from "../value/types.js";

/** Records of more attributes than this, and shapes beyond this number, are kept as they come: they are dictionaries. */
const MOST_ATTRIBUTES = 40;
const MOST_SHAPES = 2000;

/** The attribute names of records, in order: a record's shape continues that of its attributes but the last. */
class Shape {
  readonly longer = new Map<string, Shape>();
  readonly #names: readonly string[];
  #places: ReadonlyMap<string, number> | undefined;

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  get places(): ReadonlyMap<string, number> {
    this.#places ??= new Map(this.#names.map((name, index) => [name, index]));
    return this.#places;
  }

  with(name: string): Shape {
    return new Shape([...this.#names, name]);
  }
}

/** Packs records that have the same attributes, as entities of a type mostly do, so that they share all but their values. */
export class RecordShapes {
  readonly #root = new Shape([]);
  #count = 0;

  /** The same record, packed where that is worth it; `keep` may give another object for an equal value. */
  pack(record: CedarRecord, keep: (value: Value) => Value): CedarRecord {
    if (record.size === 0) return CedarRecord.EMPTY;
    if (record.size > MOST_ATTRIBUTES) return record;
    let shape = this.#root;
    const values: Value[] = [];
    for (const [name, value] of record) {
      const longer = shape.longer.get(name) ?? this.#lengthen(shape, name);
      if (longer === undefined) return record;
      shape = longer;
      values.push(keep(value));
    }
    // A copy is as long as it must be; what was pushed to has room to grow.
    return new CedarRecord(shape.places, values.slice());
  }

  #lengthen(shape: Shape, name: string): Shape | undefined {
    if (this.#count >= MOST_SHAPES) return undefined;
    this.#count += 1;
    const longer = shape.with(name);
    shape.longer.set(name, longer);
    return longer;
  }
}
