import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { suiteOf } from "../testing-internal/suite.js";
import {
  type ConditionCoverage,
  type Coverage,
  collectCoverage,
  htmlReport,
  lcovReport,
  renderCoverage,
  totalsOf,
} from "./index.js";

const POLICIES = `// One of each.
@id("both")
permit (principal is User, action == Action::"read", resource)
when { principal.level >= 2 && (resource.secret == false || context has country) }
unless { !(principal has boss) };

@id("choice")
permit (principal is User, action == Action::"share", resource)
when { if resource.secret then principal.level > 5 else true };

@id("far")
forbid (principal == User::"nobody", action, resource)
when { principal.level == 1 };

@id("overflows")
permit (principal is User, action == Action::"share", resource)
when { principal.level + 9223372036854775807 > 0 || true };
`;

const TESTS = `cases:
  - name: the second clause keeps it from applying
    principal: User::ann
    action: read
    resource: Document::plan
    expect: deny
  - name: the first clause does, and the second isn't looked at
    principal: User::bob
    action: read
    resource: Document::plan
    expect: deny
  - name: the choice, and an overflow
    principal: User::ann
    action: share
    resource: Document::plan
    expect: { decision: allow, errors: [overflows] }
`;

const suite = () => suiteOf(TESTS, { "policies/documents.cedar": POLICIES });

/** Every condition with its count of true, false and error, indented by depth. */
function told({ files }: Coverage): string[] {
  const lines: string[] = [];
  const visit = ({ text, seen, children }: ConditionCoverage, depth: number) => {
    lines.push(`${"  ".repeat(depth)}${text}  ${seen.true}/${seen.false}/${seen.error}`);
    for (const child of children) visit(child, depth + 1);
  };
  for (const policy of files.flatMap(({ policies }) => policies)) {
    lines.push(`${policy.policyId}  ${policy.seen.true}/${policy.seen.false}/${policy.seen.error}`);
    for (const clause of policy.clauses) visit(clause, 1);
  }
  return lines;
}

test("every condition is counted true, false and failing, as evaluation got to it", async () => {
  assert.deepEqual(told(collectCoverage(await suite())), [
    "both  0/2/0",
    "  principal.level >= 2 && (resource.secret == false || context has country)  1/1/0",
    "    principal.level >= 2  1/1/0",
    // Of the alternatives only the first was needed.
    "    resource.secret == false || context has country  1/0/0",
    "      resource.secret == false  1/0/0",
    "      context has country  0/0/0",
    "  !(principal has boss)  1/0/0",
    "    principal has boss  0/1/0",
    "choice  1/0/0",
    "  if resource.secret then principal.level > 5 else true  1/0/0",
    "    resource.secret  0/1/0",
    "    principal.level > 5  0/0/0",
    "    true  1/0/0",
    "far  0/0/0",
    "  principal.level == 1  0/0/0",
    "overflows  0/0/1",
    "  principal.level + 9223372036854775807 > 0 || true  0/0/1",
    "    principal.level + 9223372036854775807 > 0  0/0/1",
    "    true  0/0/0",
  ]);
});

test("conditions stand where they are written", async () => {
  const [file] = collectCoverage(await suite()).files;
  assert.ok(file);
  const visit = ({ span, text, children, line, column }: ConditionCoverage) => {
    assert.equal(file.text.slice(span.start, span.end), text);
    assert.equal(
      file.text
        .split("\n")
        [line - 1]?.slice(column - 1)
        .startsWith(text),
      true,
    );
    for (const child of children) visit(child);
  };
  for (const policy of file.policies) {
    assert.ok(file.text.slice(policy.span.start).startsWith(`@id("${policy.policyId}")`));
    for (const clause of policy.clauses) visit(clause);
  }
});

test("only conditions that can be either way count, twice", async () => {
  const coverage = collectCoverage(await suite());
  assert.deepEqual(totalsOf(coverage.files.flatMap(({ policies }) => policies)), {
    policies: 4,
    policiesSeen: 1,
    outcomes: 16,
    outcomesSeen: 5,
  });
});

test("a template is seen through the policies linked from it", async () => {
  const linked = await suiteOf(
    "cases:\n  - { principal: User::ann, action: read, resource: Document::plan, expect: allow }\n",
    {
      "policies/documents.cedar":
        '@id("t") permit (principal == ?principal, action, resource is Document) when { resource.secret == false };',
      "cordon.yaml": "links:\n  - { template: t, id: for-ann, principal: 'User::\"ann\"' }\n",
    },
  );
  assert.deepEqual(told(collectCoverage(linked)), ["t  1/0/0", "  resource.secret == false  1/0/0"]);
});

