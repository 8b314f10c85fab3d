import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROBLEMS } from "../../packages/pdp/dist/http/problem.js";
import { filesUnder, workspaces } from "../testing/workspaces.mjs";
import { MEANINGS } from "./code-meanings.mjs";
import { code, table } from "./markdown.mjs";

const COMMENT = String.raw`\/\*\*(?:(?!\*\/)[\s\S])*\*\/`;
const LITERAL = new RegExp(String.raw`(${COMMENT})?\s*\|?\s*"([a-z][a-z_]*)"`, "g");
const UNION = new RegExp(
  String.raw`(${COMMENT})?\s*export type (\w+Code) =((?:\s*(?:${COMMENT})?\s*\|?\s*"[a-z_]+")+)`,
  "g",
);
const CARRIER =
  /export (?:class|interface) (\w+)[^{]*\{(?:(?!\nexport )[\s\S])*?\n\s*(readonly )?code(?:: | = )([^;,]+)[;,]/g;
const MALFORMED = /(?:\bmalformed|new RequestError)\(\s*"([a-z_]+)"/g;

/** Told elsewhere: the problems of the server above the rest, reasons where decisions are explained. */
const ELSEWHERE = ["AuthzenErrorCode", "ReasonCode"];

/**
 * @typedef {{ code: string, meaning: string | undefined }} Entry
 * @typedef {{ packages: string[], name: string, entries: Entry[] }} Family
 */

/** The page on every error code, from the unions that the compiler holds errors to. */
export function errorCodesPage() {
  const families = merged(
    workspaces()
      .filter(({ folder }) => folder.startsWith("packages/"))
      .flatMap(({ directory, manifest }) => familiesOf(join(directory, "src"), manifest.name)),
  ).sort((a, b) => order(a.packages) - order(b.packages) || a.name.localeCompare(b.name));
  refuseSuperfluous(families);
  return [
    "# Error codes",
    "An error has a `code`, which is stable, a `message`, which says what is wrong, and a `help`, which says what to do. Write programs against the code alone.",
    "What is wrong with a *project* is told by diagnostics, whose codes `cordon check` shows; why a request was *denied* is no error but [a reason](../decisions.md#reasons).",
    "## Problems of the server",
    "As [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problems; those with the status 400 may carry a finer code from below.",
    table(
      ["code", "status", "meaning"],
      Object.entries(PROBLEMS).map(([name, [status, title]]) => [code(name), String(status), lower(title)]),
    ),
    ...families.flatMap((family) => [
      `## ${family.name}`,
      `From ${family.packages.map(code).join(" and ")}.`,
      table(
        ["code", "meaning"],
        family.entries.map((entry) => [code(entry.code), meaningOf(family, entry)]),
      ),
    ]),
  ].join("\n\n");
}

/**
 * @param {string} directory
 * @param {string} packageName
 * @returns {Family[]}
 */
function familiesOf(directory, packageName) {
  const sources = filesUnder(directory, (path) => path.endsWith(".ts") && !/\.test\.|testing/.test(path)).map(
    (path) => readFileSync(path, "utf8"),
  );
  const carriers = sources.flatMap((source) => [...source.matchAll(CARRIER)]);
  const unions = sources.flatMap((source) => [...source.matchAll(UNION)]);
  const named = unions
    .filter(([, , type = ""]) => !ELSEWHERE.includes(type))
    .map(([, comment = "", type = "", body = ""]) => ({
      packages: [packageName],
      name: carriers.find(([, , , carried]) => carried === type)?.[1] ?? type,
      entries: [...body.matchAll(LITERAL)].map(([, own, name = ""]) => ({
        code: name,
        meaning: own === undefined ? listed(comment, name) : prose(own),
      })),
    }));
  const inline = carriers
    .filter(([, , isReadonly]) => isReadonly !== undefined)
    .map(([, name = "", , carried = ""]) => ({ name, found: [...carried.matchAll(LITERAL)] }))
    .filter(({ found }) => found.length > 0)
    .map(({ name, found }) => ({
      packages: [packageName],
      name,
      entries: found.map(([, , literal = ""]) => ({ code: literal, meaning: undefined })),
    }));
  const malformed = [
    ...new Set(sources.flatMap((source) => [...source.matchAll(MALFORMED)].map((found) => found[1] ?? ""))),
  ];
  const requests = malformed.map((name) => ({ code: name, meaning: undefined }));
  const families = [...named, ...inline];
  return requests.length === 0
    ? families
    : [...families, { packages: [packageName], name: "RequestError", entries: requests }];
}

/**
 * Errors of one name from several packages are one kind of error.
 *
 * @param {readonly Family[]} families
 */
function merged(families) {
  /** @type {Map<string, Family>} */
  const byName = new Map();
  for (const family of families) {
    const { packages = [], entries = [] } = byName.get(family.name) ?? {};
    const fresh = family.entries.filter((entry) => entries.every((known) => known.code !== entry.code));
    byName.set(family.name, {
      name: family.name,
      packages: [...packages, ...family.packages],
      entries: [...entries, ...fresh],
    });
  }
  return [...byName.values()];
}

/**
 * What the comment of a union says of one of its codes, in a line such as "- `network`: the server can't be reached."
 *
 * @param {string} comment
 * @param {string} name
 */
function listed(comment, name) {
  const items = prose(comment).split(/(?:^|\s)- (?=`)/);
  const item = items.find((text) => text.split(":")[0]?.includes(`\`${name}\``));
  return item?.slice(item.indexOf(":") + 1).trim();
}

/** @param {string} comment */
function prose(comment) {
  return comment
    .replace(/^\/\*\*|\*\/$/g, "")
    .replace(/^\s*\* ?/gm, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/**
 * @param {Family} family
 * @param {Entry} entry
 */
function meaningOf({ name }, entry) {
  const meaning = MEANINGS[name]?.[entry.code] ?? entry.meaning;
  if (meaning !== undefined) return lower(meaning.replace(/\.$/, ""));
  throw new Error(
    `\`${entry.code}\` of ${name} has no meaning: write it above the code, or in scripts/docs/code-meanings.mjs`,
  );
}

/** @param {readonly Family[]} families */
function refuseSuperfluous(families) {
  for (const [name, meanings] of Object.entries(MEANINGS)) {
    const codes = families.filter((family) => family.name === name).flatMap(({ entries }) => entries);
    for (const meant of Object.keys(meanings)) {
      if (codes.every((entry) => entry.code !== meant))
        throw new Error(`scripts/docs/code-meanings.mjs explains \`${meant}\` of ${name}, which there isn't`);
    }
  }
}

/** @param {string} text */
function lower(text) {
  return /^(?!Cedar)[A-Z][a-z']*\s/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/**
 * What applications meet first comes first.
 *
 * @param {readonly string[]} packages
 */
function order([name = ""]) {
  const known = [
    "@cordon/pdp",
    "@cordon/client",
    "@cordon/gates",
    "cordon",
    "@cordon/engine",
    "@cordon/cedar",
  ];
  return known.includes(name) ? known.indexOf(name) : known.length;
}
