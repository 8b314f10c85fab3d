import { inWords, shiftAround } from "./project.mjs";

const OFFICE = { country: "DE", device: "managed, encrypted" };
const EXPORT = "GET /customers/brightwater/export";
const CONFIDENTIAL = "principal.clearance < 4";

/** The whole story, in order. Each scene leaves the project as it found it. */
export async function play(stage, project) {
  await plainAnswers(stage);
  await circumstances(stage);
  await workingHours(stage, project);
  await group(stage, project);
  await money(stage);
  await policyEdit(stage, project);
  await brokenPolicy(stage, project);
  await log(stage);
}

async function plainAnswers(stage) {
  stage.scene("A plain allow", "Bob, first-line support for Europe, reads a ticket of a European customer.");
  await stage.ask(
    "GET /tickets/T-1001",
    { as: "bob" },
    { status: 200, because: "support-reads-what-its-regions-ask" },
  );

  stage.narrate("What the application asked the decision server, in the words of AuthZEN 1.0:");
  await stage.evaluate(
    {
      subject: { type: "User", id: "bob" },
      action: { name: "ticket:read" },
      resource: { type: "Ticket", id: "T-1001" },
    },
    true,
  );

  stage.scene(
    "Deny by default",
    "T-1003 is an American customer's. Nothing forbids it; nothing permits it either.",
  );
  await stage.ask("GET /tickets/T-1003", { as: "bob" }, { status: 403, because: "no_permit" });
  stage.narrate("And without a session there is nobody to decide about.");
  await stage.ask("GET /tickets/T-1001", {}, { status: 401 });

  stage.scene(
    "Deny by forbid",
    "Dev leads support in Asia, and leads may export. Dev is also a contractor, and a forbid wins over every permit.",
  );
  await stage.ask(
    "GET /customers/sakura/export",
    { ...OFFICE, as: "dev", country: "JP" },
    { status: 403, because: "contractors-never-touch-personal-data" },
  );
}

async function circumstances(stage) {
  stage.scene(
    "The place",
    "Ann, a support lead, exports a customer's data: first from Germany, then from an airport in the US.",
  );
  await stage.ask(
    EXPORT,
    { ...OFFICE, as: "ann" },
    { status: 200, because: "leads-export-customers-of-their-regions" },
  );
  await stage.ask(
    EXPORT,
    { ...OFFICE, as: "ann", country: "US" },
    { status: 403, because: "personal-data-stays-in-its-region" },
  );

  stage.scene("The device", "Back in Germany, but at a private laptop.");
  await stage.ask(
    EXPORT,
    { as: "ann", country: "DE", device: "unmanaged" },
    { status: 403, because: "personal-data-needs-a-managed-device" },
  );
}

async function workingHours(stage, project) {
  const current = inWords(shiftAround(-2, 2));
  stage.scene(
    "The time",
    `Bob comments on his ticket. For this demo his shift is ${current} UTC, around now.`,
  );
  const comment = { as: "bob", body: { text: "Fixed in 4.2.1." } };
  await stage.ask("POST /tickets/T-1001/comments", comment, {
    status: 201,
    because: "assignee-works-on-ticket",
  });
  const over = shiftAround(-9, -1);
  await stage.change(`entities/staff.json: Bob's shift becomes ${inWords(over)}, over for an hour`, () =>
    project.editPerson("bob", ({ attrs }) => {
      attrs.shift = over;
    }),
  );
  await stage.ask("POST /tickets/T-1001/comments", comment, {
    status: 403,
    because: "changes-only-during-your-shift",
  });
}

async function group(stage, project) {
  stage.scene(
    "The group",
    "Ann changes jobs. The export that worked in scene 4 is tried again, from the same desk.",
  );
  await stage.change("entities/staff.json: Ann is no longer in the group support-leads", () =>
    project.editPerson("ann", (ann) => {
      ann.parents = [];
    }),
  );
  await stage.ask(EXPORT, { ...OFFICE, as: "ann" }, { status: 403, because: "no_permit" });
  await stage.change("entities/staff.json: Ann is a support lead again", () =>
    project.editPerson("ann", (ann) => {
      ann.parents = [{ type: "Group", id: "support-leads" }];
    }),
  );
  await stage.ask(
    EXPORT,
    { ...OFFICE, as: "ann" },
    { status: 200, because: "leads-export-customers-of-their-regions" },
  );
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

async function log(stage) {
  const server = ["--server", stage.cordon];
  stage.scene("The decision log", "Every answer above is in it. What was denied to Ann?");
  await stage.command(["log", "--principal", "User::ann", "--decision", "deny", ...server], {
    expect: /personal-data-stays-in-its-region/,
  });
  stage.narrate("One decision, decided again from its record and explained:");
  const id = await stage.ask(
    EXPORT,
    { as: "ann", country: "US", device: "managed, encrypted" },
    { status: 403, because: "personal-data-stays-in-its-region" },
  );
  await stage.command(["log", "show", id ?? "", "--why", ...server], {
    lines: 80,
    expect: /country/,
  });
  stage.narrate("Each record carries the hash of the one before it, so the log can show that it is whole.");
  await stage.command(["log", "verify", ...server], { expect: /./ });
}
