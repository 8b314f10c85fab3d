import { bold, dim, say, wrapped } from "./terminal.mjs";

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

async function curl(stage, request, from) {
  const [method, path] = request.split(" ");
  const headers = Object.entries(await stage.headers(from)).flatMap(([name, value]) => [
    "-H",
    quoted(`${name}: ${value}`),
  ]);
  const body = from.body
    ? ["-H", quoted("content-type: application/json"), "-d", quoted(JSON.stringify(from.body))]
    : [];
  const verb = method === "GET" ? [] : ["-X", method];
  return ["curl -s -w '\\n'", ...verb, stage.desk + path, ...headers, ...body].join(" ");
}

/** Lines to paste into another terminal, each complete in itself. */
export async function invite(stage, project, cordon) {
  const tryIt = (title, line) => {
    say();
    say(`  ${bold(title)}`);
    say(`  ${line}`);
  };
  const office = { in: "DE", on: "ann-laptop" };
  tryIt("Bob reads a ticket", await curl(stage, "GET /tickets/T-1001", { as: "bob" }));
  tryIt(
    "Ann exports a customer from Germany",
    await curl(stage, "GET /customers/brightwater/export", { as: "ann", ...office }),
  );
  tryIt(
    "… and from the United States",
    await curl(stage, "GET /customers/brightwater/export", { as: "ann", ...office, in: "US" }),
  );
  tryIt(
    "Finn refunds 20.00",
    await curl(stage, "POST /invoices/INV-2001/refund", { as: "finn", mfa: true, body: { amount: 2_000 } }),
  );
  const question = {
    subject: { type: "User", id: "ann" },
    action: { name: "ticket:read" },
    resource: { type: "Ticket", id: "T-1004" },
    context: { credentials: { token: await stage.token({ as: "ann" }) } },
  };
  tryIt(
    "Ask the decision server itself (AuthZEN)",
    `curl -s -w '\\n' ${stage.cordon}/access/v1/evaluation -H 'content-type: application/json' -d ${quoted(JSON.stringify(question))}`,
  );
  tryIt("Watch the log", `${cordon} log --follow --server ${stage.cordon}`);
  const token = project.keepSecret("bob.token", await stage.token({ as: "bob" }));
  tryIt(
    "Ask why",
    `${cordon} ask User::bob ticket:read Ticket::T-1004 --why --token-file ${token} --server ${stage.cordon}`,
  );
  say();
  say(wrapped(`Edit the policies in ${project.folder}/policies, or rows of the database, and ask again:`));
  say(`  ${stage.surroundings.settings.HELPDESK_APP_DATABASE_URL}`);
  say(dim("  Ctrl-C ends all of it and removes that folder."));
}
