/** Extends a JSON pointer (RFC 6901). */
export function pointer(path: string, member: string | number): string {
  return `${path}/${String(member).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
