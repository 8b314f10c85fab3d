import type { Dialect, DialectName } from "./dialect.js";
import { MYSQL } from "./mysql.js";
import { POSTGRES } from "./postgres.js";
import { SQLITE } from "./sqlite.js";

export type { Dialect, DialectName } from "./dialect.js";

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  postgres: POSTGRES,
  mysql: MYSQL,
  sqlite: SQLITE,
};
