import assert from "node:assert/strict";
import { test } from "node:test";
import { openProject } from "../project/open-project.js";
import { tempProject } from "../testing-internal/temp-project.js";

const ERRS = "principal.missing == 1";
const permit = (when = "true") => `@id("p") permit (principal, action, resource) when { ${when} };`;
const forbid = (id: string, when: string) =>
  `@id("${id}") forbid (principal, action, resource) when { ${when} };`;

const rows: [
  name: string,
  policies: string,
  decision: string,
  code: string,
  determining: string,
  message: RegExp,
][] = [
  ["a permit", permit(), "allow", "permitted", "p", /^permitted by `p`$/],
  ["nothing", permit("false"), "deny", "no_permit", "", /^no policy permits this$/],
  [
    "a permit that errs permits nothing",
    permit(ERRS),
    "deny",
    "no_permit",
    "",
    /^no policy permits this; not evaluated: `p`$/,
  ],
  ["a forbid that holds", permit() + forbid("f", "true"), "deny", "forbidden", "f", /^forbidden by `f`$/],
  [
    "a forbid that errs is not passed over",
    permit() + forbid("f", ERRS),
    "deny",
    "forbid_errored",
    "",
    /^denied because a `forbid` could not be evaluated: `f`$/,
  ],
  ["whether or not something permits", forbid("f", ERRS), "deny", "forbid_errored", "", /`f`$/],
  [
    "but what forbids all the same is named",
    permit() + forbid("f", ERRS) + forbid("g", "true"),
    "deny",
    "forbidden",
    "g",
    /^forbidden by `g`$/,
  ],
  [
    "a permit that errs beside one that holds harms nothing",
    `${permit()} @id("q") permit (principal, action, resource) when { ${ERRS} };`,
    "allow",
    "permitted",
    "p",
    /^permitted by `p`$/,
  ],
];

for (const [name, policies, decision, code, determining, message] of rows) {
  test(name, async (t) => {
    const directory = await tempProject(t, { "policies/a.cedar": policies });
    const decider = await openProject(directory, { log: false, watch: false });
    t.after(() => decider.close());
    const answer = await decider.decide({ principal: 'U::"u"', action: "a", resource: 'R::"r"' });
    assert.deepEqual(
      [answer.decision, answer.reason.code, answer.policies.map((p) => p.id).join()],
      [decision, code, determining],
    );
    assert.match(answer.reason.message, message);
    const errors = [...policies.matchAll(/missing/g)].length;
    assert.equal(answer.errors.length, errors);
  });
}
