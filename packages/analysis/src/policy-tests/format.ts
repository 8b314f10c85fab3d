import { type YamlShape, yamlJsonSchema } from "@cordon/pdp/project";
import { z } from "zod";

export const REASON_CODES = [
  "permitted",
  "no_permit",
  "forbidden",
  "forbid_errored",
  "unknown_principal_type",
  "unknown_resource_type",
  "unknown_action",
  "action_not_applicable",
] as const;

const text = z.string().min(1, "must not be empty");
const members = z.record(text, z.unknown());

const entity = z
  .union([text, z.strictObject({ type: text, id: z.string(), properties: members.optional() })])
  .describe(
    '`User::ann`, `User::"ann"`, or an object with `type`, `id` and the `properties` that a caller sends',
  );
const action = z
  .union([text, z.strictObject({ name: text, properties: members.optional() })])
  .describe("`ticket:read`, or an object with `name` and `properties`, which become `context.action`");
const moment = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/,
    "must be a time such as 2026-11-24T12:00:00Z",
  )
  .describe("the time at which the question is asked; without one, noon UTC on 1 January 2026");

const givenEntity = z.strictObject({
  attributes: members.optional().describe("attributes, over those that the project's entity has"),
  parents: z.array(text).optional().describe("parents, instead of those that the project's entity has"),
  tags: members.optional().describe("tags, over those that the project's entity has"),
});
const givenEntities = z
  .record(text, givenEntity)
  .describe(
    "by uid: what departs from the project's entity of that uid, or all of one that the project hasn't",
  );

const circumstances = {
  principal: entity.optional(),
  action: action.optional(),
  resource: entity.optional(),
  context: members.optional().describe("members of the context; `null` takes a default away"),
  now: moment.optional(),
  entities: givenEntities.optional(),
};

const answer = z.enum(["allow", "deny"]);
const names = z.array(text);

const expectedDetails = z
  .strictObject({
    decision: answer.optional(),
    policies: names.optional().describe("ids of the policies that decide: these and no others"),
    reason: z.enum(REASON_CODES).optional().describe("the decision's reason code"),
    obligations: names.optional(),
    errors: names
      .optional()
      .describe("ids of the policies that can't be evaluated; otherwise there must be none"),
    ignored: names
      .optional()
      .describe("JSON pointers of request members that are left unused; otherwise there must be none"),
    error: text.optional().describe("the code with which the request is refused as malformed"),
  })
  .refine(
    (expected) => (expected.error === undefined) !== (expected.decision === undefined),
    "needs `decision`, or `error` for a malformed request",
  );
export const expectation = z
  .union([answer, expectedDetails])
  .describe("`allow`, `deny`, or more about the answer");

const testCase = z.strictObject({ name: text.optional(), ...circumstances, expect: expectation });

const table = z.strictObject({
  name: text.optional(),
  ...circumstances,
  expect: expectation.optional().describe("for rows that have no `expect` of their own"),
  columns: z
    .array(text)
    .min(1, "must name at least one column")
    .describe(
      "`principal`, `action`, `resource`, `now`, `name`, `expect`, `policies`, `reason`, …; `context.mfa`; `action.amount`; `principal.clearance` and `resource.status` for attributes of the entity",
    ),
  rows: z.array(z.array(z.unknown())).describe("one case each; `~` leaves a cell out"),
});

const matrix = z.strictObject({
  name: text,
  principals: z.array(entity).min(1, "must name at least one principal"),
  actions: z.array(action).min(1, "must name at least one action"),
  resources: z.array(entity).min(1, "must name at least one resource"),
  context: members.optional(),
  now: moment.optional(),
  entities: givenEntities.optional(),
  snapshot: z
    .union([z.literal(false), text])
    .optional()
    .describe("the reviewed grid, relative to the tests folder; `false`: only drawn, never compared"),
});

export const testFile = z.strictObject({
  description: text.optional(),
  projectEntities: z
    .boolean()
    .default(true)
    .describe("`false`: the project's entities are not there, only those given here"),
  defaults: z.strictObject(circumstances).default({}).describe("for every case and table of the file"),
  cases: z.array(testCase).default([]),
  tables: z.array(table).default([]),
  matrices: z.array(matrix).default([]),
});

export type TestFileContent = z.output<typeof testFile>;
export type CaseContent = TestFileContent["cases"][number];
export type TableContent = TestFileContent["tables"][number];
export type MatrixContent = TestFileContent["matrices"][number];
export type Circumstances = TestFileContent["defaults"];
export type GivenEntities = NonNullable<Circumstances["entities"]>;
export type Expectation = z.output<typeof expectedDetails>;
export const entityReference = entity;
export const actionReference = action;
export const momentText = moment;

export const TEST_SHAPE: YamlShape<TestFileContent> = {
  schema: testFile,
  code: "tests",
  entry: "entry",
  whole: "the file",
  name: "a file of tests",
};

/** For editors: what `schemas/tests.schema.json` holds. */
export function testsJsonSchema(): object {
  return yamlJsonSchema(testFile, "Cordon tests", "Tests of a policy project: a file tests/*.yaml");
}
