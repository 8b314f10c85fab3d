export interface Template {
  readonly name: string;
  /** What it has rules for, in a clause. */
  readonly summary: string;
  /** A question to its example entities whose answer is worth reading. */
  readonly question: string;
}

/** The templates of `cordon init`: each is a folder of the package's `templates/`. */
export const TEMPLATES: readonly Template[] = [
  {
    name: "blank",
    summary: "one rule and one test, to start from nothing",
    question: "User::bob read Item::notes",
  },
  {
    name: "saas",
    summary: "companies that never see each other, roles within them, plans, support",
    question: "User::bea project:read Project::rocket",
  },
  {
    name: "rbac",
    summary: "roles that include roles, and what no role outweighs",
    question: "User::vera article:read Article::launch",
  },
  {
    name: "documents",
    summary: "documents in folders, shared with people, teams and by link",
    question: "User::guest document:write Document::colours",
  },
];

export const DEFAULT_TEMPLATE = "blank";

export function findTemplate(name: string): Template | undefined {
  return TEMPLATES.find((template) => template.name === name);
}
