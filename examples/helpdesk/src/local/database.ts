import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";

const MIGRATIONS = new URL("../../database/migrations/", import.meta.url);
const ENTITIES = new URL("../../entities/", import.meta.url);

/** Makes the tables of an empty database, fills them with the sample data, and lets `reader` read them. */
export async function prepareDatabase(
  url: string,
  reader: { name: string; password: string },
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const file of readdirSync(MIGRATIONS).sort()) {
      await client.query(readFileSync(new URL(file, MIGRATIONS), "utf8"));
    }
    await seed(client);
    await client.query(`
      CREATE ROLE ${client.escapeIdentifier(reader.name)} LOGIN PASSWORD ${client.escapeLiteral(reader.password)};
      GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${client.escapeIdentifier(reader.name)}`);
  } finally {
    await client.end();
  }
}

interface Reference {
  type: string;
  id: string;
}

/** As Cedar writes entities; values of the sample data are plain, or references. */
interface SampleEntity {
  uid: Reference;
  attrs: Record<string, string | number | boolean | Reference | Reference[] | { start: string; end: string }>;
  parents: Reference[];
}

type Row = Record<string, unknown>;

/** The same people, customers, tickets and invoices that the tests of the rules are about. */
async function seed(client: pg.Client): Promise<void> {
  const files = ["organisation", "staff", "customers", "tickets", "invoices"];
  const entities = files.flatMap((file) => read(`${file}.json`));
  const of = (type: string) => entities.filter(({ uid }) => uid.type === type);
  const parent = ({ parents }: SampleEntity, type: string) => parents.find((uid) => uid.type === type)?.id;
  const teams = of("Group").map((group) => ({
    id: group.uid.id,
    name: group.attrs.name,
    part_of: parent(group, "Group"),
    department: parent(group, "Department"),
  }));
  await insert(client, "teams", teams);
  await insert(client, "staff", of("User").map(person));
  await insert(
    client,
    "staff_regions",
    of("User").flatMap(({ uid, attrs }) =>
      (attrs.regions as Reference[]).map((region) => ({ person: uid.id, region: region.id })),
    ),
  );
  await insert(
    client,
    "memberships",
    of("User").flatMap(({ uid, parents }) => parents.map(({ id }) => ({ person: uid.id, team: id }))),
  );
  await insert(client, "customers", of("Customer").map(columns));
  await insert(
    client,
    "contacts",
    of("Contact").map((contact) => ({ ...columns(contact), customer: parent(contact, "Customer") })),
  );
  await insert(client, "tickets", of("Ticket").map(columns));
  await insert(client, "invoices", of("Invoice").map(columns));
  await insert(client, "devices", of("User").map(laptop));
}

function read(file: string): SampleEntity[] {
  return JSON.parse(readFileSync(new URL(file, ENTITIES), "utf8"));
}

/** `accountManager: {type, id}` → `account_manager: id`; what a table has no column for is left out by it. */
function columns({ uid, attrs }: SampleEntity): Row {
  const cells = Object.entries(attrs).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    typeof value === "object" && "id" in value ? value.id : value,
  ]);
  return { id: uid.id, ...Object.fromEntries(cells) };
}

function person(user: SampleEntity): Row {
  const shift = user.attrs.shift as { start: string; end: string } | undefined;
  const hours = shift && { shift_start: milliseconds(shift.start), shift_end: milliseconds(shift.end) };
  return { ...columns(user), ...hours };
}

/** Everybody has one of the company's laptops, which the inventory has just seen. */
function laptop({ uid }: SampleEntity): Row {
  return {
    id: `${uid.id}-laptop`,
    owner: uid.id,
    managed: true,
    encrypted: true,
    last_seen: new Date().toISOString(),
  };
}

/** `16h30m` → 59400000. */
export function milliseconds(duration: string): number {
  const [, hours = "0", minutes = "0"] = /^(?:(\d+)h)?(?:(\d+)m)?$/.exec(duration) ?? [];
  return (Number(hours) * 60 + Number(minutes)) * 60_000;
}

async function insert(client: pg.Client, table: string, rows: readonly Row[]): Promise<void> {
  const sql = `INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1)`;
  await client.query(sql, [JSON.stringify(rows)]);
}
