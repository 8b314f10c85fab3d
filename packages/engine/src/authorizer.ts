import type { Answer } from "./answer.js";
import type { PolicyInfo } from "./bundle.js";
import type { Path } from "./compile/situations.js";
import type { Entities } from "./entities/types.js";
import type { Explanation } from "./explain/types.js";
import type { PartialEntities, PartialOptions, PartialRequest, Residual } from "./partial/types.js";
import type { PolicyId } from "./policy/types.js";
import type { Request } from "./request.js";

/** A compiled bundle: pure, synchronous, without clock or I/O. */
export interface Authorizer {
  readonly bundleId: string | null;
  /** What the latest decision was made by; the answer is the same on every path. */
  readonly path: Path;
  isAuthorized(request: Request, entities: Entities): Answer;
  explain(request: Request, entities: Entities): Explanation;
  /** What is left of a request of which not everything is known. */
  partial(request: PartialRequest, entities: PartialEntities, options?: PartialOptions): Residual;
  policy(id: PolicyId): PolicyInfo | undefined;
  policies(): Iterable<PolicyInfo>;
  /** Every attribute name that any policy mentions by `.` or `has`. */
  readonly attributeNames: ReadonlySet<string>;
}
