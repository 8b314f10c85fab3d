import type { ActionInput, Decider, EntityInput } from "@cordon/engine";
import type { Request } from "express";
import type { CredentialOptions } from "./credentials.js";
import type { Mapped, PathParameters } from "./route-table.js";

/** A route that anybody may use, without identity and without a decision. */
export interface PublicRoute extends Mapped {
  public: true;
}

/** A route whose handler runs only when the decider allows `action` on `resource`. */
export interface GuardedRoute extends Mapped {
  public?: false;
  action: string | ((req: Request, params: PathParameters) => ActionInput);
  resource: (req: Request, params: PathParameters) => EntityInput | Promise<EntityInput>;
}

export type RouteRule = PublicRoute | GuardedRoute;

export interface CordonOptions {
  decider: Pick<Decider, "decide">;
  /** Who asks; `null` answers 401. It must be proven (a session, a token), never taken on trust. */
  identify: (req: Request) => EntityInput | null | Promise<EntityInput | null>;
  /** What is known of the circumstances: place, device, and so on. */
  context?: (req: Request) => Record<string, unknown> | Promise<Record<string, unknown>>;
  /** What the decision point verifies itself: token, address, device. Passed on as it came. */
  credentials?: CredentialOptions<Request>;
  /** In the order in which the application registers its routes. What is not here is denied. */
  routes: readonly RouteRule[];
  /** Obligations that the handlers honour. An allow that carries any other is refused. */
  obligations?: readonly string[];
  /** How long one request may wait for its decision, in milliseconds; 5000 by default. */
  timeoutMs?: number;
  /** Set together with Express's `case sensitive routing`. */
  caseSensitive?: boolean;
  /** Told why a request could not be decided; writes to standard error by default. */
  onError?: (error: unknown, req: Request) => void;
}