const SHOWN = `Coverage                  policies          conditions
policies/documents.cedar  1/4        25%    5/16       31%
all                       1/4        25%    5/16       31%

Not seen
policies/documents.cedar:2:1   both                                       never applied
policies/documents.cedar:4:33  resource.secret == false                   never false
policies/documents.cedar:4:61  context has country                        never evaluated
policies/documents.cedar:5:12  principal has boss                         never true
policies/documents.cedar:9:11  resource.secret                            never true
policies/documents.cedar:9:32  principal.level > 5                        never evaluated
policies/documents.cedar:11:1  far                                        its scope never fitted
policies/documents.cedar:15:1  overflows                                  never applied
policies/documents.cedar:17:8  principal.level + 9223372036854775807 > 0  only ever failed

Seen failing
overflows  1 time

from 3 questions; a condition counts twice, for true and for false`;

test("in a terminal, what no test has seen is listed with its place", async () => {
  const coverage = collectCoverage(await suite());
  assert.equal(renderCoverage(coverage), SHOWN);
  const colored = renderCoverage(coverage, { color: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for are control characters
  assert.equal(colored.replaceAll(/\u001b\[\d+m/g, ""), SHOWN);
  assert.ok(colored.includes("\u001b[33mnever false\u001b[0m"));
});

test("as lcov, a policy is a function and a condition two branches", async () => {
  assert.equal(
    lcovReport(collectCoverage(await suite()), "desk"),
    `TN:cordon
SF:desk/policies/documents.cedar
FN:2,both
FNDA:0,both
FN:7,choice
FNDA:1,choice
FN:11,far
FNDA:0,far
FN:15,overflows
FNDA:0,overflows
FNF:4
FNH:1
BRDA:4,0,0,1
BRDA:4,0,1,1
BRDA:4,1,0,1
BRDA:4,1,1,0
BRDA:4,2,0,-
BRDA:4,2,1,-
BRDA:5,3,0,0
BRDA:5,3,1,1
BRDA:9,4,0,0
BRDA:9,4,1,1
BRDA:9,5,0,-
BRDA:9,5,1,-
BRDA:13,6,0,-
BRDA:13,6,1,-
BRDA:17,7,0,0
BRDA:17,7,1,0
BRF:16
BRH:5
DA:2,2
DA:4,2
DA:5,1
DA:7,1
DA:9,1
DA:11,0
DA:13,0
DA:15,1
DA:17,1
LF:9
LH:7
end_of_record
`,
  );
});

test("pages stand alone under a strict content security policy", async () => {
  const nasty = POLICIES.replace("// One of each.", '// <script>alert(1)</script> & "q"');
  const pages = htmlReport(collectCoverage(await suiteOf(TESTS, { "policies/documents.cedar": nasty })));
  assert.deepEqual(
    pages.map(({ name }) => name),
    ["index.html", "policies-documents.cedar.html"],
  );
  for (const { html } of pages) {
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    assert.ok(html.includes(`default-src 'none'; style-src 'sha256-${hash}'`));
    assert.match(style, /prefers-color-scheme:dark/);
    assert.doesNotMatch(html, /<script|<link|<img|\sstyle=|\son\w+=|https?:|url\(/);
  }
  const source = pages[1]?.html ?? "";
  for (const part of [
    "// &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;q&quot;",
    '<mark class="full" title="true 1×, false 1×">principal.level &gt;= 2</mark>',
    '<mark class="part" title="true 1×, false 0×">resource.secret == false</mark>',
    '<mark class="none" title="true 0×, false 0×">context has country</mark>',
    'title="true 0×, false 0×, failed 1×"',
    '<span class="hits never" title="far: applied 0×, kept from it by a clause 0×">0×</span>',
  ]) {
    assert.ok(source.includes(part), part);
  }
  // Without the marks, the page has the text of the file, line by line.
  const lines = [...source.matchAll(/<\/span><span>(.*)<\/span><\/div>/g)].map(([, line]) =>
    (line ?? "").replaceAll(/<[^>]*>/g, ""),
  );
  const plain = lines
    .join("\n")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
  assert.equal(plain, nasty);
});
