const grouped = new Intl.NumberFormat("en-US");

/** `1 policy`, `3,214 entities`, `no problems`-style counts for people. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped.format(count)} ${count === 1 ? one : many}`;
}
