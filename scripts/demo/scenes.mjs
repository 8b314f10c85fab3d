import { inWords, shiftAround } from "./project.mjs";
import { dim, say } from "./terminal.mjs";

const EXPORT = "GET /customers/brightwater/export";
const AT_THE_OFFICE = { as: "ann", in: "DE", on: "ann-laptop" };
const CONFIDENTIAL = "principal.clearance < 4";

/** The whole story, in order. Each scene leaves rules and rows as it found them, but for money. */
export async function play(stage, project) {
  await plainAnswers(stage);
  await circumstances(stage);
  await workingHours(stage);
  await group(stage);
  await session(stage);
  await assistant(stage);
  await money(stage);
  await list(stage, project);
  await policyEdit(stage, project);
  await brokenPolicy(stage, project);
  await frozenDatabase(stage);
  await log(stage);
}

async function plainAnswers(stage) {
  stage.scene("A plain allow", "Bob, first-line support for Europe, reads a ticket that is his.");
  await stage.ask("GET /tickets/T-1001", { as: "bob" }, { status: 200, because: "assignee-works-on-ticket" });

  stage.narrate(
    "What the application asked the decision server, in the words of AuthZEN 1.0. Ticket, people and groups are not in the question: the server reads them in PostgreSQL, just what it needs.",
  );
  await stage.evaluate(
    {
      subject: { type: "User", id: "bob" },
      action: { name: "ticket:read" },
      resource: { type: "Ticket", id: "T-1001" },
    },
    { as: "bob" },
    true,
  );

  stage.scene(
    "Deny by default",
    "T-1003 is an American customer's. Nothing forbids it; nothing permits it either.",
  );
  await stage.ask("GET /tickets/T-1003", { as: "bob" }, { status: 403, because: "no_permit" });
  stage.narrate("Without a token there is nobody to decide about.");
  await stage.ask("GET /tickets/T-1001", {}, { status: 401 });

  stage.scene(
    "Deny by forbid",
    "Dev leads support in Asia, and leads may export. Dev is also a contractor, and a forbid wins over every permit.",
  );
  await stage.ask(
    "GET /customers/sakura/export",
    { as: "dev", in: "JP", on: "dev-laptop" },
    { status: 403, because: "contractors-never-touch-personal-data" },
  );
}

async function circumstances(stage) {
  stage.scene(
    "The place",
    "Ann, a support lead, exports a customer's data: first from Germany, then from an airport in the US. The decision server looks the address up.",
  );
  await stage.ask(EXPORT, AT_THE_OFFICE, { status: 200, because: "leads-export-customers-of-their-regions" });
  await stage.ask(
    EXPORT,
    { ...AT_THE_OFFICE, in: "US" },
    { status: 403, because: "personal-data-stays-in-its-region" },
  );

  stage.scene(
    "The device",
    "Back in Germany. A computer that the inventory doesn't know is no managed one, and neither is one that it hasn't seen for a day.",
  );
  const unmanaged = { status: 403, because: "personal-data-needs-a-managed-device" };
  await stage.ask(EXPORT, { ...AT_THE_OFFICE, on: "her-own" }, unmanaged);
  await stage.changeRows(
    "UPDATE devices SET last_seen = now() - interval '25 hours' WHERE id = 'ann-laptop'",
  );
  await stage.ask(EXPORT, AT_THE_OFFICE, unmanaged);
  await stage.changeRows("UPDATE devices SET last_seen = now() WHERE id = 'ann-laptop'");
  await stage.ask(EXPORT, AT_THE_OFFICE, { status: 200 });
}

