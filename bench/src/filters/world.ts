import pg from "pg";

/** Whom the figures are about, each by how much of all tickets they see. */
export const PEOPLE = { few: "u1", manager: "u901", regional: "u501", everything: "u900" } as const;

const USERS = 1_000;
const CUSTOMERS = 10_000;
const LEAF_REGIONS = 100;

/** Tickets and all that decides about them, in the tables that a help desk would keep them in. */
export async function fillDatabase(url: string, tickets: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of [...TABLES, ...rows(tickets), ...INDEXES]) await client.query(statement);
    await client.query("VACUUM ANALYZE");
  } finally {
    await client.end();
  }
}

const TABLES = [
  "CREATE TABLE region (id text PRIMARY KEY, name text NOT NULL, parent text REFERENCES region)",
  "CREATE TABLE region_country (region_id text NOT NULL, country text NOT NULL, PRIMARY KEY (region_id, country))",
  "CREATE TABLE department (id text PRIMARY KEY, name text NOT NULL)",
  `CREATE TABLE staff_group (
    id text PRIMARY KEY, name text NOT NULL, parent text REFERENCES staff_group, department text REFERENCES department
  )`,
  `CREATE TABLE staff (
    id text PRIMARY KEY, name text NOT NULL, email text NOT NULL, active boolean NOT NULL,
    clearance integer NOT NULL, shift_start bigint, shift_end bigint, refund_limit bigint NOT NULL
  )`,
  "CREATE TABLE membership (staff_id text NOT NULL, group_id text NOT NULL, PRIMARY KEY (staff_id, group_id))",
  "CREATE TABLE coverage (staff_id text NOT NULL, region_id text NOT NULL, PRIMARY KEY (staff_id, region_id))",
  `CREATE TABLE customer (
    id bigint PRIMARY KEY, name text NOT NULL, plan text NOT NULL, region text NOT NULL, account_manager text NOT NULL,
    contact_name text NOT NULL, contact_email text NOT NULL, legal_hold boolean NOT NULL
  )`,
  `CREATE TABLE ticket (
    id bigint PRIMARY KEY, customer_id bigint NOT NULL, title text NOT NULL, severity integer NOT NULL,
    status text NOT NULL, assignee text, opened_at timestamptz NOT NULL, closed_at timestamptz,
    confidential boolean NOT NULL
  )`,
];

/**
 * Each leaf region has 1 % of the customers, each of 100 account managers too, and `few` is assigned 0.01 % of the
 * tickets. A few people have most of what is assigned, as is usual, so that statistics tell them from the others.
 */
function rows(tickets: number): string[] {
  return [
    "INSERT INTO region VALUES ('world', 'World', NULL)",
    "INSERT INTO region SELECT 'c' || i, 'Continent ' || i, 'world' FROM generate_series(0, 3) i",
    "INSERT INTO region SELECT 'n' || i, 'Country ' || i, 'c' || i % 4 FROM generate_series(0, 19) i",
    `INSERT INTO region SELECT 'r' || i, 'Region ' || i, 'n' || i % 20 FROM generate_series(0, ${LEAF_REGIONS - 1}) i`,
    "INSERT INTO department VALUES ('support', 'Support'), ('engineering', 'Engineering'), ('sales', 'Sales')",
    "INSERT INTO staff_group SELECT id || '-staff', name, NULL, id FROM department",
    `INSERT INTO staff_group SELECT d.id || '-' || i, d.name || ' ' || i, d.id || '-staff', NULL
      FROM department d, generate_series(0, 9) i`,
    `INSERT INTO staff_group SELECT d.id || '-' || i || '-' || j, d.name || ' ' || i || ', ' || j, d.id || '-' || i, NULL
      FROM department d, generate_series(0, 9) i, generate_series(0, 4) j`,
    `INSERT INTO staff SELECT 'u' || i, 'Person ' || i, 'u' || i || '@desk.example', true,
      CASE WHEN i = 900 THEN 5 ELSE 2 END, CASE WHEN i % 3 = 0 THEN 28800000 END, CASE WHEN i % 3 = 0 THEN 59400000 END, 0
      FROM generate_series(1, ${USERS}) i`,
    `INSERT INTO membership SELECT 'u' || i,
      CASE WHEN i <= 500 THEN 'engineering' WHEN i <= 900 THEN 'support' ELSE 'sales' END || '-' || i % 10 || '-' || i % 5
      FROM generate_series(1, ${USERS}) i`,
    "INSERT INTO coverage SELECT 'u' || i, CASE WHEN i = 900 THEN 'world' ELSE 'r' || (i - 501) % 100 END FROM generate_series(501, 900) i",
    `INSERT INTO customer SELECT i, 'Customer ' || i, (ARRAY['free', 'team', 'business', 'enterprise'])[1 + i % 4],
      'r' || (i / 100) % ${LEAF_REGIONS}, 'u' || 901 + i % 100, 'Contact ' || i, 'c' || i || '@customer.example', i % 500 = 0
      FROM generate_series(0, ${CUSTOMERS - 1}) i`,
    `INSERT INTO ticket SELECT i, (i::bigint * 7919 + i / 10000) % ${CUSTOMERS}, 'Ticket ' || i, 1 + i % 4,
      CASE WHEN i % 10 < 3 THEN 'open' ELSE 'closed' END,
      CASE WHEN i % 10000 = 7 THEN '${PEOPLE.few}' WHEN i % 10 < 6 THEN 'u' || 2 + (i / 10) % 60
        WHEN i % 10 = 6 THEN 'u' || 62 + (i / 10) % 439 END,
      timestamptz '2026-01-01 00:00:00Z' + i * interval '25 seconds',
      CASE WHEN i % 10 >= 3 THEN timestamptz '2026-01-03 00:00:00Z' + i * interval '25 seconds' END,
      i % 97 = 0
      FROM generate_series(0, ${tickets - 1}) i`,
  ];
}

const INDEXES = [
  "CREATE INDEX ON region (parent)",
  "CREATE INDEX ON staff_group (parent)",
  "CREATE INDEX ON membership (group_id)",
  "CREATE INDEX ON customer (account_manager)",
  "CREATE INDEX ON customer (region)",
  "CREATE INDEX ON ticket (customer_id)",
  "CREATE INDEX ON ticket (assignee)",
  "CREATE INDEX ON ticket (opened_at DESC, id DESC)",
];
