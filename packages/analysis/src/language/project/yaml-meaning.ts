import type { YamlScalar } from "./yaml-reading.js";

/** What a value of a file of tests or of the settings names. */
export type YamlMeaning =
  | "principal"
  | "action"
  | "resource"
  | "policy"
  | "template"
  | "entity"
  | "type"
  | "expect";

/** The columns of each table of a file, by the table's index. */
export function columnsOf(scalars: readonly YamlScalar[]): Map<string, string> {
  const columns = new Map<string, string>();
  for (const { path, text, isKey } of scalars) {
    if (!isKey && path[0] === "tables" && path[2] === "columns" && path.length === 4)
      columns.set(`${path[1]}/${path[3]}`, text);
  }
  return columns;
}

const DIRECT: Readonly<Record<string, YamlMeaning>> = {
  principal: "principal",
  principals: "principal",
  resource: "resource",
  resources: "resource",
  action: "action",
  actions: "action",
  policies: "policy",
  errors: "policy",
  expect: "expect",
  decision: "expect",
};

/** What a scalar of a file of tests names; null for nothing known. */
export function meaningInTests(
  { path, isKey }: Pick<YamlScalar, "path" | "isKey">,
  columns: ReadonlyMap<string, string>,
): YamlMeaning | null {
  const last = path.at(-1);
  if (isKey) return path.at(-2) === "entities" ? "entity" : null;
  if (path.includes("context") || path.includes("attributes") || path.includes("properties")) return null;
  if (path.at(-2) === "parents") return "entity";
  if (path[0] === "tables" && path[2] === "rows" && path.length >= 5) {
    const column = columns.get(`${path[1]}/${path[4]}`) ?? "";
    return Object.hasOwn(DIRECT, column) ? (DIRECT[column] ?? null) : null;
  }
  const key = typeof last === "number" ? path.at(-2) : last;
  if (typeof key !== "string") return null;
  if (key === "name" && path.at(-2) === "action") return "action";
  return Object.hasOwn(DIRECT, key) ? (DIRECT[key] ?? null) : null;
}

/** What a scalar of `cordon.yaml` names. */
export function meaningInSettings({ path, isKey }: Pick<YamlScalar, "path" | "isKey">): YamlMeaning | null {
  if (isKey) return null;
  if (path[0] === "types" && path.length === 2) return "type";
  if (path[0] !== "links" || path.length !== 3) return null;
  if (path[2] === "template") return "template";
  if (path[2] === "id") return "policy";
  return path[2] === "principal" || path[2] === "resource" ? "entity" : null;
}
