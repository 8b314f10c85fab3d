/** Cedar's combination of policies, for decisions, plans and all that lies between: a forbid overrides any permit. */
export function allows(permitted: boolean, forbidden: boolean): boolean {
  return permitted && !forbidden;
}
