import { entity } from "./entity.mjs";

const EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split(
  " ",
);

/** Regions in which customers are; each has the larger region that it is part of. */
export const REGIONS = {
  eu: { name: "European Union and EEA", within: "emea", countries: EU },
  uk: { name: "United Kingdom", within: "emea", countries: ["GB"] },
  "north-america": { name: "United States and Canada", within: "americas", countries: ["US", "CA"] },
  latam: { name: "Latin America", within: "americas", countries: ["AR", "BR", "CL", "CO", "MX"] },
  japan: { name: "Japan", within: "apac", countries: ["JP"] },
  anz: { name: "Australia and New Zealand", within: "apac", countries: ["AU", "NZ"] },
};

const LARGER_REGIONS = {
  emea: "Europe, Middle East and Africa",
  americas: "The Americas",
  apac: "Asia and the Pacific",
};

const DEPARTMENTS = {
  company: ["Halyard", null],
  support: ["Support", "company"],
  engineering: ["Engineering", "company"],
  finance: ["Finance", "company"],
  legal: ["Legal", "company"],
  sales: ["Sales", "company"],
};

/** Group → its name and what it is part of: another group, or a department. */
const GROUPS = {
  "support-staff": ["Support staff", ["Department", "support"]],
  "first-line": ["First-line support", ["Group", "support-staff"]],
  "second-line": ["Second-line support", ["Group", "support-staff"]],
  "support-leads": ["Support leads", ["Group", "second-line"]],
  engineers: ["Engineers", ["Department", "engineering"]],
  "on-call": ["On call this week", ["Group", "engineers"]],
  billing: ["Billing", ["Department", "finance"]],
  "finance-leads": ["Finance leads", ["Group", "billing"]],
  "privacy-office": ["Privacy office", ["Department", "legal"]],
  "account-managers": ["Account managers", ["Department", "sales"]],
  contractors: ["Contractors", ["Department", "company"]],
};

const countriesWithin = (larger) =>
  Object.values(REGIONS)
    .filter((region) => region.within === larger)
    .flatMap((region) => region.countries);

/** Regions, departments, groups, services and agents. */
export function organisation() {
  return [
    ...Object.entries(LARGER_REGIONS).map(([id, name]) =>
      entity("Region", id, { name, countries: countriesWithin(id) }),
    ),
    ...Object.entries(REGIONS).map(([id, { name, within, countries }]) =>
      entity("Region", id, { name, countries }, [["Region", within]]),
    ),
    ...Object.entries(DEPARTMENTS).map(([id, [name, within]]) =>
      entity("Department", id, { name }, within ? [["Department", within]] : []),
    ),
    ...Object.entries(GROUPS).map(([id, [name, within]]) => entity("Group", id, { name }, [within])),
    entity("Service", "status-page", { name: "Status page" }),
    entity("Agent", "assistant", { name: "Support assistant" }),
  ];
}
