import type { Flavor } from "./tables.js";

const POSTGRES_TYPES: Readonly<Record<string, string>> = {
  text: "text",
  integer: "bigint",
  uuid: "uuid",
  long: "bigint",
  boolean: "boolean",
  milliseconds: "bigint",
  timestamptz: "timestamptz",
  timestamp: "timestamp",
  numeric: "numeric",
  units: "bigint",
  inet: "inet",
  json: "jsonb",
  "array of String": "text[]",
  "array of Entity": "text[]",
  "array of Long": "bigint[]",
  "array of Boolean": "boolean[]",
};

export const POSTGRES: Flavor = {
  dialect: "postgres",
  columnType: (storage, ignoresCase) =>
    `${POSTGRES_TYPES[storage]}${ignoresCase && POSTGRES_TYPES[storage]?.startsWith("text") ? ' COLLATE "ignores_case"' : ""}`,
  parameter: (storage, position) => `$${position}::${POSTGRES_TYPES[storage]}`,
  array: (values) => values,
  storages: {
    datetime: ["timestamptz", "timestamp", "milliseconds"],
    decimal: ["numeric", "units"],
    ipaddr: ["inet", "inet", "text"],
    Set: ["array", "json"],
  },
};

const SQLITE_TYPES: Readonly<Record<string, string>> = { text: "TEXT", json: "TEXT", uuid: "TEXT" };

export const SQLITE: Flavor = {
  dialect: "sqlite",
  columnType: (storage, ignoresCase) =>
    `${SQLITE_TYPES[storage] ?? "INTEGER"}${ignoresCase && storage === "text" ? " COLLATE NOCASE" : ""}`,
  parameter: (storage) => (storage in SQLITE_TYPES ? "?" : "CAST(? AS INTEGER)"),
  array: () => null,
  storages: { datetime: ["milliseconds"], decimal: ["units"], ipaddr: ["text"], Set: ["json"] },
};

const MYSQL_TYPES: Readonly<Record<string, string>> = {
  text: "VARCHAR(190)",
  integer: "BIGINT",
  long: "BIGINT",
  boolean: "BOOLEAN",
  milliseconds: "BIGINT",
  timestamp: "DATETIME(6)",
  numeric: "DECIMAL(24, 6)",
  units: "BIGINT",
  json: "JSON",
};

export const MYSQL: Flavor = {
  dialect: "mysql",
  columnType: (storage, ignoresCase) =>
    `${MYSQL_TYPES[storage]}${storage === "text" ? ` CHARACTER SET utf8mb4 COLLATE ${ignoresCase ? "utf8mb4_general_ci" : "utf8mb4_bin"}` : ""}`,
  parameter: () => "?",
  array: () => null,
  storages: {
    datetime: ["timestamp", "milliseconds"],
    decimal: ["numeric", "units"],
    ipaddr: ["text"],
    Set: ["json"],
  },
};
