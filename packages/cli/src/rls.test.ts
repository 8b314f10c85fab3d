import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type DatabaseServer, startPostgres } from "@cordon/databases";
import { openProject } from "@cordon/pdp";
import { installSecret, type SessionPrincipal, withPrincipal } from "@cordon/planner/rls/session";
import pg from "pg";
import { cordon } from "./testing-internal/command.js";
import { projectWith } from "./testing-internal/project.js";
import { CATALOGUE, DESK_PROJECT, DESK_TABLES, deskSettings } from "./testing-internal/rls-desk.js";

const SECRET = "not a secret at all, but long enough to be";
const OPTIONS = { secret: SECRET };
const USERS = ["ann", "bob", "cat", "x' OR '1'='1", "\\", "nobody", ""];

let server: DatabaseServer;
let owner: pg.Client;
let app: pg.Pool;
const project = projectWith(DESK_PROJECT);
let apply = "";
let undo = "";
let untouched: unknown[] = [];

before(async () => {
  server = await startPostgres();
  owner = new pg.Client(server.url);
  await owner.connect();
  await owner.query(DESK_TABLES);
  await owner.query("CREATE ROLE desk_app LOGIN PASSWORD 'app'");
  // Granted before, and to be there again after.
  await owner.query(
    "GRANT USAGE ON SCHEMA desk TO desk_app; GRANT SELECT, DELETE ON desk.tickets TO desk_app",
  );
  const url = new URL(server.url);
  [url.username, url.password] = ["desk_app", "app"];
  app = new pg.Pool({ connectionString: url.href, max: 1 });
  writeFileSync(join(project, "cordon.yaml"), deskSettings(server.url, "desk_app"));
  const made = await Promise.all(
    [[], ["--undo"]].map((options) => cordon(["rls", "generate", "--project", project, ...options])),
  );
  for (const { code, stderr } of made) assert.deepEqual([code, stderr], [0, ""]);
  [apply = "", undo = ""] = made.map(({ stdout }) => stdout);
  untouched = await catalogue();
  await owner.query(apply);
  await owner.query(installSecret(SECRET));
});

after(async () => {
  await app.end();
  await owner.end();
  await server.stop();
});

async function catalogue(): Promise<unknown[]> {
  return (await owner.query(CATALOGUE)).rows;
}

const user = (id: string, context?: Record<string, unknown>): SessionPrincipal => ({
  type: "User",
  id,
  context,
});

function rowsFor<Row extends pg.QueryResultRow>(
  principal: SessionPrincipal,
  sql: string,
  values: unknown[] = [],
) {
  return withPrincipal(
    app,
    principal,
    OPTIONS,
    async (client: pg.PoolClient) => (await client.query<Row>(sql, values)).rows,
  );
}

test("a session sees the rows that decisions allow, in the table and in the view", async () => {
  const decider = await openProject(project, { log: false, watch: false });
  try {
    const all = (await owner.query("SELECT id::text FROM desk.tickets ORDER BY tickets.id")).rows.map(
      ({ id }) => id as string,
    );
    let seen = 0;
    for (const context of [{}, { mfa: true }]) {
      for (const id of USERS) {
        const decisions = await decider.decideMany(
          all.map((ticket) => ({
            principal: { type: "User", id },
            action: "ticket:read",
            resource: { type: "Ticket", id: ticket },
            context,
          })),
        );
        const allowed = all.filter((_, i) => (decisions[i] as { decision: string }).decision === "allow");
        for (const table of ["desk.tickets", "cordon_views.tickets"]) {
          const rows = await rowsFor<{ id: string }>(
            user(id, context),
            `SELECT id::text FROM ${table} ORDER BY tickets.id`,
          );
          assert.deepEqual(
            rows.map((row) => row.id),
            allowed,
            `${id} ${table}`,
          );
        }
        seen += allowed.length;
      }
    }
    assert.ok(seen > 100, `${seen}`);
  } finally {
    await decider.close();
  }
});

