import assert from "node:assert/strict";
import { test } from "node:test";
import { turnDecision } from "./counterfactual.js";
import { type RenderOptions, renderBestSuggestion, renderExplained } from "./render.js";
import { entity, explainSituation } from "./testing-internal/ask.js";
import { askHelpdesk } from "./testing-internal/helpdesk.js";

function render(explained: ReturnType<typeof askHelpdesk>, options: RenderOptions = {}): string {
  const { bundle, facts, decision } = explained;
  const turned = facts === undefined || decision === "allow" ? undefined : turnDecision(bundle, facts);
  return renderExplained(explained, turned, options);
}

test("a deny shows what forbids, what would turn it, and why the rest does not apply", () => {
  assert.equal(
    render(askHelpdesk("User::bob", "ticket:read", "Ticket::T-1004")),
    `DENY  1 policy forbids it, though 1 policy permits it

confidential-tickets-need-clearance  forbids  policies/tickets.cedar:58:1
  “Confidential tickets are open to staff with clearance 4 or higher only.”
  ✓ principal is User
  ✓ resource is Ticket
  ✓ when  policies/tickets.cedar:65:8
    ✓ resource.confidential
    ✓ principal.clearance < 4
        principal.clearance is 2

It would be allowed if
  • \`resource.confidential\` is \`true\`, must be \`false\`
      then permitted by support-reads-what-its-regions-ask
      no longer forbidden by confidential-tickets-need-clearance
  or if
  • \`principal.clearance\` is \`2\`, must be at least \`4\`
      then permitted by support-reads-what-its-regions-ask
      no longer forbidden by confidential-tickets-need-clearance

25 other policies: 1 applies, but does not decide, 17 are about other actions, 4 are about other principals, 3 fail in their conditions
`,
  );
});

test("lines keep to the width, below their own indentation", () => {
  const text = render(askHelpdesk("User::bob", "ticket:read", "Ticket::T-1003"), { width: 60 });
  assert.equal(
    text,
    `DENY  no policy permits it

account-managers-look-after-their-customers  does not
  permit: 1 part fails  policies/customers.cedar:3:1
  “An account manager sees and updates their own customers,
    and reads what concerns them.”
  ✓ principal is User
  ✓ action in [Action::"customer:read",
    Action::"customer:update", Action::"ticket:read",
    Action::"invoice:read"]
  ✗ when if resource is Customer then
    resource.accountManager == principal else
    resource.customer.accountManager == principal
    policies/customers.cedar:17:3
      resource is Customer: false
      ✗ resource.customer.accountManager == principal
          resource.customer.accountManager is
            User::"vera.costa"
          principal is User::"bob"

support-reads-what-its-regions-ask  does not permit: 1 part
  fails  policies/tickets.cedar:3:1
  “Support staff see the customers of the regions they
    cover, and read their tickets.”
  ✓ principal is User in Department::"support"
  ✓ action in [Action::"customer:read",
    Action::"ticket:read"]
  ✗ when resource in principal.regions
    policies/tickets.cedar:10:8
      resource is Ticket::"T-1003"
      principal.regions is [Region::"emea"]

assignee-works-on-ticket  does not permit: 1 part fails
  policies/tickets.cedar:12:1
  “Whoever a ticket is assigned to reads it and works on
    it.”
  ✓ principal is User
  ✓ action in [Action::"ticket:read", Action::"ticket:work"]
  ✓ resource is Ticket
  ✗ when  policies/tickets.cedar:19:8
    ✗ resource has assignee
    · resource.assignee == principal

It would be allowed if
  • \`principal.regions\` is \`[Region::"emea"]\`, must contain
    \`Region::"north-america"\`
      then permitted by support-reads-what-its-regions-ask
  or if
  • \`resource.assignee\` is absent, must equal \`principal\`,
    \`User::"bob"\`
      then permitted by assignee-works-on-ticket
  or if
  • \`resource.customer.accountManager\` is
    \`User::"vera.costa"\`, must equal \`principal\`,
    \`User::"bob"\`
      then permitted by
        account-managers-look-after-their-customers
  or if
  • \`Ticket::"T-1003"\` is not in \`Customer::"brightwater"\`,
    must be
      then permitted by support-reads-what-its-regions-ask
  or if
  • \`Ticket::"T-1003"\` is not in \`Customer::"lumen"\`, must
    be
      then permitted by support-reads-what-its-regions-ask
  or in 7 other ways (--all)

23 other policies: 17 are about other actions, 4 are about
  other principals, 2 fail in their conditions
`,
  );
});

