import type { ResolvedSchema } from "@cordon/engine";
import { type EntityMapping, isTable } from "@cordon/planner/mapping";
import type {
  FetchedEntity,
  FetchRequest,
  FetchResult,
  Listed,
  ListRequest,
  ProvidedType,
  Source,
  SourceChange,
} from "../source.js";
import { SourceError } from "../source-error.js";
import { DataMismatch } from "../strict-json.js";
import { idsOf } from "./dialects/dialect.js";
import { DIALECTS, type Dialect, type DialectName } from "./dialects/index.js";
import type { Driver } from "./driver.js";
import { listStatement } from "./listing.js";
import { TypeReader } from "./type-reader.js";
import { UnfitMapping } from "./unfit-mapping.js";

/** Tells of changes until its end is called. */
export type Watch = (changed: (change: SourceChange) => void) => Promise<() => Promise<void>>;

export interface SqlSourceOptions {
  readonly name: string;
  readonly dialect: DialectName;
  readonly mappings: readonly EntityMapping[];
  readonly schema: ResolvedSchema | null;
  readonly driver: Driver;
  readonly watch?: Watch | undefined;
}

/** Entities that are rows of a database: a batch of one type is one statement, and so one state of the data. */
export class SqlSource implements Source {
  readonly name: string;
  readonly kind = "sql";
  readonly provides: ReadonlyMap<string, ProvidedType>;
  readonly watch?: Watch;
  /** Tables only: a query wants to know whom it is asked for. */
  readonly lists: ReadonlySet<string>;
  readonly #mappings: readonly EntityMapping[];
  readonly #dialect: Dialect;
  readonly #driver: Driver;
  readonly #readers: ReadonlyMap<string, TypeReader>;
  #closed = false;

  /** @throws SourceError `source_settings` where a mapping doesn't fit the schema or the database */
  constructor({ name, dialect, mappings, schema, driver, watch }: SqlSourceOptions) {
    this.name = name;
    this.#dialect = DIALECTS[dialect];
    this.#driver = driver;
    try {
      this.#readers = new Map(
        mappings.map((mapping) => [mapping.type, new TypeReader(mapping, schema, this.#dialect)]),
      );
    } catch (error) {
      if (error instanceof UnfitMapping)
        throw new SourceError("source_settings", name, error.message, MAPPING_HELP);
      throw error;
    }
    this.#mappings = mappings;
    this.lists = new Set(mappings.filter(isTable).map(({ type }) => type));
    this.provides = new Map([...this.#readers].map(([type, reader]) => [type, reader.provides]));
    if (watch !== undefined) this.watch = watch;
  }

  async fetch(request: FetchRequest, signal: AbortSignal): Promise<FetchResult> {
    if (this.#closed) throw new SourceError("source_closed", this.name, "it was closed", "ask again");
    const reader = this.#readers.get(request.type);
    if (reader === undefined) return new Map();
    const ids = idsOf(reader.idAs, request.ids).filter(this.#dialect.holds);
    if (ids.length === 0) return new Map();
    const reading = reader.reading(request);
    const rows = await this.#driver.query(reading.statement(ids), signal);
    const found = new Map<string, FetchedEntity | SourceError>();
    // By a collation the database may find more than what was asked for.
    const asked = new Set(ids);
    for (const row of rows) {
      const { id, entity } = this.#readRow(() => reading.row(row));
      if (!asked.has(id)) continue;
      if (found.has(id)) found.set(id, this.#mismatch(request.type, id, "it is there twice"));
      else
        found.set(
          id,
          entity instanceof DataMismatch ? this.#mismatch(request.type, id, entity.message) : entity,
        );
    }
    return found;
  }

  /** One statement, and so one state of the data. */
  async list(request: ListRequest, signal: AbortSignal): Promise<Listed> {
    if (this.#closed) throw new SourceError("source_closed", this.name, "it was closed", "ask again");
    const mapping = this.#mappings.find(({ type }) => type === request.type);
    if (mapping === undefined || !isTable(mapping)) return { ids: [], filtered: false };
    const { filtered, ...statement } = listStatement(this.#dialect, mapping, this.#mappings, request);
    const rows = await this.#driver.query(statement, signal);
    const ids = rows.map(([id = null]) => id ?? this.#noId(request.type));
    return { ids, filtered };
  }

  /** Asks every statement for nobody: it fails where a table or column isn't there, or is of another type. */
  async check(signal: AbortSignal): Promise<readonly SourceError[]> {
    const problems: SourceError[] = [];
    for (const [type, reader] of this.#readers) {
      try {
        await this.#driver.query(reader.readingAll().statement(NOBODY[reader.idAs]), signal);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        // Once the database can't be reached at all, that is the one thing to say.
        if (error.code !== "source_settings") return [error];
        problems.push(new SourceError(error.code, this.name, `\`${type}\`: ${error.message}`, error.help));
      }
    }
    return problems;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#driver.close();
  }

  #readRow<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof DataMismatch) {
        throw new SourceError("source_malformed", this.name, error.message, MAPPING_HELP);
      }
      throw error;
    }
  }

  #noId(type: string): never {
    const message = `an id of \`${type}\` is NULL`;
    throw new SourceError("source_malformed", this.name, message, MAPPING_HELP);
  }

  #mismatch(type: string, id: string, message: string): SourceError {
    return new SourceError(
      "source_mismatch",
      this.name,
      `\`${type}::${JSON.stringify(id)}\`: ${message}`,
      DATA_HELP,
    );
  }
}

const NOBODY = { text: [""], integer: ["0"], uuid: ["00000000-0000-0000-0000-000000000000"] } as const;
const MAPPING_HELP = "see `types` in the settings of the source";
const DATA_HELP = "mend the data, or say in the mapping how it is stored";