test("rows are written where decisions allow it for the row as it is and as it will be", async () => {
  const decider = await openProject(project, { log: false, watch: false });
  try {
    const tickets = (
      await owner.query(
        "SELECT id::text, customer_id, assignee, confidential, team, severity::int FROM desk.tickets WHERE id <= 20",
      )
    ).rows;
    let done = 0;
    for (const id of ["ann", "bob", "cat"]) {
      const mayWrite = async (ticket: string, properties: object) => {
        const { decision } = await decider.decide({
          principal: { type: "User", id },
          action: "ticket:write",
          resource: { type: "Ticket", id: ticket, properties: { ...properties } },
        });
        return decision === "allow";
      };
      for (const ticket of tickets) {
        const may = await mayWrite(ticket.id, {});
        const may_read =
          (
            await decider.decide({
              principal: { type: "User", id },
              action: "ticket:read",
              resource: { type: "Ticket", id: ticket.id },
            })
          ).decision === "allow";
        const removed = await undone(id, "DELETE FROM desk.tickets WHERE id = $1", [ticket.id]);
        assert.equal(removed, may && may_read ? 1 : 0, `${id} removes ${ticket.id}`);
        const kept = await undone(id, "UPDATE desk.tickets SET severity = severity + 1 WHERE id = $1", [
          ticket.id,
        ]);
        assert.equal(kept, may && may_read ? 1 : 0, `${id} changes ${ticket.id}`);
        const given = await undone(
          id,
          "UPDATE desk.tickets SET assignee = 'zoe', customer_id = 'solo', team = NULL WHERE id = $1",
          [ticket.id],
        );
        assert.equal(given, may && may_read ? "refused" : 0, `${id} gives ${ticket.id} away`);
        done += removed === 1 ? 1 : 0;
      }
      const insert =
        "INSERT INTO desk.tickets (id, customer_id, assignee, severity, confidential) VALUES (5000, $2, $1, 1, $3)";
      assert.equal(await undone(id, insert, [id, "solo", false]), 1);
      assert.equal(await undone(id, insert, ["zoe", "solo", false]), "refused");
      assert.equal(await undone(id, insert, ["zoe", "acme", false]), id === "cat" ? 1 : "refused");
      assert.equal(await undone(id, insert, [id, "solo", true]), id === "bob" ? "refused" : 1);
    }
    assert.ok(done > 3);
  } finally {
    await decider.close();
  }
});

/** How many rows a statement changes, taken back at once. */
async function undone(id: string, sql: string, values: unknown[]): Promise<number | "refused"> {
  return withPrincipal(app, user(id), OPTIONS, async (client: pg.PoolClient) => {
    await client.query("SAVEPOINT here");
    try {
      return (await client.query(sql, values)).rowCount ?? 0;
    } catch (error) {
      assert.match((error as Error).message, /violates row-level security policy/);
      return "refused" as const;
    } finally {
      await client.query("ROLLBACK TO here");
    }
  });
}

test("without a session there are no rows, and none is carried over to the next", async () => {
  const count = async (client: { query(sql: string): Promise<{ rows: { n: number }[] }> }) =>
    (await client.query("SELECT count(*)::int AS n FROM desk.tickets")).rows[0]?.n;
  assert.equal(await count(app), 0);
  assert.ok(
    ((await rowsFor<{ n: number }>(user("ann"), "SELECT count(*)::int AS n FROM desk.tickets"))[0]?.n ?? 0) >
      0,
  );
  assert.equal(await count(app), 0);
  await assert.rejects(
    withPrincipal(app, user("ann"), OPTIONS, async () => {
      throw new Error("halfway");
    }),
    /halfway/,
  );
  assert.equal(await count(app), 0);
  assert.equal((await rowsFor({ type: "Robot", id: "ann" }, "SELECT id FROM desk.tickets")).length, 0);
  for (const id of ["a\0b", "\ud800"]) await assert.rejects(rowsFor(user(id), "SELECT 1"), TypeError);
  await assert.rejects(rowsFor(user("ann", { mfa: "\0" }), "SELECT 1"), TypeError);
});

test("who can send SQL can be nobody else than who the session is", async () => {
  const n = "SELECT count(*)::int AS n FROM desk.tickets";
  const counted = async (client: pg.PoolClient) => (await client.query<{ n: number }>(n)).rows[0]?.n ?? -1;
  const [token, own] = await withPrincipal(app, user("ann"), OPTIONS, async (client: pg.PoolClient) => {
    const { rows } = await client.query<{ token: string }>(
      "SELECT current_setting('cordon.session') AS token",
    );
    const before = await counted(client);
    await client.query(
      "SELECT set_config('cordon.principal_type', 'User', true), set_config('cordon.principal', 'cat', true)",
    );
    assert.equal(await counted(client), before);
    return [rows[0]?.token ?? "", before];
  });
  assert.ok(own > 0);
  const forged = [
    token,
    token.replace('"id":"ann"', '"id":"cat"'),
    token.slice(65),
    `${"0".repeat(64)}.${token.slice(65)}`,
    "",
    "x",
    ".",
    "{}",
  ];
  for (const one of forged) {
    const client = await app.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT set_config('cordon.session', $1, false)", [one]);
      assert.equal(await counted(client), 0, one);
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  }
  assert.equal((await withPrincipal(app, user("ann"), { secret: `${SECRET}?` }, counted)) as number, 0);
  for (const secret of ["short", "x".repeat(65)]) {
    await assert.rejects(withPrincipal(app, user("ann"), { secret }, counted), /32 to 64 bytes/);
  }
});

