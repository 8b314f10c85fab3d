/** How a finding of a lint is reported; an `off` one isn't. */
export type LintLevel = "off" | "info" | "warning" | "error";

export interface Lint {
  readonly level: LintLevel;
  /** What it finds, in a clause. */
  readonly summary: string;
  /** What comes of it, and what to do; Markdown. */
  readonly explanation: string;
  /** Policies that it finds something in, and the same as they should be. */
  readonly example: Example;
  /** Whether `cordon check --fix` mends it. */
  readonly isFixable?: true;
}

export interface Example {
  readonly bad: string;
  readonly good: string;
  /** Where it isn't `EXAMPLE_SCHEMA`; null for none. */
  readonly schema?: string | null;
  /** Whether `bad` and `good` are schemas, to be read beside `EXAMPLE_POLICY`. */
  readonly isSchema?: true;
  /** A case of the project's tests, where it has some. */
  readonly testedPolicy?: string;
}

/** What the examples are read against. */
export const EXAMPLE_SCHEMA = `entity Team;
entity User in [Team] = { level: Long, email?: { address: String, verified: Bool } };
entity Robot;
entity Folder;
entity Document in [Folder] = { owner: User, size: Long, price: Long, state: String };

action "read" appliesTo { principal: [User, Robot], resource: [Document] };
action "edit" appliesTo { principal: [User], resource: [Document] };
`;

export const EXAMPLE_POLICY = `@id("owners-read")
@reason("Whoever owns a document reads it.")
permit (principal is User, action in [Action::"read", Action::"edit"], resource)
when { resource.owner == principal };
`;

const owners = (condition: string) => `@id("owners-edit")
@reason("Whoever owns a document edits it.")
permit (principal, action == Action::"edit", resource)
when { ${condition} };
`;

const forbidLarge = (condition: string) => `@id("large-documents-stay")
@reason("Large and dear documents aren't edited.")
forbid (principal, action == Action::"edit", resource)
when { ${condition} };
`;

