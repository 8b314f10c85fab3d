import { entity, ref } from "./entity.mjs";
import { REGIONS } from "./organisation.mjs";

const HOUR = 3_600_000;
const FROM = Date.UTC(2026, 0, 5);
const UNTIL = Date.UTC(2026, 10, 23);

/** Named tickets: id, customer, title, severity, status, assignee, opened, closed, confidential. */
const NAMED = [
  ["T-1001", "brightwater", "Labels print twice", 3, "open", "bob", "2026-11-20T09:12:00Z", null, false],
  ["T-1002", "brightwater", "Nobody can sign in", 1, "open", "cleo", "2026-11-23T06:40:00Z", null, false],
  ["T-1003", "cobalt", "Webhook arrives late", 2, "open", null, "2026-11-19T16:05:00Z", null, false],
  ["T-1004", "brightwater", "Tokens in log files", 2, "open", "ann", "2026-11-18T11:30:00Z", null, true],
  [
    "T-1005",
    "lumen",
    "Export misses a column",
    4,
    "closed",
    "bob",
    "2026-08-03T08:00:00Z",
    "2026-08-05T10:20:00Z",
    false,
  ],
  ["T-1006", "sakura", "Robot arm list is empty", 2, "open", "dev", "2026-11-22T01:15:00Z", null, false],
  ["T-1007", "tinkerbox", "Everything is down", 1, "open", "bob", "2026-11-22T19:50:00Z", null, false],
];

const TITLES = [
  "Cannot sign in with SSO",
  "Report shows yesterday's numbers",
  "Import stops at row 10,000",
  "Invoice has the wrong address",
  "API answers 502 now and then",
  "How do I add a colleague?",
  "Dashboard loads slowly",
  "E-mails arrive twice",
  "Dates are off by one day",
  "Please raise our rate limit",
  "Mobile app signs me out",
  "Permission missing after rename",
  "Search does not find umlauts",
  "Attachment cannot be opened",
];

const SEVERITY = [
  [1, 1],
  [2, 3],
  [3, 8],
  [4, 6],
];

const time = (ms) => new Date(ms).toISOString().replace(".000Z", "Z");

function ticket([id, customer, title, severity, status, assignee, openedAt, closedAt, confidential]) {
  const attrs = {
    customer: ref("Customer", customer),
    title,
    severity,
    status,
    ...(assignee ? { assignee: ref("User", assignee) } : {}),
    openedAt,
    ...(closedAt ? { closedAt } : {}),
    confidential,
  };
  return entity("Ticket", id, attrs, [["Customer", customer]]);
}

/** Tickets, assigned to people who cover the customer's region. */
export function tickets(random, people, book, count) {
  const all = NAMED.map(ticket);
  for (let i = all.length; i < count; i++) {
    const customer = random.pick(book.customers);
    const region = customer.attrs.region.id;
    const crew = people.covering(REGIONS[region].within, region);
    const opened = FROM + Math.floor((random.next() * (UNTIL - FROM)) / 60_000) * 60_000;
    // The older a ticket, the likelier it is closed.
    const closed = random.chance(0.35 + (0.6 * (UNTIL - opened)) / (UNTIL - FROM));
    const closedAt = Math.min(UNTIL, opened + random.between(1, 240) * HOUR);
    all.push(
      ticket([
        `T-${1001 + i}`,
        customer.uid.id,
        random.pick(TITLES),
        random.weighted(SEVERITY),
        closed ? "closed" : random.pick(["open", "open", "pending"]),
        crew.length > 0 && random.chance(0.85) ? random.pick(crew).uid.id : null,
        time(opened),
        closed ? time(closedAt) : null,
        random.chance(0.04),
      ]),
    );
  }
  return all;
}