const LEAK = `CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
  $$ BEGIN RAISE NOTICE 'leak %', $1; RETURN true; END $$`;

/** What a session of bob's tries, who sees few tickets and whole addresses of his own alone. */
const PROBES: readonly [sql: string, refused?: RegExp][] = [
  ["SELECT email FROM desk.tickets", /permission denied/],
  ["SELECT * FROM desk.tickets", /permission denied/],
  ["SELECT t FROM desk.tickets t", /permission denied/],
  ["SELECT id FROM desk.tickets WHERE email LIKE 'h%'", /permission denied/],
  ["SELECT id FROM desk.tickets ORDER BY email", /permission denied/],
  ["SELECT internal FROM desk.tickets", /permission denied/],
  ["SELECT internal FROM cordon_views.tickets", /does not exist/],
  ["COPY desk.tickets TO STDOUT", /permission denied|not supported/],
  ["UPDATE desk.tickets SET severity = severity RETURNING email", /permission denied/],
  ["UPDATE desk.tickets SET severity = severity WHERE email > 'h'", /permission denied/],
  ["DELETE FROM desk.tickets USING cordon_views.tickets v RETURNING v.email"],
  ["SELECT * FROM cordon_views.tickets"],
  ["SELECT to_json(t) FROM cordon_views.tickets t"],
  ["SELECT email FROM cordon_views.tickets WHERE email LIKE 'hidden%'"],
  ["SELECT max(email), min(email), string_agg(email, ',') FROM cordon_views.tickets"],
  ["SELECT id FROM cordon_views.tickets WHERE email::int = 1", /invalid input syntax/],
  ["SELECT id FROM cordon_views.tickets WHERE email::json IS NULL", /invalid input syntax/],
  ["SELECT id FROM cordon_views.tickets WHERE pg_temp.leak(email)"],
  ["SELECT id FROM cordon_views.tickets WHERE pg_temp.leak(id::text || email) AND severity < 100"],
  ["SELECT id FROM cordon_views.tickets ORDER BY pg_temp.leak(email), email"],
  ["SELECT id FROM desk.tickets WHERE pg_temp.leak(assignee)"],
  ["SELECT id FROM desk.tickets WHERE 1 / (severity - 99) < 5"],
  ["SELECT id FROM cordon_views.tickets WHERE 1 / (severity - 99) < 5"],
  ["UPDATE desk.tickets SET severity = 1 WHERE pg_temp.leak(assignee) AND 1 / (severity - 99) < 5"],
  ["DELETE FROM desk.tickets WHERE pg_temp.leak(assignee)"],
  ["EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM cordon_views.tickets"],
  ["EXPLAIN (VERBOSE) SELECT email FROM desk.tickets", /permission denied/],
  ["SELECT * FROM pg_stats WHERE schemaname = 'desk' AND tablename = 'tickets'"],
  ["SELECT query_to_xml('SELECT * FROM cordon_views.tickets', true, false, '')"],
  ["SELECT table_to_xml('desk.tickets', true, false, '')", /permission denied/],
  [
    "CREATE FUNCTION pg_temp.proof(text) RETURNS boolean LANGUAGE sql LEAKPROOF AS 'SELECT true'",
    /superuser|leakproof/i,
  ],
  ["SET LOCAL row_security = off; SELECT id FROM desk.tickets", /row-level security/],
  ["SELECT cordon_rls.principal()", /permission denied for schema/],
  ["SELECT cordon_rls.ticket_1(NULL)", /permission denied for schema/],
  ["SELECT * FROM cordon_rls.secrets", /permission denied/],
  ["SET ROLE cordon_reader", /permission denied/],
  ["ALTER TABLE desk.tickets DISABLE ROW LEVEL SECURITY", /must be owner/],
  ["DROP POLICY cordon_select ON desk.tickets", /must be owner/],
  ["TRUNCATE desk.tickets", /permission denied/],
  [
    "CREATE TRIGGER t BEFORE DELETE ON desk.tickets EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    /permission denied/,
  ],
  ["SELECT lo_import('/etc/hostname')", /permission denied/],
];

