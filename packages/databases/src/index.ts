export { type MariadbOptions, startMariadb, whyNoMariadb } from "./mariadb/start-mariadb.js";
export { Network } from "./network/network.js";
export { type PostgresOptions, startPostgres } from "./postgres/start-postgres.js";
export { type DatabaseServer, DatabaseUnavailable } from "./server.js";