export const LINTS = {
  permit_everything: {
    level: "warning",
    summary: "a permit for everybody, everything, without a condition",
    explanation:
      "Such a policy turns access control off, but for what is forbidden. It is nearly always left over from a first try. A condition that is always true counts as none.",
    example: {
      bad: `@id("all")
@reason("We are only trying it out.")
permit (principal, action, resource);
`,
      good: `@id("all")
@reason("The owners' team reads everything.")
permit (principal in Team::"owners", action == Action::"read", resource);
`,
    },
  },
  impossible_policy: {
    level: "warning",
    summary: "a policy that can't apply to any request",
    explanation:
      "Its scope fits no action of the schema, or its conditions contradict each other or the schema. A permit like this never permits, and a forbid protects nothing, though it looks as if it did. It is found by reasoning: by types, by the hierarchy that the schema allows, by the order of numbers and times, and by what earlier conditions established. Cedar's own validator finds some of these, and its warnings have the same code.",
    example: {
      bad: owners('resource.state == "draft" && resource.state == "final"'),
      good: owners('resource.state == "draft" || resource.state == "final"'),
    },
  },
  condition_always_true: {
    level: "warning",
    summary: "a condition, or a part of one, that is true for every request",
    explanation:
      "It restricts nothing. Either it can be left out, or something else was meant. What is found holds for every request that fits the schema and has come so far: a part counts as always true where what stands before it makes it so.",
    example: {
      bad: owners("principal is User && resource.owner == principal"),
      good: owners("resource.owner == principal"),
    },
  },
  condition_never_true: {
    level: "warning",
    summary: "a part of a condition that is true for no request",
    explanation:
      "The policy applies, but never because of this part. Where the whole policy can't apply it is [`impossible_policy`](#impossible_policy) instead.",
    example: {
      bad: owners('resource.owner == principal || principal in Folder::"shared"'),
      good: owners('resource.owner == principal || principal in Team::"editors"'),
    },
  },
  redundant_scope: {
    level: "off",
    summary: "a type in the scope that the actions admit alone",
    explanation:
      "`principal is User` says nothing where the actions in the scope take users only. Off unless asked for: saying the type makes a policy readable, and keeps it narrow when the schema grows.",
    example: {
      bad: `@id("owners-edit")
@reason("Whoever owns a document edits it.")
permit (principal is User, action == Action::"edit", resource)
when { resource.owner == principal };
`,
      good: owners("resource.owner == principal"),
    },
  },
  duplicate_policy: {
    level: "warning",
    summary: "two policies that say the same",
    explanation:
      "Whoever mends one of them will think the rule is mended. `--fix` removes the later one where it differs in nothing else, such as a reason or an id of its own.",
    isFixable: true,
    example: {
      bad: `${owners("resource.owner == principal")}
@reason("Whoever owns a document edits it.")
permit (principal, action == Action::"edit", resource)
when { principal == resource.owner };
`,
      good: `${owners("resource.owner == principal")}
@id("seniors-edit")
@reason("Seniors edit every document.")
permit (principal, action == Action::"edit", resource)
when { principal.level > 5 };
`,
    },
  },
  shadowed_policy: {
    level: "warning",
    summary: "a policy that a wider one makes superfluous",
    explanation:
      "Whenever it applies, another policy of the same effect applies as well, so that it never changes a decision. Often the wider one is wider than was meant. A policy with an obligation that the wider one lacks is not superfluous, and is not reported.",
    example: {
      bad: `@id("seniors-edit")
@reason("Seniors edit.")
permit (principal, action == Action::"edit", resource)
when { principal.level > 5 };

@id("senior-owners-edit")
@reason("Senior owners edit.")
permit (principal, action == Action::"edit", resource)
when { principal.level > 7 && resource.owner == principal };
`,
      good: `@id("seniors-edit")
@reason("Seniors edit.")
permit (principal, action == Action::"edit", resource)
when { principal.level > 5 };

@id("junior-owners-edit")
@reason("Owners edit from level 3.")
permit (principal, action == Action::"edit", resource)
when { principal.level >= 3 && resource.owner == principal };
`,
    },
  },
  permit_always_forbidden: {
    level: "warning",
    summary: "a permit whose every request is forbidden by one policy",
    explanation:
      "A forbid wins over any permit. Whenever this permit applies so does that forbid, so that it never permits anything.",
    example: {
      bad: `@id("robots-read")
@reason("Robots index documents.")
permit (principal is Robot, action == Action::"read", resource);

@id("no-robots")
@reason("People only.")
forbid (principal is Robot, action, resource);
`,
      good: `@id("robots-read")
@reason("Robots index documents.")
permit (principal is Robot, action == Action::"read", resource);

@id("no-robots")
@reason("Final documents are for people only.")
forbid (principal is Robot, action, resource)
when { resource.state == "final" };
`,
    },
  },
  forbid_can_error: {
    level: "warning",
    summary: "a forbid whose evaluation can end in an error",
    explanation: `Cedar skips a policy that errs, so that a forbid with an error would let through what it should stop. Cordon's decision point denies instead (reason \`forbid_errored\`), which is safe and an outage for whoever asks.

Under strict validation these can err: \`+\`, \`-\`, \`*\` and negation of Longs (overflow), \`offset\`, \`durationSince\` and \`toDate\` (past the range of time), and anything asked of an entity that doesn't exist. Without a schema also: an attribute or tag that isn't there, a value of another type, \`ip\`, \`decimal\`, \`datetime\` and \`duration\` of text that isn't constant. Comparisons, \`has\`, \`in\`, \`is\`, \`like\`, sets, \`toTime\`, \`toSeconds\` and the like never err.

Bounds are followed: after \`resource.price < 1000000 && resource.price >= 0\` a product with 100 is safe. Datetimes of data are taken to be in the years 0 to 9999, which is what can be written, so that a \`durationSince\` of two of them is safe. Missing entities are not reported: which there are is not known beforehand.`,
    example: {
      bad: forbidLarge("resource.size * resource.price > 1000"),
      good: forbidLarge(
        "resource.size > 0 && resource.size < 100000 && resource.price > 0 && resource.price < 100000 && resource.size * resource.price > 1000",
      ),
    },
  },
  unused_entity_type: {
    level: "warning",
    summary: "an entity type that has nothing to do with any policy or action",
    explanation:
      "No policy names it, no action applies to it, and no type that is used refers to it. Remove it, or write the policies that it is there for.",
    example: {
      isSchema: true,
      bad: `${EXAMPLE_SCHEMA}entity Printer;
`,
      good: EXAMPLE_SCHEMA,
    },
  },
  unused_action: {
    level: "warning",
    summary: "an action that no permit applies to, or a group that no policy names",
    explanation:
      "Every request for such an action is denied. If that is meant, say so with a forbid and its reason.",
    example: {
      isSchema: true,
      bad: `${EXAMPLE_SCHEMA}action "print" appliesTo { principal: [User], resource: [Document] };
`,
      good: EXAMPLE_SCHEMA,
    },
  },
  unused_attribute: {
    level: "info",
    summary: "attributes that no policy reads",
    explanation:
      "What no policy reads need not be kept where policies are decided, nor be sent along with requests. Applications often have use for such attributes all the same, hence only an info.",
    example: {
      isSchema: true,
      bad: `${EXAMPLE_SCHEMA}`,
      good: `entity User;
entity Document = { owner: User };
action "read", "edit" appliesTo { principal: [User], resource: [Document] };
`,
    },
  },
  untested_policy: {
    level: "warning",
    summary: "a policy that determines no answer of the project's tests",
    explanation:
      "Reported where the project has tests. Whatever happens to such a policy, no test will notice. `cordon test --coverage` shows more: which conditions were seen true and false.",
    example: { bad: EXAMPLE_POLICY, good: EXAMPLE_POLICY, testedPolicy: "owners-read" },
  },
  missing_id: {
    level: "warning",
    summary: "a policy without an `@id`",
    explanation:
      "It is called by its file and its place there, and by another name once it is moved. `--fix` writes the present name down as its `@id`, which changes nothing else.",
    isFixable: true,
    example: { bad: EXAMPLE_POLICY.replace('@id("owners-read")\n', ""), good: EXAMPLE_POLICY },
  },
  missing_reason: {
    level: "info",
    summary: "a policy without a `@reason`",
    explanation:
      "The reason comes with each answer that the policy determines. A person who was denied will read it.",
    example: { bad: EXAMPLE_POLICY.replace(/@reason.*\n/, ""), good: EXAMPLE_POLICY },
  },
  empty_annotation: {
    level: "warning",
    summary: "a `@reason` or `@obligation` without anything in it",
    explanation: "An empty reason is shown as it is, and an obligation without a name obliges nobody.",
    example: { bad: EXAMPLE_POLICY.replace(/@reason.*\n/, '@reason("")\n'), good: EXAMPLE_POLICY },
  },
  misspelled_annotation: {
    level: "warning",
    summary: "an annotation that is a slip of the finger away from one that means something",
    explanation:
      "Cedar admits any annotation, so that nobody else will notice. Annotations of your own that resemble none of ours are not reported.",
    example: { bad: EXAMPLE_POLICY.replace("@reason", "@resaon"), good: EXAMPLE_POLICY },
  },
  deprecated_syntax: {
    level: "warning",
    summary: "an older way of saying what Cedar has a better form for",
    explanation:
      "`a has b && a.b has c` is `a has b.c` since Cedar 4.2, and only the newer form can't get out of step with itself.",
    isFixable: true,
    example: {
      bad: owners("principal has email && principal.email has address && principal.email.verified"),
      good: owners("principal has email.address && principal.email.verified"),
    },
  },
  invalid_lint_allow: {
    level: "warning",
    summary: "a `@lint_allow` without a reason, or of a lint that doesn't exist",
    explanation:
      "Without a reason it allows nothing: who reads the policy next year must be able to judge whether it still holds.",
    example: {
      bad: `@lint_allow("missing_reason")
${EXAMPLE_POLICY.replace(/@reason.*\n/, "")}`,
      good: `@lint_allow("missing_reason: the id says it all")
${EXAMPLE_POLICY.replace(/@reason.*\n/, "")}`,
    },
  },
  unused_lint_allow: {
    level: "warning",
    summary: "a `@lint_allow` of something that isn't found",
    explanation: "It would hide a finding that comes up later, for a reason that was given for another one.",
    example: {
      bad: `@lint_allow("forbid_can_error: sizes are small")
${EXAMPLE_POLICY}`,
      good: EXAMPLE_POLICY,
    },
  },
} satisfies Record<string, Lint>;

export type LintId = keyof typeof LINTS;

export const LINT_IDS = Object.keys(LINTS) as LintId[];

export function isLintId(name: string): name is LintId {
  return Object.hasOwn(LINTS, name);
}

/** The table with one type for all entries. */
export function lintOf(id: LintId): Lint {
  return LINTS[id];
}
