import { randomBytes, randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type DatabaseServer, startPostgres } from "@cordon/databases";
import pg from "pg";
import { prepareDatabase } from "./database.js";
import { Issuer } from "./issuer.js";

const PLACES = "@ip-location-db/geo-whois-asn-country-mmdb";

/** What the help desk and its decision server have around them: a database, and somebody who signs people in. */
export interface Surroundings {
  readonly database: DatabaseServer;
  readonly issuer: Issuer;
  /** Of the environment of both servers. */
  readonly settings: Readonly<Record<string, string>>;
  /** Changes rows, by hand as it were. */
  run(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL with the sample data, and an issuer of tokens. Both are gone when this process is. */
export async function startSurroundings({ port = 0 } = {}): Promise<Surroundings> {
  const database = await startPostgres();
  try {
    const reader = { name: "decisions", password: randomBytes(12).toString("hex") };
    await prepareDatabase(database.url, reader);
    const pool = new pg.Pool({ connectionString: database.url, max: 2 });
    // A server that is stopped takes its connections along.
    pool.on("error", () => {});
    const run: Surroundings["run"] = async (sql, values = []) => (await pool.query(sql, [...values])).rows;
    const issuer = await Issuer.start(port, async (person) => {
      const id = randomUUID();
      await run("INSERT INTO sessions (id, person) VALUES ($1, $2)", [id, person]);
      return id;
    });
    return {
      database,
      issuer,
      settings: settingsFor(database.url, reader, issuer.url),
      run,
      stop: async () => {
        issuer.stop();
        await pool.end();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

function settingsFor(databaseUrl: string, reader: { name: string; password: string }, issuer: string) {
  const readable = new URL(databaseUrl);
  readable.username = reader.name;
  readable.password = reader.password;
  const places = createRequire(import.meta.url).resolve(`${PLACES}/package.json`);
  return {
    HELPDESK_DATABASE_URL: readable.href,
    HELPDESK_APP_DATABASE_URL: databaseUrl,
    HELPDESK_ISSUER: issuer,
    HELPDESK_PLACES: join(dirname(places), "geo-whois-asn-country.mmdb"),
  };
}
