/** Extends a JSON pointer (RFC 6901). */
export function pointer(path: string, member: string | number): string {
  if (typeof member === "number" || !(member.includes("~") || member.includes("/")))
    return `${path}/${member}`;
  return `${path}/${member.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** A place within a JSON value, from the inside out: made for every value read, and spelled out for an error only. */
export interface Site {
  readonly above: Site | null;
  /** The member of the value above; where nothing is above, a pointer to start from. */
  readonly member: string | number;
  readonly depth: number;
}

export function siteAt(path: string): Site {
  return { above: null, member: path, depth: 0 };
}

export function within(site: Site, member: string | number): Site {
  return { above: site, member, depth: site.depth + 1 };
}

/** The JSON pointer of a place. */
export function pathOf({ above, member }: Site): string {
  return above === null ? String(member) : pointer(pathOf(above), member);
}
