import { entity, ref } from "./entity.mjs";
import { FIRST_NAMES, LAST_NAMES, slug } from "./names.mjs";

const DAY = { start: "8h", end: "16h30m" };
const EVENING = { start: "14h", end: "22h" };
const NIGHT = { start: "21h30m", end: "6h" };

/** The people that the documentation and the tests speak of; the README says who they are. */
const NAMED = [
  ["ann", "Ann Okafor", ["support-leads"], { clearance: 4, regions: ["emea"] }],
  ["bob", "Bob Lindqvist", ["first-line"], { clearance: 2, regions: ["emea"], shift: DAY }],
  ["cleo", "Cleo Marchetti", ["second-line"], { clearance: 3, regions: ["emea"], shift: EVENING }],
  ["dev", "Dev Kapoor", ["support-leads", "contractors"], { clearance: 3, regions: ["apac"] }],
  ["eve", "Eve Tanaka", ["on-call"], { clearance: 4, regions: [] }],
  ["finn", "Finn Osei", ["billing"], { clearance: 2, regions: [], refundLimit: 50_000 }],
  ["gwen", "Gwen Alvarez", ["finance-leads"], { clearance: 3, regions: [], refundLimit: 1_000_000 }],
  ["hana", "Hana Kovač", ["privacy-office"], { clearance: 5, regions: [] }],
  ["ivy", "Ivy Laurent", ["account-managers"], { clearance: 2, regions: ["eu"] }],
  ["jack", "Jack Ferreira", ["support-leads"], { clearance: 4, regions: ["emea"], active: false }],
  ["kim", "Kim Robles", ["support-leads"], { clearance: 4, regions: ["americas"] }],
];

/** How many more there are of each, and what they are like. */
const TEAMS = [
  ["first-line", 34, { clearance: [1, 2], shifts: [DAY, EVENING, NIGHT], covers: true }],
  ["second-line", 16, { clearance: [2, 3], shifts: [DAY, EVENING], covers: true }],
  ["support-leads", 4, { clearance: [3, 4], shifts: [], covers: true }],
  ["engineers", 24, { clearance: [2, 3], shifts: [] }],
  ["on-call", 5, { clearance: [3, 4], shifts: [] }],
  ["billing", 8, { clearance: [2, 2], shifts: [DAY], refundLimit: [10_000, 25_000, 50_000] }],
  ["privacy-office", 2, { clearance: [5, 5], shifts: [] }],
  ["account-managers", 18, { clearance: [2, 3], shifts: [] }],
];

function user(id, name, groups, traits) {
  const { clearance, regions, shift, refundLimit = 0, active = true } = traits;
  const attrs = {
    name,
    email: `${id}@halyard.example`,
    active,
    clearance,
    regions: regions.map((region) => ref("Region", region)),
    ...(shift ? { shift } : {}),
    refundLimit,
  };
  return entity(
    "User",
    id,
    attrs,
    groups.map((group) => ["Group", group]),
  );
}

function colleague(random, group, traits, taken) {
  let name = "";
  do name = `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`;
  while (taken.has(name));
  taken.add(name);
  const groups = traits.covers && random.chance(0.15) ? [group, "contractors"] : [group];
  return user(slug(name, "."), name, groups, {
    clearance: random.between(...traits.clearance),
    regions: traits.covers ? [random.weighted(COVERAGE)] : [],
    shift: traits.shifts.length > 0 ? random.pick(traits.shifts) : undefined,
    refundLimit: traits.refundLimit ? random.pick(traits.refundLimit) : 0,
    active: !random.chance(0.05),
  });
}

const COVERAGE = [
  ["emea", 4],
  ["eu", 2],
  ["uk", 1],
  ["americas", 4],
  ["apac", 3],
];

/** All members of staff, and who of them does what. */
export function staff(random) {
  const members = new Map();
  const entities = [];
  const join = (group, person) => {
    entities.push(person);
    members.set(group, [...(members.get(group) ?? []), person]);
  };
  for (const [id, name, groups, traits] of NAMED) join(groups[0], user(id, name, groups, traits));
  const taken = new Set();
  for (const [group, count, traits] of TEAMS) {
    for (let i = 0; i < count; i++) join(group, colleague(random, group, traits, taken));
  }
  const covering = (larger, leaf) =>
    ["first-line", "second-line"]
      .flatMap((group) => members.get(group))
      .filter((person) => person.attrs.regions.some(({ id }) => id === larger || id === leaf));
  return { entities, inGroup: (group) => members.get(group), covering };
}
