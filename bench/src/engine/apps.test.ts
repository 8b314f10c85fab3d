import assert from "node:assert/strict";
import { test } from "node:test";
import { crossCheck } from "../decisions/cross-check.js";
import type { Application } from "./apps/application.js";
import { gdrive, gdriveTemplates } from "./apps/gdrive.js";
import { github, githubTemplates } from "./apps/github.js";
import { tinytodo, tinytodoTemplates } from "./apps/tinytodo.js";
import { bars } from "./bars.js";
import { drawChart } from "./chart.js";
import { ourContenders, wasmContenders } from "./contenders.js";
import { casbin } from "./peers/casbin.js";
import { casl } from "./peers/casl.js";
import { questionsOf } from "./questions.js";
import { measureApp } from "./series.js";

const PAIRS: readonly (readonly [plain: Application, templates: Application])[] = [
  [gdrive, gdriveTemplates],
  [github, githubTemplates],
  [tinytodo, tinytodoTemplates],
];

for (const [plain, templates] of PAIRS) {
  test(`${plain.name}: all sides agree, on allows and on denies`, () => {
    for (const application of [plain, templates]) {
      const questions = questionsOf(application, 10, 1);
      const contenders = [
        ...ourContenders(questions, questions.count),
        ...wasmContenders(questions, { slice: 60, stateless: 20, all: 60 }),
      ];
      const { compared, allowed } = crossCheck(contenders, questions.count);
      assert.ok(compared >= 140);
      const share = allowed / questions.count;
      assert.ok(share > 0.25 && share < 0.75, `${share} of the questions are allowed`);
    }
  });

  test(`${plain.name}: grants by templates allow what grants by membership do`, () => {
    const decisions = [plain, templates].map((application) => {
      const questions = questionsOf(application, 15, 2);
      const [ours] = ourContenders(questions, 1);
      return Array.from({ length: questions.count }, (_, index) => ours?.answer(index).decision);
    });
    assert.deepEqual(decisions[0], decisions[1]);
    assert.ok(questionsOf(templates, 15, 1).worlds[0]?.bundle.policies.templateLinks.length);
  });

  test(`${plain.name}: a world is the same for the same seed`, () => {
    const [first, again, other] = [0, 0, 1].map((index) => questionsOf(plain, 5, 2).worlds[index]);
    assert.deepEqual(first?.entities, again?.entities);
    assert.deepEqual(first?.asked, again?.asked);
    assert.notDeepEqual(first?.asked, other?.asked);
  });
}

test("peers with other languages decide as we do", async () => {
  const questions = questionsOf(tinytodo, 10, 1);
  const [ours] = ourContenders(questions, 1);
  for (const peer of [casl(questions, 1), await casbin(questions, 1)]) {
    for (let index = 0; index < questions.count; index++)
      assert.equal(
        peer.allows(index),
        ours?.answer(index).decision === "allow",
        `${peer.name}, question ${index}`,
      );
  }
});

test("figures without the native library are drawn and judged all the same", () => {
  const figures = [
    measureApp(tinytodo, 5, { missing: "not asked for" }, { worlds: 1, rounds: 1, scale: 0.01 }),
  ];
  const chart = drawChart(figures);
  assert.ok(chart.includes(">tinytodo</text>") && !chart.includes("NaN") && !chart.includes("Rust"));
  const judged = bars(figures, [{ medianNs: 1, p99Ns: 1, perSecond: 1 }], [heap(1000), heap(10_000_000)]);
  assert.equal(judged.find(({ bar }) => bar.includes("Rust"))?.met, null);
  assert.equal(judged.find(({ bar }) => bar.includes("JSON"))?.met, true);
  assert.equal(judged.find(({ bar }) => bar.includes("heap"))?.met, false);
});

function heap(growth: number) {
  return { path: "reference", decisions: 1, before: 0, after: growth };
}
