import { entity, ref } from "./entity.mjs";
import { COMPANY_FIRST, COMPANY_SECOND, FIRST_NAMES, LAST_NAMES, slug } from "./names.mjs";

/** id, name, plan, region, account manager, contact, legal hold. */
const NAMED = [
  ["brightwater", "Brightwater Logistics", "enterprise", "eu", "ivy", "Mara Vogel", false],
  ["cobalt", "Cobalt Payments", "business", "north-america", null, "Theo Walker", false],
  ["lumen", "Lumen Health", "enterprise", "uk", "ivy", "Owen Price", true],
  ["sakura", "Sakura Robotics", "team", "japan", null, "Rin Ito", false],
  ["tinkerbox", "Tinkerbox", "free", "eu", "ivy", "Pia Novak", false],
];

const PLANS = [
  ["free", 5],
  ["team", 6],
  ["business", 4],
  ["enterprise", 2],
];

const WHERE = [
  ["eu", 6],
  ["uk", 3],
  ["north-america", 7],
  ["latam", 2],
  ["japan", 2],
  ["anz", 2],
];

const address = (person, company) => `${slug(person, ".")}@${company}.example`;

function contact(company, name, email) {
  return entity("Contact", email, { name, email }, [["Customer", company]]);
}

function customer(id, name, plan, region, manager, contactName, contactEmail, legalHold) {
  const attrs = {
    name,
    plan,
    region: ref("Region", region),
    accountManager: ref("User", manager),
    contactName,
    contactEmail,
    legalHold,
  };
  return entity("Customer", id, attrs, [["Region", region]]);
}

/** Customers and their people; named ones first. */
export function customers(random, people, count) {
  const managers = people.inGroup("account-managers").map((person) => person.uid.id);
  const all = [];
  const contacts = [];
  const add = (id, name, plan, region, manager, person, legalHold) => {
    const email = NAMED.some(([named]) => named === id)
      ? `${slug(person.split(" ")[0])}@${id}.example`
      : address(person, id);
    all.push(customer(id, name, plan, region, manager ?? random.pick(managers), person, email, legalHold));
    contacts.push(contact(id, person, email));
  };
  for (const named of NAMED) add(...named);
  const taken = new Set();
  while (all.length < count) {
    const name = `${random.pick(COMPANY_FIRST)} ${random.pick(COMPANY_SECOND)}`;
    // A larger scale than there are names numbers the later ones.
    const id = taken.has(slug(name)) ? `${slug(name)}-${all.length}` : slug(name);
    taken.add(id);
    const person = `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`;
    add(id, name, random.weighted(PLANS), random.weighted(WHERE), null, person, random.chance(0.03));
    for (let more = random.between(0, 2); more > 0; more--) {
      const colleague = `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`;
      const email = address(colleague, id);
      if (!contacts.some(({ uid }) => uid.id === email)) contacts.push(contact(id, colleague, email));
    }
  }
  return {
    entities: [...all, ...contacts],
    customers: all,
    get: (id) => all.find(({ uid }) => uid.id === id),
  };
}
