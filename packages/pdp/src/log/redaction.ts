/** Keeps the values of one attribute out of the log. */
export interface RedactionRule {
  /**
   * `Customer.email` (entity type and attribute; `Customer.address.city` reaches into records) or
   * `context.ip`.
   */
  attribute: string;
  /** `hash`: a keyed hash, so that equal values stay recognisable; `omit`: nothing of the value. */
  how: "hash" | "omit";
}
