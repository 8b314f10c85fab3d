import assert from "node:assert/strict";
import { test } from "node:test";
import Ajv from "ajv";
import { lintFiles } from "../lint/testing-internal/lint-files.js";
import { sarifReport } from "./sarif.js";

/** What SARIF 2.1.0 requires of the parts that are written, and the ranges of their values. */
const region = {
  type: "object",
  required: ["startLine"],
  properties: {
    startLine: { type: "integer", minimum: 1 },
    startColumn: { type: "integer", minimum: 1 },
    endLine: { type: "integer", minimum: 1 },
    endColumn: { type: "integer", minimum: 1 },
  },
  additionalProperties: false,
};
const artifactLocation = {
  type: "object",
  required: ["uri"],
  properties: { uri: { type: "string", pattern: "^[A-Za-z0-9._~%/-]+$" } },
  additionalProperties: false,
};
const message = {
  type: "object",
  required: ["text"],
  properties: { text: { type: "string", minLength: 1 } },
};
const level = { enum: ["none", "note", "warning", "error"] };
const sarifSchema = {
  type: "object",
  required: ["$schema", "version", "runs"],
  properties: {
    version: { const: "2.1.0" },
    runs: {
      type: "array",
      items: {
        type: "object",
        required: ["tool", "results"],
        additionalProperties: false,
        properties: {
          columnKind: { enum: ["utf16CodeUnits", "unicodeCodePoints"] },
          tool: {
            type: "object",
            required: ["driver"],
            properties: {
              driver: {
                type: "object",
                required: ["name", "rules"],
                properties: {
                  name: { type: "string" },
                  semanticVersion: { type: "string" },
                  rules: {
                    type: "array",
                    uniqueItems: true,
                    items: {
                      type: "object",
                      required: ["id"],
                      additionalProperties: false,
                      properties: {
                        id: { type: "string" },
                        ...{ shortDescription: message, fullDescription: message, help: message },
                        defaultConfiguration: {
                          type: "object",
                          properties: { level, enabled: { type: "boolean" } },
                        },
                      },
                    },
                  },
                },
                additionalProperties: false,
              },
            },
          },
          results: {
            type: "array",
            items: {
              type: "object",
              required: ["message", "ruleId", "ruleIndex", "level", "locations"],
              additionalProperties: false,
              properties: {
                ...{ message, level },
                ruleId: { type: "string" },
                ruleIndex: { type: "integer", minimum: 0 },
                locations: {
                  type: "array",
                  items: {
                    type: "object",
                    properties: {
                      physicalLocation: {
                        type: "object",
                        required: ["artifactLocation"],
                        properties: { artifactLocation, region },
                        additionalProperties: false,
                      },
                    },
                    additionalProperties: false,
                  },
                },
                fixes: {
                  type: "array",
                  items: {
                    type: "object",
                    required: ["artifactChanges"],
                    properties: {
                      description: message,
                      artifactChanges: {
                        type: "array",
                        minItems: 1,
                        items: {
                          type: "object",
                          required: ["artifactLocation", "replacements"],
                          properties: {
                            artifactLocation,
                            replacements: {
                              type: "array",
                              minItems: 1,
                              items: { type: "object", required: ["deletedRegion"] },
                            },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

const files = {
  "schema.cedarschema":
    "entity User; entity Doc; action read appliesTo { principal: [User], resource: [Doc] };\n",
  "policies/readers.cedar": "// Who reads.\npermit (principal is User, action, resource);\n",
  "policies/odd name.cedar": "permit (principal, action, resource",
};

test("a report is SARIF 2.1.0", () => {
  const found = lintFiles(files);
  const texts = new Map(Object.entries(files));
  const log = JSON.parse(JSON.stringify(sarifReport(found, { version: "1.2.3", folder: "access", texts })));
  const validate = new Ajv.default({ strict: false, allErrors: true }).compile(sarifSchema);
  const isValid: boolean = validate(log);
  assert.ok(isValid, JSON.stringify(validate.errors, null, 1));
  const [run] = log.runs;
  assert.equal(run.results.length, found.length);
  for (const { ruleId, ruleIndex } of run.results) assert.equal(run.tool.driver.rules[ruleIndex].id, ruleId);
  type Result = { ruleId: string; locations: { physicalLocation: { artifactLocation: { uri: string } } }[] };
  const uris = run.results.map(
    ({ locations }: Result) => locations[0]?.physicalLocation.artifactLocation.uri,
  );
  assert.ok(uris.includes("access/policies/odd%20name.cedar"), uris.join());
  const fixable = run.results.find(({ ruleId }: Result) => ruleId === "missing_id");
  assert.deepEqual(fixable.fixes[0].artifactChanges[0].replacements, [
    { deletedRegion: { charOffset: 14, charLength: 0 }, insertedContent: { text: '@id("readers#0")\n' } },
  ]);
});
