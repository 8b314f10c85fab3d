import { isLintId, LINT_IDS, lintOf } from "../lint/index.js";
import { entryOf, OTHER_CODES } from "./other-codes.js";

/** Where a code of a diagnostic is explained. */
export function docsOf(code: string): string {
  return `docs/lints.md#${isLintId(code) ? code : entryOf(code)}`;
}

const HEAD = `# Lints

<!-- Written by scripts/write-lint-docs.mjs from the table of lints: change that. -->

\`cordon check\` finds all that can be known to be wrong with a project before it serves: what doesn't parse, what strict
validation against the schema refuses, what the lints below find, and which of the project's tests fail. Each finding shows
its place, and its code is a heading of this page.

Lints reason, they don't guess. A condition is called always true, or a policy superfluous, only where that holds for every
request that fits the schema; where it can't be told, nothing is said. Random policies are held against the engine to see
that it is so.

| level   | what comes of it                                                                    |
| ------- | ----------------------------------------------------------------------------------- |
| error   | \`check\` exits with 1                                                                |
| warning | shown; \`check\` exits with 0, or with \`--strict\` with 1                              |
| info    | shown with \`--info\`, and in \`--format json\` and \`sarif\`; never fails a check        |
| off     | not reported                                                                        |

\`check --fix\` mends those marked so, and changes no decision by it; \`--fix --dry-run\` shows what it would do. \`--format
github\` makes annotations of findings, \`--format sarif\` a report for code scanning.

## Allowing a finding

A policy that has a good reason says it:

\`\`\`cedar
@id("refunds-never-exceed-the-invoice")
@lint_allow("forbid_can_error: amounts are in cents, and far from 2^63")
forbid (principal, action == Action::"invoice:refund", resource)
when { context.amount > resource.amount - resource.refunded };
\`\`\`

Several lints are separated by commas before the colon. The reason is required, and an allowance of something that isn't
found is itself reported. For the whole project, \`cordon.yaml\` sets levels:

\`\`\`yaml
check:
  lints:
    missing_reason: warning
    unused_attribute: off
\`\`\`

## All lints

`;

/** The page on lints, from the table of them. */
export function lintsPage(): string {
  const rows = LINT_IDS.map((id) => {
    const { level, summary, isFixable } = lintOf(id);
    return `| [\`${id}\`](#${id}) | ${level} | ${isFixable ? "yes" : ""} | ${summary} |`;
  });
  const list = ["| lint | level | `--fix` | finds |", "| --- | --- | --- | --- |", ...rows].join("\n");
  const others = Object.entries(OTHER_CODES).map(
    ([code, meaning]) => `| <a id="${code}"></a>\`${code}\` | ${meaning} |`,
  );
  const table = ["| code | meaning |", "| --- | --- |", ...others].join("\n");
  return `${HEAD}${list}\n\n${LINT_IDS.map(section).join("\n")}
## Other codes

These aren't lints: they have no level, and can't be allowed.

${table}
`;
}

function section(id: (typeof LINT_IDS)[number]): string {
  const { level, summary, explanation, isFixable, example } = lintOf(id);
  const language = example.isSchema ? "cedarschema" : "cedar";
  const fence = (text: string) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
  const good = example.testedPolicy === undefined ? `\nRather:\n\n${fence(example.good)}\n` : "";
  return `## ${id}

Level: ${level}${isFixable ? "; `--fix` mends it" : ""}. Finds ${summary}.

${explanation}

${fence(example.bad)}
${good}`;
}
