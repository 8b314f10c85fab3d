// Times `cordon check` on a generated project of 5,000 policies, and an edit of one of its files as an editor makes it.
// node scripts/bench-check.mjs [POLICIES]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openChecker } from "@cordon/analysis/check";

const PER_FILE = 50;
const THINGS = 25;
const VERBS = ["read", "edit", "share", "erase"];
const CHECK_BUDGET_MS = 5000;
const EDIT_BUDGET_MS = 150;

const policies = Number(process.argv[2] ?? 5000);
const folder = mkdtempSync(join(tmpdir(), "cordon-bench-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, "policies"));
writeFileSync(join(folder, "schema.cedarschema"), schema());
for (let file = 0; file < policies / PER_FILE; file++) {
  writeFileSync(join(folder, "policies", `file${file}.cedar`), policiesOf(file));
}

const binary = fileURLToPath(new URL("../packages/cli/bin/cordon.js", import.meta.url));
const started = performance.now();
execFileSync(process.execPath, [binary, "check", "--project", folder, "--json"], { maxBuffer: 2 ** 28 });
report(`check ${policies} policies`, performance.now() - started, CHECK_BUDGET_MS);

const checker = await openChecker(folder);
const path = "policies/file3.cedar";
const text = checker.texts().get(path) ?? "";
const edits = [];
for (let edit = 0; edit < 20; edit++) {
  const before = performance.now();
  checker.update(path, text.replace("Rule 7", `Rule 7, ${edit}`));
  edits.push(performance.now() - before);
}
edits.sort((a, b) => a - b);
report("edit one policy, median", edits[10] ?? 0, EDIT_BUDGET_MS);

/**
 * @param {string} what
 * @param {number} milliseconds
 * @param {number} budget
 */
function report(what, milliseconds, budget) {
  process.stdout.write(`${what.padEnd(28)} ${Math.round(milliseconds)} ms (budget ${budget} ms)\n`);
}

function schema() {
  const things = Array.from({ length: THINGS }, (_, i) => i);
  const types = things.map(
    (i) => `entity Thing${i} in [Folder] = { owner: User, size: Long, state: String, region: String };`,
  );
  const actions = things.flatMap((i) =>
    VERBS.map(
      (verb) =>
        `action "thing${i}:${verb}" in ["${verb}"] appliesTo { principal: [User, Robot], resource: [Thing${i}], context: Circumstances };`,
    ),
  );
  return `entity Team in [Team];
entity User in [Team] = { level: Long, region: String };
entity Robot in [Team];
entity Folder in [Folder];
type Circumstances = { now: datetime, mfa?: Bool };
action "read", "edit", "share", "erase";
${[...types, ...actions].join("\n")}
`;
}

/** @param {number} file */
function policiesOf(file) {
  return Array.from({ length: PER_FILE }, (_, i) => {
    const thing = file % THINGS;
    const conditions = [
      `resource.state == "s${i}"`,
      "resource.owner == principal",
      `resource.size < ${i * 10}`,
      "context has mfa && context.mfa",
      `principal.level > ${i % 9} && resource.region == "r${i}"`,
    ];
    return `@id("p${file}-${i}")
@reason("Rule ${i} of file ${file}.")
${i % 7 === 0 ? "forbid" : "permit"} (
  principal is User in Team::"team-${file}-${i % 20}",
  action == Action::"thing${thing}:${VERBS[i % 4]}",
  resource is Thing${thing}
)
when { ${conditions[i % 5]} && ${conditions[(i + 2) % 5]} };
`;
  }).join("\n");
}
