/** Members of a search that may differ from one page to the next. */
const PER_PAGE: ReadonlySet<string> = new Set(["page", "credentials"]);

/**
 * What a search asks, as one text: the same for the same search however its members are ordered. Page and
 * credentials aside, which are given anew for each page, and are never kept.
 */
export function queryText(kind: string, request: object): string {
  const asked = Object.fromEntries(Object.entries(request).filter(([name]) => !PER_PAGE.has(name)));
  return `${kind} ${JSON.stringify(asked, ordered)}`;
}

function ordered(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return { bigint: String(value) };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
