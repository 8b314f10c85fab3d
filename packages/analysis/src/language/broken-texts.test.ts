import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import {
  complete,
  findDefinitions,
  findReferences,
  hoverAt,
  OpenProject,
  outlineOf,
  RenameRefused,
  renamePolicy,
} from "./index.js";

const HELPDESK = new URL("../../../../examples/helpdesk/", import.meta.url);

const names = ["schema.cedarschema", "cordon.yaml"];
for (const folder of ["policies", "tests", "entities"]) {
  for (const name of readdirSync(new URL(folder, HELPDESK))) {
    if (/\.(cedar|yaml|json)$/.test(name)) names.push(`${folder}/${name}`);
  }
}
const helpdesk = new Map(
  names.map((name): [string, string] => [name, readFileSync(new URL(name, HELPDESK), "utf8")]),
);

const seed = Number(process.env.CORDON_SEED ?? Date.now() % 1e9);
const numRuns = Math.ceil(60 * Number(process.env.CORDON_RUNS ?? 1));

const PIECES = [
  '"',
  "(",
  ")",
  "{",
  "}",
  "[",
  "]",
  ";",
  ".",
  "::",
  "//",
  "\n",
  "@",
  " is ",
  " in ",
  "permit",
  "entity ",
  "- ",
  ": ",
  "é😀",
  "\r\n",
];

/** A text as it may be while somebody types: parts of it are gone, and stray pieces are in it. */
const broken = fc.record({
  path: fc.constantFrom(...names.filter((name) => !name.endsWith(".json"))),
  cuts: fc.array(
    fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(40), fc.constantFrom("", ...PIECES)),
    { maxLength: 4 },
  ),
  end: fc.double({ min: 0.05, max: 1, noNaN: true }),
  cursor: fc.double({ min: 0, max: 1, noNaN: true }),
});

test("whatever a text looks like, every question about it has an answer", () => {
  const project = new OpenProject(helpdesk);
  fc.assert(
    fc.property(broken, ({ path, cuts, end, cursor }) => {
      const original = helpdesk.get(path) ?? "";
      let text = original.slice(0, Math.ceil(original.length * end));
      for (const [at, length, piece] of cuts) {
        const start = Math.floor(text.length * at);
        text = text.slice(0, start) + piece + text.slice(start + length);
      }
      project.update(path, text);
      const document = project.document(path);
      assert.ok(document);
      const offset = Math.floor(text.length * cursor);
      const isWithin = ({ start, end: last }: { start: number; end: number }, length: number) =>
        start >= 0 && start <= last && last <= length;
      for (const { replace } of complete(project, document, offset)) {
        assert.ok(isWithin(replace, text.length) && replace.start <= offset && replace.end >= offset);
      }
      const hover = hoverAt(project, document, offset);
      assert.ok(hover === null || isWithin(hover, text.length));
      const places = [
        ...findDefinitions(project, document, offset),
        ...findReferences(project, document, offset, true),
      ];
      for (const place of places) assert.ok(isWithin(place, project.document(place.path)?.text.length ?? -1));
      for (const { span, nameSpan } of outlineOf(project, document)) {
        assert.ok(isWithin(span, text.length) && isWithin(nameSpan, text.length));
      }
      try {
        renamePolicy(project, document, offset, "another-id");
      } catch (error) {
        if (!(error instanceof RenameRefused)) throw error;
      }
      project.update(path, original);
    }),
    { seed, numRuns },
  );
});

test("at every place of every file that is as it should be", () => {
  const project = new OpenProject(helpdesk);
  for (const path of names) {
    const document = project.document(path);
    assert.ok(document);
    // Reading YAML anew for each place takes its time.
    const step = path.endsWith(".cedar") || path.endsWith(".cedarschema") ? 13 : 211;
    for (let offset = 0; offset <= document.text.length; offset += step) {
      complete(project, document, offset);
      hoverAt(project, document, offset);
    }
  }
});
