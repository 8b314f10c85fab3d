import { bold, dim, say, wrapped } from "./terminal.mjs";

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function curl(stage, request, from) {
  const [method, path] = request.split(" ");
  const headers = Object.entries(stage.headers(from)).flatMap(([name, value]) => [
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
export function invite(stage, project, cordon) {
  const tryIt = (title, line) => {
    say();
    say(`  ${bold(title)}`);
    say(`  ${line}`);
  };
  const office = { country: "DE", device: "managed, encrypted" };
  tryIt("Bob reads a ticket", curl(stage, "GET /tickets/T-1001", { as: "bob" }));
  tryIt(
    "Ann exports a customer from Germany",
    curl(stage, "GET /customers/brightwater/export", { as: "ann", ...office }),
  );
  tryIt(
    "… and from the United States",
    curl(stage, "GET /customers/brightwater/export", { as: "ann", ...office, country: "US" }),
  );
  tryIt(
    "Finn refunds 20.00",
    curl(stage, "POST /invoices/INV-2001/refund", { as: "finn", mfa: true, body: { amount: 2_000 } }),
  );
  const question = {
    subject: { type: "User", id: "ann" },
    action: { name: "ticket:read" },
    resource: { type: "Ticket", id: "T-1004" },
  };
  tryIt(
    "Ask the decision server itself (AuthZEN)",
    `curl -s -w '\\n' ${stage.cordon}/access/v1/evaluation -H 'content-type: application/json' -d ${quoted(JSON.stringify(question))}`,
  );
  tryIt("Watch the log", `${cordon} log --follow --server ${stage.cordon}`);
  tryIt("Ask why", `${cordon} ask User::bob ticket:read Ticket::T-1004 --why --server ${stage.cordon}`);
  say();
  say(wrapped(`Edit the policies in ${project.directory}/policies and ask again.`));
  say(dim("  Ctrl-C ends both servers and removes that folder."));
}