test("in colour, code is coloured instead of quoted", () => {
  const text = render(askHelpdesk("User::jack", "ticket:read", "Ticket::T-1001"), { color: true });
  assert.equal(
    text,
    `\u001b[1;31mDENY\u001b[0m  1 policy forbids it, though 1 policy permits it

\u001b[1mformer-staff-do-nothing\u001b[0m  \u001b[31mforbids\u001b[0m  \u001b[2mpolicies/company.cedar:3:1\u001b[0m
  \u001b[2m“Whoever has left the company can do nothing any more, even where a group was forgotten.”\u001b[0m
  \u001b[32m✓\u001b[0m principal is User
  \u001b[32m✓\u001b[0m unless principal.active  \u001b[2mpolicies/company.cedar:10:10\u001b[0m

\u001b[1mIt would be allowed if\u001b[0m
  • \u001b[36mprincipal.active\u001b[0m is \u001b[36mfalse\u001b[0m, must be \u001b[36mtrue\u001b[0m
      \u001b[2mthen permitted by support-reads-what-its-regions-ask\u001b[0m
      \u001b[2mno longer forbidden by former-staff-do-nothing\u001b[0m

\u001b[2m25 other policies: 1 applies, but does not decide, 17 are about other actions, 4 are about other principals, 3 fail in their conditions\u001b[0m
`,
  );
});

test("an allow shows what permits", () => {
  assert.equal(
    render(askHelpdesk("User::bob", "ticket:comment", "Ticket::T-1001")),
    `ALLOW  1 policy permits it, and nothing forbids it

assignee-works-on-ticket  permits  policies/tickets.cedar:12:1
  “Whoever a ticket is assigned to reads it and works on it.”
  ✓ principal is User
  ✓ action in [Action::"ticket:read", Action::"ticket:work"]
  ✓ resource is Ticket
  ✓ when  policies/tickets.cedar:19:8
    ✓ resource has assignee
    ✓ resource.assignee == principal
        resource.assignee is User::"bob"
        principal is User::"bob"

25 other policies: 16 are about other actions, 5 are about other principals, 4 fail in their conditions
`,
  );
});

test("a request that the schema does not know is told so", () => {
  assert.equal(
    render(askHelpdesk("User::bob", "ticket:fly", "Ticket::T-1001")),
    `DENY  the schema has no action \`Action::"ticket:fly"\`
`,
  );
});

test("two hundred policies stay readable", () => {
  const many = Array.from({ length: 197 }, (_, index) =>
    index % 10 === 0
      ? `@id("g${index}") permit(principal in Team::"t${index}", action == Action::"read", resource);`
      : `@id("w${index}") permit(principal, action == Action::"write${index}", resource);`,
  );
  const policies = [
    ...many,
    '@id("own") permit(principal, action, resource) when { resource.owner == principal };',
    '@id("bob") permit(principal == User::"bob", action, resource);',
    '@id("no") forbid(principal, action, resource is Secret);',
  ].join("\n");
  const owner = { __entity: { type: "User", id: "bob" } };
  const explained = explainSituation({ policies, entities: [entity("Doc::plan", { owner })] });
  const text = render(explained);
  assert.equal(
    text,
    `DENY  no policy permits it

g0  does not permit: 1 part fails  policies/p.cedar:1:1
  ✗ principal in Team::"t0"
  ✓ action == Action::"read"

g10  does not permit: 1 part fails  policies/p.cedar:11:1
  ✗ principal in Team::"t10"
  ✓ action == Action::"read"

g20  does not permit: 1 part fails  policies/p.cedar:21:1
  ✗ principal in Team::"t20"
  ✓ action == Action::"read"

It would be allowed if
  • \`resource.owner\` is \`User::"bob"\`, must equal \`principal\`, \`User::"ann"\`
      then permitted by own
  or if
  • \`User::"ann"\` is not in \`Team::"t0"\`, must be
      then permitted by g0
  or if
  • \`User::"ann"\` is not in \`Team::"t10"\`, must be
      then permitted by g10
  or if
  • \`User::"ann"\` is not in \`Team::"t20"\`, must be
      then permitted by g20
  or if
  • \`User::"ann"\` is not in \`Team::"t30"\`, must be
      then permitted by g30
  or in 16 other ways (--all)

197 other policies: 177 are about other actions, 18 are about other principals, 1 is about other resources, 1 fails in its conditions
`,
  );
  assert.ok(render(explained, { all: true }).split("\n").length > 400);
});

test("where nothing helps, it says what is in the way", () => {
  const explained = explainSituation({
    policies: '@id("never") permit(principal, action, resource) when { principal.a && 1 == 2 };',
    entities: [entity("User::ann", { a: true })],
  });
  assert.equal(
    render(explained),
    `DENY  no policy permits it

never  does not permit: 1 part fails  policies/p.cedar:1:1
  ✗ when  policies/p.cedar:1:57
    ✓ principal.a
    ✗ 1 == 2

No change of facts was found with which it would be allowed
  not by \`never\`: nothing was found to change for \`when { principal.a && 1 == 2 }\`
`,
  );
});

test("the best suggestion fits into one line", () => {
  const { bundle, facts } = askHelpdesk("User::jack", "ticket:read", "Ticket::T-1001");
  assert.ok(facts !== undefined);
  const turned = turnDecision(bundle, facts);
  assert.equal(
    renderBestSuggestion(turned),
    "smallest change  `principal.active` is `false`, must be `true`",
  );
  assert.equal(renderBestSuggestion({ ...turned, suggestions: [] }), undefined);
});
