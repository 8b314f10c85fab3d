import assert from "node:assert/strict";
import { test } from "node:test";
import { formatPolicies, renderDiagnostic } from "@cordon/cedar";
import fc from "fast-check";
import { commentsOf } from "./comments.js";
import { PolicyFormatter } from "./policy-formatter.js";

const formatter = new PolicyFormatter();

test("comments are told from what only looks like one", () => {
  const text = '// a\npermit(principal, action, resource) // b  \r\nwhen { "// c" == "\\"// d" }; //\n';
  assert.deepEqual(
    commentsOf(text).map((comment) => [comment.text, text.slice(comment.start, comment.end)]),
    [
      ["// a", "// a"],
      ["// b", "// b"],
      ["//", "//"],
    ],
  );
});

const kept: [name: string, text: string, formatted: string][] = [
  ["no policies", "// later\n", "// later\n"],
  ["nothing", "", ""],
  [
    "a policy",
    "// why\npermit(principal,action,resource);",
    "// why\npermit (principal, action, resource);\n",
  ],
  [
    "line breaks of Windows",
    "permit(principal,\r\naction,resource);\r\n",
    "permit (principal, action, resource);\r\n",
  ],
  [
    "a comment within an expression",
    "permit(principal,action,resource)when{[1,// x\n2].contains(1)};",
    "permit (principal, action, resource)\nwhen\n{\n  [1, // x\n   2].contains\n    (\n      1\n    )\n};\n",
  ],
];

for (const [name, text, formatted] of kept) {
  test(`formats ${name}, and what is formatted stays`, () => {
    assert.deepEqual(formatter.format(text, "a.cedar"), { ok: true, text: formatted });
    assert.deepEqual(formatter.format(formatted, "a.cedar"), { ok: true, text: formatted });
  });
}

/** A formatter that does harm in one way, and what must be said of it. */
const harmful: [name: string, harm: (text: string) => string, message: string][] = [
  [
    "loses a comment",
    (text) => text.replace("// why", ""),
    `error[format_refused]: formatting would lose or move a comment
 --> a.cedar:1:1
  |
1 | // why
  | ^^^^^^
  = help: the file is left as it is; put the comment on a line of its own, or format it by hand`,
  ],
  [
    "swaps comments",
    (text) => text.replace("// why", "// x").replace("// because", "// why").replace("// x", "// because"),
    "formatting would lose or move a comment",
  ],
  ["repeats a comment", (text) => `${text}// because\n`, "formatting would repeat a comment"],
  [
    "changes a policy",
    (text) => text.replace("level > 3", "level > 4"),
    `error[format_refused]: formatting would change what a policy says
 --> a.cedar:2:1
  |
2 | permit(principal,action,resource)when{principal.level>3}; // because
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = help: the file is left as it is; put the comment on a line of its own, or format it by hand`,
  ],
  [
    "drops a policy",
    (text) => text.replace(/forbid[^;]*;/, ""),
    "formatting would change what a policy says",
  ],
  ["adds a policy", (text) => `${text}permit (principal, action, resource);\n`, "formatting would change"],
];

for (const [name, harm, message] of harmful) {
  test(`a result that ${name} is refused`, () => {
    const text =
      "// why\npermit(principal,action,resource)when{principal.level>3}; // because\nforbid(principal,action,resource);";
    const harmed = new PolicyFormatter((given, path) => {
      const formatted = formatPolicies(given, path);
      assert.ok(formatted.ok);
      return { ok: true, text: harm(formatted.text) };
    });
    const result = harmed.format(text, "a.cedar");
    assert.ok(!result.ok);
    const rendered = result.diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, text)).join("\n");
    assert.ok(rendered.includes(message), rendered);
  });
}

test("what does not parse is reported as it is, and nothing else", () => {
  const result = formatter.format("permit(principal, action);", "a.cedar");
  assert.ok(!result.ok);
  assert.deepEqual(
    result.diagnostics.map(({ code, file }) => [code, file]),
    [["policy_syntax", "a.cedar"]],
  );
});

test("comments anywhere are all kept, or the file is refused", () => {
  const pieces = ["@id", "(", '"a"', ")", "permit", "(", "principal", ",", "action", ",", "resource", ")"];
  const rest = ["when", "{", "context", ".", "n", "+", "1", "<", "3", "}", ";"];
  const spaces = fc.constantFrom(" ", " // c\n", "\n// d\n\n", "\n");
  const seed = Number(process.env.CORDON_SEED ?? Date.now() % 1e9);
  console.log(`seed ${seed}`);
  let refused = 0;
  let formatted = 0;
  fc.assert(
    fc.property(fc.array(spaces, { minLength: 24, maxLength: 24 }), (gaps) => {
      const text =
        [...pieces, ...rest].map((piece, index) => `${gaps[index]}${piece}`).join("") + gaps.at(-1);
      const result = formatter.format(text, "a.cedar");
      if (!result.ok) {
        refused++;
        assert.deepEqual(
          result.diagnostics.map(({ code }) => code),
          ["format_refused"],
        );
        return;
      }
      formatted++;
      assert.deepEqual(
        commentsOf(result.text).map((comment) => comment.text),
        commentsOf(text).map((comment) => comment.text),
      );
    }),
    { numRuns: Number(process.env.CORDON_RUNS ?? 100), seed },
  );
  assert.ok(formatted > refused, `${formatted} formatted, ${refused} refused`);
});
