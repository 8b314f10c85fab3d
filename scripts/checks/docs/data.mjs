/** @typedef {import("./snippets.mjs").Snippet} Snippet */

/**
 * How a block of each language is validated where it stands; null if it is right, else what is wrong.
 *
 * @type {Record<string, (text: string) => Promise<string | null>>}
 */
const VALIDATORS = {
  json: async (text) => problemOf(() => JSON.parse(text)),
  yaml: async (text) => {
    const { parse } = await import("yaml");
    return problemOf(() => parse(text));
  },
  cedar: async (text) => {
    const { formatPolicies } = await import("@cordon/cedar");
    const result = formatPolicies(text);
    return result.ok ? null : describe(result.diagnostics);
  },
  cedarschema: async (text) => {
    const { parseSchema } = await import("@cordon/cedar");
    const result = parseSchema(text, "schema.cedarschema");
    return result.ok ? null : describe(result.diagnostics);
  },
};

export const dataLanguages = Object.keys(VALIDATORS);

/**
 * @param {readonly Snippet[]} snippets
 * @returns {Promise<import("../../testing/report.mjs").Outcome>}
 */
export async function checkData(snippets) {
  /** @type {import("../../testing/report.mjs").Outcome} */
  const outcome = { passed: 0, failures: [], notes: [] };
  for (const snippet of snippets) {
    const problem = (await VALIDATORS[snippet.language]?.(snippet.text)) ?? null;
    if (problem === null) outcome.passed++;
    else
      outcome.failures.push({
        title: `${snippet.document}:${snippet.line}`,
        detail: `${problem}\n${snippet.text}`,
      });
  }
  return outcome;
}

/** @param {() => unknown} parse */
function problemOf(parse) {
  try {
    parse();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @param {readonly { message: string, range?: { start: { line: number, column: number } } | undefined }[]} diagnostics */
function describe(diagnostics) {
  return diagnostics
    .map(({ message, range }) => `${range?.start.line}:${range?.start.column} ${message}`)
    .join("\n");
}