async function workingHours(stage) {
  stage.scene(
    "The time",
    `Bob comments on his ticket. For this demo his shift is ${inWords(shiftAround(-2, 2))} UTC, around now.`,
  );
  const comment = { as: "bob", body: { text: "Fixed in 4.2.1." } };
  await stage.ask("POST /tickets/T-1001/comments", comment, {
    status: 201,
    because: "assignee-works-on-ticket",
  });
  const over = shiftAround(-9, -1);
  stage.narrate(`The row in PostgreSQL changes: his shift is now ${inWords(over)}, over for an hour.`);
  const sql = "UPDATE staff SET shift_start = $1, shift_end = $2 WHERE id = 'bob'";
  await stage.changeRows(sql, [over.start, over.end]);
  await stage.ask("POST /tickets/T-1001/comments", comment, {
    status: 403,
    because: "changes-only-during-your-shift",
  });
  const now = shiftAround(-2, 2);
  await stage.changeRows(sql, [now.start, now.end]);
  await stage.ask("POST /tickets/T-1001/comments", comment, { status: 201 });
}

async function group(stage) {
  stage.scene(
    "The group",
    "Ann changes jobs. Who is in which group is kept for an hour, and forgotten the moment PostgreSQL tells that it changed.",
  );
  await stage.changeRows("DELETE FROM memberships WHERE person = 'ann' AND team = 'support-leads'");
  await stage.ask(EXPORT, AT_THE_OFFICE, { status: 403, because: "no_permit" });
  await stage.changeRows("INSERT INTO memberships (person, team) VALUES ('ann', 'support-leads')");
  await stage.ask(EXPORT, AT_THE_OFFICE, { status: 200, because: "leads-export-customers-of-their-regions" });
}

async function session(stage) {
  stage.scene(
    "The session",
    "Kim's laptop is stolen, signed in. Her token is good for eight hours; her session ends now.",
  );
  const token = await stage.token({ as: "kim" });
  await stage.ask("GET /tickets/T-1003", { as: "kim", token }, { status: 200 });
  await stage.changeRows("UPDATE sessions SET revoked_at = now() WHERE person = 'kim'");
  await stage.ask("GET /tickets/T-1003", { token }, { status: 401, because: "identity_unverified" });

  stage.narrate("A token that somebody altered proves nothing either.");
  const [header, claims, signature] = (await stage.token({ as: "bob" })).split(".");
  const altered = { ...JSON.parse(Buffer.from(claims, "base64url").toString()), sub: "ann" };
  const forged = `${header}.${Buffer.from(JSON.stringify(altered)).toString("base64url")}.${signature}`;
  await stage.ask("GET /tickets/T-1004", { token: forged }, { status: 401, because: "identity_unverified" });
}

async function assistant(stage) {
  stage.scene(
    "The assistant",
    "An AI agent acts for Bob, and its token says so. It may do what both of them may, and nothing else.",
  );
  const both = { as: "bob", agent: "assistant" };
  await stage.ask("GET /tickets/T-1001", both, { status: 200, because: "assistant-helps-with-tickets" });
  stage.narrate("Bob may close his ticket; the assistant may close none.");
  await stage.ask("POST /tickets/T-1001/close", both, { status: 403, because: "no_permit" });
  stage.narrate("The assistant may read this one; Bob may not.");
  await stage.ask("GET /tickets/T-1003", both, { status: 403, because: "no_permit" });
}

async function money(stage) {
  stage.scene(
    "The amount",
    "Finn may refund up to 500.00. The invoice is over 480.00, so the same refund works once and not twice.",
  );
  const refund = { as: "finn", mfa: true, body: { amount: 30_000 } };
  await stage.ask("POST /invoices/INV-2001/refund", refund, {
    status: 200,
    because: "billing-refunds-up-to-its-limit",
  });
  await stage.ask("POST /invoices/INV-2001/refund", refund, {
    status: 403,
    because: "refunds-never-exceed-the-invoice",
  });
}

