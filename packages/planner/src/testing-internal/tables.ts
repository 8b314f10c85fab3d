import {
  CedarRecord,
  CedarSet,
  type Datetime,
  type Decimal,
  type Duration,
  EntityUid,
  encodeValue,
  type SchemaType,
  type Value,
} from "@cordon/engine";
import { stringifyJson } from "@cordon/engine/json";
import type {
  AttributeMapping,
  ColumnMapping,
  ColumnStorage,
  EntityMapping,
  IdStorage,
  ParentMapping,
  TagMapping,
} from "../mapping/index.js";
import { decimalText } from "../predicate/index.js";
import type { DialectName } from "../sql/index.js";
import { choiceOf, type Office, type OfficeEntity } from "./office.js";
import { attributesOf, parentsOf, tagsOf, typesOf } from "./shape.js";

/** How one database writes what the tables need. */
export interface Flavor {
  readonly dialect: DialectName;
  columnType(storage: ColumnStorage | "boolean" | "long", ignoresCase: boolean): string;
  /** `position` counts from 1. */
  parameter(storage: ColumnStorage | "boolean" | "long", position: number): string;
  /** Of PostgreSQL alone. */
  array(values: readonly string[]): unknown;
  /** Each attribute's storages, from which the layout chooses. */
  readonly storages: Readonly<Record<"datetime" | "decimal" | "ipaddr" | "Set", readonly ColumnStorage[]>>;
}

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

type Storage = ColumnStorage | "boolean" | "long";

interface Column {
  readonly name: string;
  readonly storage: Storage;
  readonly isKey?: boolean;
}

interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: unknown[][];
}

/** The tables of an office with their rows, and the mapping that says where everything is. */
export function tablesOf(
  office: Office,
  flavor: Flavor,
): { mappings: EntityMapping[]; statements: Statement[] } {
  const builder = new TableBuilder(office, flavor);
  const stored = typesOf(office.shape).filter((type) => office.shape.places[type] === "table");
  const mappings = stored.map((type) => builder.add(type));
  return { mappings, statements: builder.statements() };
}

class TableBuilder {
  readonly #office: Office;
  readonly #flavor: Flavor;
  readonly #tables: Table[] = [];

  constructor(office: Office, flavor: Flavor) {
    this.#office = office;
    this.#flavor = flavor;
  }

  add(type: string): EntityMapping {
    const entities = this.#office.entities.filter(({ uid }) => uid.type === type);
    const idAs = this.#idAs(type);
    const columns: Column[] = [{ name: "the id", storage: idAs, isKey: true }];
    const rows = entities.map((one): unknown[] => [one.uid.id]);
    const { shape } = this.#office;
    const attributes: Record<string, AttributeMapping> = Object.create(null);
    for (const [name, { type: declared }] of attributesOf(type, shape)) {
      attributes[name] = this.#attribute(type, name, declared, { columns, rows, entities });
    }
    const parents = parentsOf(type, shape).map((parent) =>
      this.#parent(type, parent, { columns, rows, entities }),
    );
    this.#tables.push({ name: type, columns, rows });
    const common: EntityMapping = { type, table: type, id: "the id", idAs, attributes, parents };
    const tags = tagsOf(type, shape);
    return tags === undefined ? common : { ...common, tags: this.#tags(type, tags, entities) };
  }

  statements(): Statement[] {
    return this.#tables.flatMap((table) => [this.#drop(table), this.#create(table), ...this.#inserts(table)]);
  }

  #idAs(type: string): IdStorage {
    return this.#office.layout.ids[type] ?? "text";
  }

