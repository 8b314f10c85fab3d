// Writes entities/*.json: the people, customers, tickets and invoices of Halyard, and live/entities/static.json:
// what of that is in no table.
// The same seed gives the same bytes, so a change here shows as a small diff there.
//
//   node scripts/generate-entities.mjs [--seed N] [--scale N]

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { customers } from "./generate/customers.mjs";
import { invoices } from "./generate/invoices.mjs";
import { organisation } from "./generate/organisation.mjs";
import { Random } from "./generate/random.mjs";
import { staff } from "./generate/staff.mjs";
import { tickets } from "./generate/tickets.mjs";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "20261124" },
    scale: { type: "string", default: "1" },
    out: { type: "string", default: new URL("../", import.meta.url).pathname },
  },
});
const random = new Random(Number(values.seed));
const scale = Number(values.scale);

const people = staff(random);
const book = customers(random, people, 240 * scale);
const units = organisation();
const files = {
  "entities/organisation": units,
  "entities/staff": people.entities,
  "entities/customers": book.entities,
  "entities/tickets": tickets(random, people, book, 1_900 * scale),
  "entities/invoices": invoices(random, people, book, 900 * scale),
  "live/entities/static": units.filter(({ uid }) => uid.type !== "Group"),
};

for (const [name, entities] of Object.entries(files)) {
  const path = join(values.out, `${name}.json`);
  const lines = entities.map((entity) => `  ${JSON.stringify(entity)}`).join(",\n");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `[\n${lines}\n]\n`);
  console.log(`${String(entities.length).padStart(6)}  ${name}.json`);
}