async function list(stage, project) {
  stage.scene(
    "A list",
    "Which tickets may Bob read? The same policies become the condition of one query in PostgreSQL.",
  );
  const rows = await stage.surroundings.run("SELECT id FROM tickets ORDER BY id");
  await stage.listAndCompare(
    { as: "bob" },
    rows.map(({ id }) => id),
  );
  const path = project.keepSecret("bob.token", await stage.token({ as: "bob" }));
  const question = ["plan", "User::bob", "ticket:read", "Ticket", "--dialect", "postgres"];
  await stage.command([...question, "--project", project.directory, "--token-file", path], {
    shown: [...question, "--token-file", "bob.token"],
    lines: 20,
    expect: /SOME/,
  });
}

async function policyEdit(stage, project) {
  stage.scene("A policy edited while it runs", "T-1004 is confidential: clearance 4. Bob has clearance 2.");
  await stage.ask(
    "GET /tickets/T-1004",
    { as: "bob" },
    { status: 403, because: "confidential-tickets-need-clearance" },
  );
  await stage.change(`policies/tickets.cedar: \`${CONFIDENTIAL}\` becomes \`principal.clearance < 2\``, () =>
    project.editPolicy("tickets.cedar", CONFIDENTIAL, "principal.clearance < 2"),
  );
  await stage.ask(
    "GET /tickets/T-1004",
    { as: "bob" },
    { status: 200, because: "support-reads-what-its-regions-ask" },
  );
}

async function brokenPolicy(stage, project) {
  stage.scene(
    "A typo in a policy",
    "What no longer validates is not taken: the last good policies go on answering, and the server says what is wrong and where.",
  );
  const { diagnostics } = await stage.change(
    "policies/tickets.cedar: `principal.clearance` becomes `principal.clearence`",
    () => project.editPolicy("tickets.cedar", "principal.clearance < 2", "principal.clearence < 2"),
    (_, now) => now.status === "stale",
  );
  const [problem] = diagnostics;
  stage.narrate(`${problem?.file}:${problem?.line}:${problem?.column}: ${problem?.message}`);
  stage.expect(
    `a problem in ${problem?.file}`,
    problem?.file?.endsWith("tickets.cedar"),
    "one in tickets.cedar",
  );
  await stage.ask(
    "GET /tickets/T-1004",
    { as: "bob" },
    { status: 200, because: "support-reads-what-its-regions-ask" },
  );
  await stage.change(
    "policies/tickets.cedar: as it was in the beginning",
    () => project.editPolicy("tickets.cedar", "principal.clearence < 2", CONFIDENTIAL),
    (before, now) => now.status === "ok" && now.bundle !== before.bundle,
  );
}

async function frozenDatabase(stage) {
  stage.scene(
    "The database hangs",
    "PostgreSQL is frozen: connections stay open, and nothing answers. What can't be known is denied, and nobody is told a guess.",
  );
  const { database } = stage.surroundings;
  database.pause();
  try {
    await stage.ask("GET /tickets/T-1001", { as: "bob" }, { status: 503, because: "source_unavailable" });
  } finally {
    database.resume();
  }
  say();
  say(dim("    … and goes on"));
  stage.changedNow();
  await stage.ask("GET /tickets/T-1001", { as: "bob" }, { status: 200 });
}

async function log(stage) {
  const server = ["--server", stage.cordon];
  stage.scene("The decision log", "Every answer above is in it. What was denied to Ann?");
  await stage.command(["log", "--principal", "User::ann", "--decision", "deny", ...server], {
    expect: /personal-data-stays-in-its-region/,
  });
  stage.narrate(
    "One decision, decided again from its record and explained: what each value was, where it came from, and how old it was.",
  );
  const id = await stage.ask(
    EXPORT,
    { ...AT_THE_OFFICE, in: "US" },
    { status: 403, because: "personal-data-stays-in-its-region" },
  );
  await stage.command(["log", "show", id ?? "", "--why", ...server], {
    lines: 80,
    expect: /country/,
  });
  stage.narrate("Each record carries the hash of the one before it, so the log can show that it is whole.");
  await stage.command(["log", "verify", ...server], { expect: /./ });
}
