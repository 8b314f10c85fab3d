import type { JsonValue } from "@cordon/engine/json";

/** RFC 7644, section 3.12, as far as it is used here. */
export type ScimType =
  | "invalidFilter"
  | "invalidPath"
  | "invalidSyntax"
  | "invalidValue"
  | "mutability"
  | "noTarget"
  | "uniqueness";

/** A request that can't be carried out, in the words of RFC 7644, section 3.12. */
export class ScimError extends Error {
  override readonly name = "ScimError";

  constructor(
    readonly status: 400 | 404 | 409 | 412,
    readonly scimType: ScimType | undefined,
    message: string,
  ) {
    super(message);
  }

  body(): JsonValue {
    return {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
      status: String(this.status),
      ...(this.scimType === undefined ? {} : { scimType: this.scimType }),
      detail: this.message,
    };
  }
}
