import type { SchemaType } from "@cordon/engine";
import {
  type AttributeMapping,
  type ColumnMapping,
  type EntityMapping,
  isColumn,
  isSetTable,
  isTable,
  type ParentMapping,
  type SetTableMapping,
  type TableMapping,
} from "../../mapping/index.js";
import { PlanError } from "../../plan-error.js";
import { entityTypeOf, kindOf, type Term } from "../../predicate/index.js";
import type { ModelNames } from "./models.js";
import { isStorable, refusal, type Stored, type Where } from "./values.js";

/** A row that a condition is on: the row itself, or one that relations lead to from it. */
export interface Place {
  readonly mapping: TableMapping;
  /** Makes of a condition on that row one on the row itself. */
  wrap(where: Where): Where;
  readonly isRow: boolean;
}

/** A column with one value, or none. */
export interface ScalarPlace {
  readonly kind: "scalar";
  readonly place: Place;
  readonly field: string;
  readonly stored: Stored;
  /** The type of its literals. */
  readonly type: string;
  /** In a row that may not be there although its owner is. */
  readonly isTag?: true;
}

export interface ListPlace {
  readonly kind: "list";
  readonly place: Place;
  readonly field: string;
  readonly stored: Stored;
}

export interface SetPlace {
  readonly kind: "set";
  readonly place: Place;
  readonly relation: string;
  readonly field: string;
  readonly stored: Stored;
  readonly type: string;
}

export interface RecordPlace {
  readonly kind: "record";
  readonly place: Place;
  readonly fields: readonly { readonly field: string; readonly type: string; readonly stored: Stored }[];
}

export type AnyPlace = ScalarPlace | ListPlace | SetPlace | RecordPlace;

/** Finds where terms lie, by the mappings and what Prisma calls things. */
export class Places {
  readonly #mappings: ReadonlyMap<string, EntityMapping>;
  readonly #names: ModelNames;
  readonly #exactText: boolean;

  constructor(mappings: Iterable<EntityMapping>, names: ModelNames, exactText: boolean) {
    this.#mappings = new Map([...mappings].map((mapping) => [mapping.type, mapping]));
    this.#names = names;
    this.#exactText = exactText;
  }

  /** @throws PlanError `not_mapped` */
  tableOf(type: string): TableMapping {
    const mapping = this.#mappings.get(type);
    if (mapping !== undefined && isTable(mapping)) return mapping;
    throw new PlanError("not_mapped", `the mapping doesn't say in which table entities of type ${type} are`, {
      help: `add \`${type}\`, with a table, to the mapping`,
    });
  }

  has(type: string): boolean {
    return this.#mappings.has(type);
  }

  row(type: string): Place {
    return { mapping: this.tableOf(type), wrap: (where) => where, isRow: true };
  }

  /** The id of a place's own row. */
  id({ mapping }: Place, place: Place): ScalarPlace {
    return {
      kind: "scalar",
      place,
      field: this.#names.field(mapping.type, mapping.id),
      stored: this.#idStored(mapping.type),
      type: "Entity",
    };
  }

  /** The row that a place refers to by a column. */
  through(place: Place, column: string, type: string): Place {
    const relation = this.#names.relation(place.mapping.type, column);
    return {
      mapping: this.tableOf(type),
      wrap: (where) => place.wrap({ [relation]: { is: where } }),
      isRow: false,
    };
  }

  /** A parent of a place: its id where the place has it, or a condition on the rows of the join table. */
  parent(place: Place, parent: ParentMapping): ScalarPlace {
    const stored = this.#idStored(parent.type);
    if ("column" in parent) {
      const field = this.#names.field(place.mapping.type, parent.column);
      const exact = stored.exact || parent.exact === true;
      const as = parent.as ?? stored.as;
      return { kind: "scalar", place, field, stored: { as, exact }, type: "Entity" };
    }
    const relation = this.#names.relation(place.mapping.type, parent.table);
    const links: Place = {
      mapping: { ...place.mapping, type: parent.table },
      wrap: (where) => place.wrap({ [relation]: { some: where } }),
      isRow: false,
    };
    const field = this.#names.field(parent.table, parent.parent);
    return { kind: "scalar", place: links, field, stored, type: "Entity" };
  }

  /** The row of a parent. */
  parentRow(place: Place, parent: ParentMapping): Place {
    if ("column" in parent) return this.through(place, parent.column, parent.type);
    const { place: links } = this.parent(place, parent);
    return this.through(links, parent.parent, parent.type);
  }

  /** The row of an entity that a term comes to. */
  placeOf(term: Term): Place {
    const type = entityTypeOf(kindOf(term));
    if (type === undefined) throw refusal("it is no entity");
    if (term.kind === "row") return this.row(type);
    if (term.kind !== "attribute") throw refusal("an entity is computed");
    const mapped = this.#columnOf(term);
    return this.through(mapped.place, mapped.column, type);
  }

  /** @throws PlanError for what is computed, or in JSON */
  find(term: Term): AnyPlace {
    switch (term.kind) {
      case "row": {
        const place = this.placeOf(term);
        return this.id(place, place);
      }
      case "attribute":
        return this.#attribute(term);
      case "tag":
        return this.#tag(term);
      default:
        throw refusal("a value is computed");
    }
  }

