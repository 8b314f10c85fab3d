import { parseJson, stringifyJson } from "@cordon/engine/json";
import type { ScimTable } from "../../scim/directory.js";
import type { ScimKind, Stored } from "../../scim/resource.js";
import { ScimError } from "../../scim/scim-error.js";
import { writeWhenFree } from "./async-write.js";
import type { Connection } from "./connection.js";
import { openReader, prepareFile } from "./open.js";
import { readMeta, writeMeta } from "./schema.js";

const BUSY_TIMEOUT_MS = 5_000;
const VERSION = "scim_version";

interface Row {
  id: string;
  kind: ScimKind;
  version: number;
  created: string;
  modified: string;
  attributes: string;
}

/** Users and groups in the file of the store. */
export function openScimTable(path: string): ScimTable {
  prepareFile(path, BUSY_TIMEOUT_MS);
  return new SqliteScimTable(openReader(path));
}

class SqliteScimTable implements ScimTable {
  #dataVersion = -1;
  #version = 0;

  constructor(private readonly connection: Connection) {}

  version(): number {
    const dataVersion = this.connection.dataVersion();
    if (dataVersion !== this.#dataVersion) {
      // Most commits of others are decisions, which this number tells apart.
      this.#version = Number(readMeta(this.connection, VERSION) ?? 0);
      this.#dataVersion = dataVersion;
    }
    return this.#version;
  }

  *all(): Iterable<Stored> {
    for (const row of this.connection.all<Row>("SELECT * FROM scim_resources")) {
      yield { ...row, attributes: parseJson(row.attributes) as Stored["attributes"] };
    }
  }

  async write<T>(work: (rows: { put(row: Stored): void; remove(id: string): void }) => T): Promise<T> {
    const { connection } = this;
    // A refusal is no fault of the store's, and comes before anything was put.
    let refusal: ScimError | undefined;
    const result = await writeWhenFree(connection, BUSY_TIMEOUT_MS, () => {
      let changed = false;
      const made = unlessRefused(work, {
        put: (row) => {
          changed = true;
          const sql = "INSERT OR REPLACE INTO scim_resources VALUES (?, ?, ?, ?, ?, ?)";
          const { id, kind, version, created, modified, attributes } = row;
          connection.run(sql, [id, kind, version, created, modified, stringifyJson(attributes)]);
        },
        remove: (id) => {
          changed = true;
          connection.run("DELETE FROM scim_resources WHERE id = ?", [id]);
        },
      });
      if (made instanceof ScimError) {
        refusal = made;
        return undefined;
      }
      if (changed) writeMeta(connection, VERSION, String(Number(readMeta(connection, VERSION) ?? 0) + 1));
      return made;
    });
    // This connection's own commits don't change its data version.
    this.#dataVersion = -1;
    if (refusal !== undefined) throw refusal;
    return result as T;
  }

  close(): void {
    this.connection.close();
  }
}

function unlessRefused<A, T>(work: (argument: A) => T, argument: A): T | ScimError {
  try {
    return work(argument);
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
}
