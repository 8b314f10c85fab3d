import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { mutantsOf } from "./mutants.js";
import { isSame, rowOf, toldSurvivors, withCounts } from "./report.js";
import { allMutants, PAGE } from "./sources.js";

const SOURCE = `import { x } from "./x.js";
export function f(a: number, b?: { c: "text" }): string {
  if (a < 1 && !x(b?.c)) return "";
  return [text(a), b as unknown as string].sort().join("|");
}
`;

test("each thing that matters is changed, and what isn't evaluated is not", () => {
  const changes = mutantsOf("f.ts", SOURCE).map(
    ({ original, replacement }) => `${original} → ${replacement}`,
  );
  const line = 'if (a < 1 && !x(b?.c)) return "";';
  for (const expected of [
    `${line} → if (a < 1 || !x(b?.c)) return "";`,
    `${line} → if (true) return "";`,
    `${line} → if (false) return "";`,
    `${line} → if (a <= 1 && !x(b?.c)) return "";`,
    `${line} → if (a < 2 && !x(b?.c)) return "";`,
    `${line} → if (a < 1 && x(b?.c)) return "";`,
    `${line} → if (a < 1 && !x(b.c)) return "";`,
    `${line} → if (a < 1 && !x(b?.c)) return "changed";`,
    'return [text(a), b as unknown as string].sort().join("|"); → return [text(a), b as unknown as string].join("|");',
    'return [text(a), b as unknown as string].sort().join("|"); → return [].sort().join("|");',
    'return [text(a), b as unknown as string].sort().join("|"); → return [text(a), b as unknown as string].sort().join("");',
  ]) {
    assert.ok(changes.includes(expected), `${expected}\nis not among\n${changes.join("\n")}`);
  }
  assert.ok(changes.some((change) => change.endsWith("→ {}")));
  assert.ok(!changes.some((change) => change.includes("import") || change.includes('"text"')));
});

test("every change is one of a whole file, and no two are the same", () => {
  const all = allMutants();
  assert.ok(all.length > 500);
  assert.equal(new Set(all.map(({ file, source }) => `${file} ${source}`)).size, all.length);
});

test("a row of the page names the change that it was written for", () => {
  for (const mutant of allMutants()) {
    const [told] = toldSurvivors(rowOf(mutant));
    assert.ok(told !== undefined && isSame(told, mutant), rowOf(mutant));
  }
});

test("each change that the page tells can still be made, and has its reason", () => {
  const all = allMutants();
  const told = toldSurvivors(readFileSync(PAGE, "utf8"));
  for (const row of told) {
    assert.ok(
      all.some((mutant) => isSame(row, mutant)),
      `docs/mutation-testing.md tells a change that can't be made: ${row.file} ${row.original} → ${row.replacement}`,
    );
    assert.ok(row.why.length > 15, `${row.original}: why does it survive?`);
  }
  assert.ok(told.length > 0);
});

test("counts replace the counts of the run before", () => {
  const page = "a\n<!-- counts of the last run -->\nold\n<!-- end of the counts -->\nb\n";
  const [mutant] = allMutants();
  assert.ok(mutant);
  const trials = [
    { mutant, killedBy: "x.test.js" },
    { mutant, killedBy: null },
  ];
  const text = withCounts(page, trials);
  assert.match(text, /\| `allows\.ts` +\| 2 +\| 1 +\| 1 +\|/);
  assert.ok(!text.includes("old") && text.startsWith("a\n") && text.endsWith("b\n"));
  assert.equal(withCounts(text, trials), text);
});