  #attribute(term: Term & { kind: "attribute" }): AnyPlace {
    if (entityTypeOf(kindOf(term.of)) === undefined) {
      const { place, column, mapping } = this.#columnOf(term);
      return this.#column(place, column, mapping, term.type);
    }
    const place = this.placeOf(term.of);
    const mapped = this.#mapped(place.mapping, term.name);
    if (isSetTable(mapped)) return this.#setTable(place, mapped, term.type);
    if (isColumn(mapped)) return this.#column(place, mapped.column, mapped, term.type);
    const declared = term.type.type === "Record" ? term.type.attributes : {};
    const fields = Object.entries(mapped.members).map(([name, member]) => ({
      field: this.#names.field(place.mapping.type, member.column),
      type: literalTypeOf(declared[name]?.type),
      stored: this.#stored(member, declared[name]?.type),
    }));
    // Prisma has no NULL for lists, and two for JSON.
    if (fields.some(({ type }) => type === "Set" || type === "Record")) {
      throw refusal("a record with a set or record in it is asked for");
    }
    return { kind: "record", place, fields };
  }

  /** The column of an attribute, or of a member of a record that is spread over columns. */
  #columnOf(term: Term & { kind: "attribute" }): { place: Place; column: string; mapping: ColumnMapping } {
    if (entityTypeOf(kindOf(term.of)) !== undefined) {
      const place = this.placeOf(term.of);
      const mapped = this.#mapped(place.mapping, term.name);
      if (isColumn(mapped)) return { place, column: mapped.column, mapping: mapped };
      throw refusal("it is in no column");
    }
    if (term.of.kind !== "attribute" || entityTypeOf(kindOf(term.of.of)) === undefined) {
      throw refusal("a record within a record is asked for");
    }
    const place = this.placeOf(term.of.of);
    const record = this.#mapped(place.mapping, term.of.name);
    if (isColumn(record) || isSetTable(record)) throw refusal("a member of JSON is asked for");
    const member = Object.hasOwn(record.members, term.name) ? record.members[term.name] : undefined;
    if (member !== undefined) return { place, column: member.column, mapping: member };
    throw new PlanError("not_mapped", `the mapping doesn't say where member \`${term.name}\` of a record is`);
  }

  #column(place: Place, column: string, mapping: ColumnMapping, type: SchemaType): AnyPlace {
    const field = this.#names.field(place.mapping.type, column);
    if (type.type === "Record") throw refusal("JSON is asked for");
    if (type.type !== "Set") {
      const stored = this.#stored(mapping, type);
      return { kind: "scalar", place, field, stored, type: literalTypeOf(type) };
    }
    if (mapping.as === "json") throw refusal("a list in JSON is asked for");
    const exact = this.#exactText || mapping.exact === true;
    return { kind: "list", place, field, stored: { as: "text", exact } };
  }

  #setTable(place: Place, mapping: SetTableMapping, type: SchemaType): SetPlace {
    const element = type.type === "Set" ? type.element : undefined;
    return {
      kind: "set",
      place,
      relation: this.#names.relation(place.mapping.type, mapping.table),
      field: this.#names.field(mapping.table, mapping.value),
      stored: this.#stored(mapping, element),
      type: literalTypeOf(element),
    };
  }

  #tag(term: Term & { kind: "tag" }): ScalarPlace {
    const owner = this.placeOf(term.of);
    const { tags } = owner.mapping;
    if (tags === undefined || term.key.kind !== "literal" || term.key.value.type !== "String") {
      throw tags === undefined
        ? new PlanError("not_mapped", `the mapping doesn't say where the tags of ${owner.mapping.type} are`)
        : refusal("the name of a tag is computed");
    }
    if (!this.#exactText) throw refusal("the name of a tag is compared by the column's collation");
    if (!isStorable(term.key.value.value)) throw refusal("no tag can have this name");
    const relation = this.#names.relation(owner.mapping.type, tags.table);
    const key = { [this.#names.field(tags.table, tags.key)]: term.key.value.value };
    const place: Place = {
      mapping: { ...owner.mapping, type: tags.table },
      wrap: (where) => owner.wrap({ [relation]: { some: { AND: [key, where] } } }),
      isRow: false,
    };
    const field = this.#names.field(tags.table, tags.value);
    const stored = this.#stored(tags, term.type);
    return { kind: "scalar", place, field, stored, type: literalTypeOf(term.type), isTag: true };
  }

  #mapped({ type, attributes }: TableMapping, name: string): AttributeMapping {
    const mapped = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    if (mapped !== undefined) return mapped;
    throw new PlanError("not_mapped", `the mapping doesn't say where attribute \`${name}\` of ${type} is`, {
      help: `add it to the attributes of \`${type}\``,
    });
  }

  #stored({ as, exact }: Pick<ColumnMapping, "as" | "exact">, type: SchemaType | undefined): Stored {
    const isExact = this.#exactText || exact === true;
    if (type?.type !== "Entity") return { as, exact: isExact };
    const id = this.#idStored(type.name);
    return { as: as ?? id.as, exact: isExact };
  }

  #idStored(type: string): Stored {
    const mapping = this.#mappings.get(type);
    return { as: mapping?.idAs ?? "text", exact: this.#exactText || mapping?.idExact === true };
  }
}

function literalTypeOf(type: SchemaType | undefined): string {
  return type?.type === "Extension" ? type.name : (type?.type ?? "String");
}