  #isStored(type: string): boolean {
    return this.#office.shape.places[type] === "table";
  }

  /** How ids stand in a table of their own. */
  #linkAs(type: string): IdStorage {
    return this.#isStored(type) ? this.#idAs(type) : "text";
  }

  #attribute(type: string, name: string, declared: SchemaType, own: OwnTable): AttributeMapping {
    const choice = choiceOf(this.#office.layout, type, name);
    if (declared.type === "Set") return this.#set(type, name, declared.element, choice, own);
    if (declared.type === "Record" && choice > 0) return this.#members(name, declared, own);
    const storage = this.#storageOf(declared, choice);
    own.columns.push({ name, storage });
    for (const [i, one] of own.entities.entries())
      own.rows[i]?.push(this.#encode(one.attrs.get(name), storage));
    return this.#columnMapping(name, storage, declared);
  }

  #storageOf(declared: SchemaType, choice: number): Storage {
    switch (declared.type) {
      case "Long":
        return "long";
      case "Boolean":
        return "boolean";
      case "String":
        return "text";
      case "Entity":
        return this.#idAs(declared.name);
      case "Extension": {
        if (declared.name === "duration") return "milliseconds";
        const storages = this.#flavor.storages[declared.name];
        return storages[choice % storages.length] ?? "text";
      }
      default:
        return "json";
    }
  }

  #set(type: string, name: string, element: SchemaType, choice: number, own: OwnTable): AttributeMapping {
    const isPlain = element.type !== "Extension" && element.type !== "Set" && element.type !== "Record";
    const storages = isPlain ? this.#flavor.storages.Set : (["json"] as const);
    const canBeTable = own.entities.every(({ attrs }) => attrs.has(name));
    if (choice >= storages.length && canBeTable) return this.#setTable(type, name, element, own.entities);
    const storage = storages[choice % storages.length] ?? "json";
    const column: Storage = storage === "array" ? (`array of ${element.type}` as Storage) : storage;
    own.columns.push({ name, storage: column });
    for (const [i, one] of own.entities.entries())
      own.rows[i]?.push(this.#encode(one.attrs.get(name), column));
    return { column: name, as: storage };
  }

  #setTable(
    type: string,
    name: string,
    element: SchemaType,
    entities: readonly OfficeEntity[],
  ): AttributeMapping {
    const storage = element.type === "Entity" ? this.#linkAs(element.name) : this.#storageOf(element, 0);
    // A dot would stand between a schema and a table.
    const table = `${type} ${name.replaceAll(".", " ")}`;
    const rows = entities.flatMap(({ uid, attrs }) => {
      const set = attrs.get(name);
      return set instanceof CedarSet ? [...set].map((value) => [uid.id, this.#encode(value, storage)]) : [];
    });
    rows.push(...entities.slice(0, 1).map(({ uid }) => [uid.id, null]));
    const columns: Column[] = [
      { name: "owner", storage: this.#idAs(type) },
      { name: "value", storage },
    ];
    this.#tables.push({ name: table, columns, rows });
    return { table, owner: "owner", value: "value" };
  }

  #members(name: string, declared: SchemaType & { type: "Record" }, own: OwnTable): AttributeMapping {
    const members: Record<string, ColumnMapping> = Object.create(null);
    for (const [member, { type }] of Object.entries(declared.attributes)) {
      const column = `${name} ${member}`;
      const storage = this.#storageOf(type, 0);
      own.columns.push({ name: column, storage });
      for (const [i, { attrs }] of own.entities.entries()) {
        const record = attrs.get(name);
        own.rows[i]?.push(
          this.#encode(record instanceof CedarRecord ? record.get(member) : undefined, storage),
        );
      }
      members[member] = this.#columnMapping(column, storage, type);
    }
    return { members };
  }

  #parent(type: string, parent: string, own: OwnTable): ParentMapping {
    const storage = this.#idAs(parent);
    const found = own.entities.map(({ parents }) => parents.filter((one) => one.type === parent));
    if (this.#office.layout.joinTables[type] !== true) {
      const column = `in ${parent}`;
      own.columns.push({ name: column, storage });
      for (const [i, [only]] of found.entries()) own.rows[i]?.push(only?.id ?? null);
      // The mapping of a type in no table can't say how its ids are stored.
      return { type: parent, column, ...(this.#isStored(parent) ? {} : { as: storage }) };
    }
    const table = `${type} in ${parent}`;
    const rows = found.flatMap((above, i) => above.map(({ id }) => [own.entities[i]?.uid.id, id]));
    const columns: Column[] = [
      { name: "child", storage: this.#idAs(type) },
      { name: "parent", storage: this.#linkAs(parent) },
    ];
    this.#tables.push({ name: table, columns, rows });
    return { type: parent, table, child: "child", parent: "parent" };
  }

  #tags(type: string, declared: SchemaType, entities: readonly OfficeEntity[]): TagMapping {
    const storage = this.#storageOf(declared, 0);
    const rows = entities.flatMap(({ uid, tags }) =>
      [...tags].map(([key, value]) => [uid.id, key, this.#encode(value, storage)]),
    );
    const columns: Column[] = [
      { name: "entity", storage: this.#idAs(type) },
      { name: "key", storage: "text" },
      { name: "value", storage },
    ];
    const table = `${type} tags`;
    this.#tables.push({ name: table, columns, rows });
    const as = declared.type === "Extension" ? { as: storage as ColumnStorage } : {};
    return { table, entity: "entity", key: "key", value: "value", ...as };
  }

  #columnMapping(column: string, storage: Storage, declared: SchemaType): ColumnMapping {
    const isDefault =
      declared.type === "Entity"
        ? this.#isStored(declared.name)
        : declared.type !== "Extension" && declared.type !== "Set";
    return isDefault ? { column } : { column, as: storage as ColumnStorage };
  }

  #encode(value: Value | undefined, storage: Storage): unknown {
    if (value === undefined) return null;
    if (storage.startsWith("array"))
      return this.#flavor.array(value instanceof CedarSet ? [...value].map(plainText) : []);
    return storage === "json" ? stringifyJson(plainJson(value)) : encodeScalar(value, storage);
  }

  #drop({ name }: Table): Statement {
    return { sql: `DROP TABLE IF EXISTS ${this.#quote(name)}`, parameters: [] };
  }

  #create({ name, columns }: Table): Statement {
    const { ignoresCase } = this.#office.layout;
    const parts = columns.map((column) => {
      // A key must tell ids apart that differ in case alone.
      const type = this.#flavor.columnType(column.storage, ignoresCase && column.isKey !== true);
      return `${this.#quote(column.name)} ${type}`;
    });
    return { sql: `CREATE TABLE ${this.#quote(name)} (${parts.join(", ")})`, parameters: [] };
  }

  #inserts({ name, columns, rows }: Table): Statement[] {
    return rows.map((parameters) => {
      const values = columns.map(({ storage }, i) => this.#flavor.parameter(storage, i + 1));
      return { sql: `INSERT INTO ${this.#quote(name)} VALUES (${values.join(", ")})`, parameters };
    });
  }

  #quote(name: string): string {
    return this.#flavor.dialect === "mysql"
      ? `\`${name.replaceAll("`", "``")}\``
      : `"${name.replaceAll('"', '""')}"`;
  }
}

interface OwnTable {
  readonly columns: Column[];
  readonly rows: unknown[][];
  readonly entities: readonly OfficeEntity[];
}

function encodeScalar(value: Value, storage: Storage): unknown {
  if (value instanceof EntityUid) return value.id;
  if (typeof value === "boolean") return value;
  if (typeof value !== "object") return String(value);
  switch (storage) {
    case "milliseconds":
      return String((value as Datetime | Duration).ms);
    case "timestamptz":
    case "timestamp":
      return momentText(Number((value as Datetime).ms), storage);
    case "numeric":
      return decimalText(String((value as Decimal).units));
    case "units":
      return String((value as Decimal).units);
    default:
      return value.toString();
  }
}

/** Finer than milliseconds, which must not show. */
function momentText(ms: number, storage: "timestamptz" | "timestamp"): string {
  const text = new Date(ms).toISOString().slice(0, -1).replace("T", " ");
  return `${text}999${storage === "timestamptz" ? "+00" : ""}`;
}

function plainText(value: Value): string {
  return value instanceof EntityUid ? value.id : String(value);
}

function plainJson(value: Value): never {
  const plain = (inner: Value): unknown => {
    if (inner instanceof EntityUid) return inner.id;
    if (inner instanceof CedarSet) return [...inner].map(plain);
    if (inner instanceof CedarRecord)
      return Object.fromEntries([...inner].map(([name, member]) => [name, plain(member)]));
    return encodeValue(inner);
  };
  return plain(value) as never;
}
