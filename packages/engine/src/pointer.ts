/** Extends a JSON pointer (RFC 6901). */
export function pointer(path: string, member: string | number): string {
  if (typeof member === "number" || !/[~/]/.test(member)) return `${path}/${member}`;
  return `${path}/${member.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
