import { entity, ref } from "./entity.mjs";

/** Named invoices: id, customer, status, amount, refunded (cents), issued by, issued at. */
const NAMED = [
  ["INV-2001", "brightwater", "paid", 48_000, 0, "gwen", "2026-10-01T07:00:00Z"],
  ["INV-2002", "cobalt", "paid", 1_250_000, 0, "gwen", "2026-10-01T07:00:00Z"],
  ["INV-2003", "lumen", "open", 96_000, 0, "finn", "2026-11-01T07:00:00Z"],
  ["INV-2004", "sakura", "paid", 9_900, 0, "finn", "2026-11-01T07:00:00Z"],
];

/** What a month costs, in cents. */
const PRICE = { team: 9_900, business: 48_000, enterprise: 240_000 };

function invoice([id, customer, status, amount, refunded, issuedBy, issuedAt]) {
  const attrs = {
    customer: ref("Customer", customer),
    status,
    amount,
    refunded,
    issuedBy: ref("User", issuedBy),
    issuedAt,
  };
  return entity("Invoice", id, attrs, [["Customer", customer]]);
}

/** Monthly invoices of the customers that pay. */
export function invoices(random, people, book, count) {
  const clerks = people.inGroup("billing").map((person) => person.uid.id);
  const paying = book.customers.filter(({ attrs }) => attrs.plan !== "free");
  const all = NAMED.map(invoice);
  for (let i = all.length; i < count; i++) {
    const customer = random.pick(paying);
    const amount = PRICE[customer.attrs.plan] * random.between(1, 4);
    const status = random.weighted([
      ["paid", 8],
      ["open", 2],
      ["void", 1],
    ]);
    const refunded = status === "paid" && random.chance(0.06) ? Math.round(amount / random.between(2, 6)) : 0;
    const month = String(random.between(1, 11)).padStart(2, "0");
    const issuedAt = `2026-${month}-01T07:00:00Z`;
    all.push(
      invoice([`INV-${2001 + i}`, customer.uid.id, status, amount, refunded, random.pick(clerks), issuedAt]),
    );
  }
  return all;
}
