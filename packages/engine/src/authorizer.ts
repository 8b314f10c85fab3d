import type { Answer } from "./answer.js";
import type { PolicyInfo } from "./bundle.js";
import type { PolicyChanges } from "./change-policies.js";
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
  /**
   * The answers one by one, in the order asked. What an action and a principal lead to is looked up once, so many
   * resources for one principal cost little more than the resources.
   */
  isAuthorizedMany(requests: Iterable<Request>, entities: Entities): Answer[];
  explain(request: Request, entities: Entities): Explanation;
  /** What is left of a request of which not everything is known. */
  partial(request: PartialRequest, entities: PartialEntities, options?: PartialOptions): Residual;
  /**
   * An authorizer of this set with policies or template links added and removed; this one stays as it is. Costs
   * what the changes cost, however many policies there are. What is added comes after the rest in the order of
   * the set; attribute names that only removed policies mention may remain.
   *
   * @throws EngineError for a malformed policy, an id that is taken, or one to remove that is not there
   */
  with(changes: PolicyChanges): Authorizer;
  policy(id: PolicyId): PolicyInfo | undefined;
  policies(): Iterable<PolicyInfo>;
  /** Every attribute name that any policy mentions by `.` or `has`. */
  readonly attributeNames: ReadonlySet<string>;
}