test("no probe shows a hidden row or what is masked", async (t) => {
  const { rows } = await owner.query<{ id: string; email: string; assignee: string | null }>(
    "SELECT id::text, email, assignee FROM desk.tickets",
  );
  const visible = new Set(
    (await rowsFor<{ id: string }>(user("bob"), "SELECT id::text FROM desk.tickets")).map(({ id }) => id),
  );
  const secrets = rows.flatMap(({ id, email, assignee }) =>
    email === null || (assignee === "bob" && visible.has(id)) ? [] : [email, email.split("@")[0] ?? ""],
  );
  secrets.push("nobody-knows", "internal9");
  assert.ok(secrets.length > 60 && visible.size > 3);
  for (const [sql, refused] of PROBES) {
    await t.test(sql, async () => {
      const told: string[] = [];
      const client = await app.connect();
      const onNotice = (notice: { message?: string | undefined }) => told.push(notice.message ?? "");
      client.on("notice", onNotice);
      try {
        const query = (text: string, values?: unknown[]) => client.query(text, values);
        const pool = { connect: async () => ({ query, release: () => {} }) };
        await withPrincipal(pool, user("bob"), OPTIONS, async (session) => {
          await session.query(LEAK);
          try {
            const result = await session.query(sql);
            told.push(JSON.stringify(Array.isArray(result) ? result.map((one) => one.rows) : result.rows));
            assert.equal(refused, undefined, "it should have been refused");
          } catch (error) {
            if (refused === undefined) throw error;
            const { message, detail, hint, where } = error as pg.DatabaseError;
            assert.match(message, refused);
            told.push([message, detail, hint, where].join("\n"));
          }
          throw new Error("nothing is kept");
        }).catch((error: Error) => {
          if (error.message !== "nothing is kept") throw error;
        });
      } finally {
        client.off("notice", onNotice);
        client.release();
      }
      const all = told.join("\n");
      for (const secret of secrets) assert.ok(!all.includes(secret), `${secret} in ${all}`);
    });
  }
});

test("masks are those of records in memory", async () => {
  const rows = await rowsFor<{ email: string | null; assignee: string }>(
    user("bob"),
    "SELECT email, assignee FROM cordon_views.tickets",
  );
  assert.ok(rows.some(({ assignee, email }) => assignee === "bob" && email?.startsWith("secret")));
  for (const { assignee, email } of rows) {
    if (assignee !== "bob") assert.match(email ?? "", /^•••(?:.{3})?$/);
  }
});

test("what is applied again changes nothing, and what is taken back leaves nothing", async () => {
  const once = await catalogue();
  assert.notDeepEqual(once, untouched);
  await owner.query(apply);
  assert.deepEqual(await catalogue(), once);
  const before = await rowsFor(user("bob"), "SELECT id FROM desk.tickets");
  assert.ok(before.length > 0, "the secret outlives an update");
  await owner.query(undo);
  assert.deepEqual(await catalogue(), untouched);
  await owner.query(undo);
  assert.deepEqual(await catalogue(), untouched);
  await owner.query(apply);
  await owner.query(installSecret(SECRET));
  assert.deepEqual(await catalogue(), once);
});

test("a role that bypasses policies is refused, and then nothing is applied", async () => {
  const before = await catalogue();
  const bypassing = apply.replaceAll("desk_app", "bypassing");
  await owner.query("CREATE ROLE bypassing BYPASSRLS");
  try {
    await assert.rejects(owner.query(bypassing), /role bypassing bypasses row-level security/);
    await owner.query("ROLLBACK");
  } finally {
    await owner.query("DROP ROLE bypassing");
  }
  assert.deepEqual(await catalogue(), before);
});

test("files are written, and compared with what would be written", async () => {
  const out = join(project, "migrations");
  const args = ["rls", "generate", "--project", project, "--out", out];
  const missing = await cordon([...args, "--check"]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /cordon-rls\.apply\.sql` is not there/);
  assert.equal((await cordon(args)).code, 0);
  assert.equal(readFileSync(join(out, "cordon-rls.apply.sql"), "utf8"), apply);
  assert.equal(readFileSync(join(out, "cordon-rls.undo.sql"), "utf8"), undo);
  assert.equal((await cordon([...args, "--check"])).code, 0);
});

test("what can't be expressed is refused, naming policy and clause; narrowed, it shows no rows", async () => {
  const odd = projectWith({
    ...DESK_PROJECT,
    "cordon.yaml": deskSettings(server.url, "desk_app"),
    "policies/odd.cedar": `@id("odd") permit (principal, action == Action::"ticket:read", resource)
      when { resource.customer has manager && resource has team && resource.customer.manager in resource.team };`,
  });
  const refused = await cordon(["rls", "generate", "--project", odd]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /resource\.customer\.manager in resource\.team/);
  assert.match(refused.stderr, /policy `odd`/);
  const narrowed = await cordon(["rls", "generate", "--project", odd, "--narrow"]);
  assert.equal(narrowed.code, 0);
  assert.match(narrowed.stderr, /narrowed: `.*manager in resource\.team.*` of policy `odd` shows no rows/);
});

test("a project without the setting is told so", async () => {
  const plain = projectWith(DESK_PROJECT);
  const { code, stderr } = await cordon(["rls", "generate", "--project", plain]);
  assert.equal(code, 2);
  assert.match(stderr, /the project has no setting `rls`/);
  const other = await cordon(["rls", "generate", "--project", project, "--dialect", "mysql"]);
  assert.match(other.stderr, /`mysql` has no row-level security/);
});
