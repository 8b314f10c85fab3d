import type {
  Authorizer,
  CedarRecord,
  EntityUid,
  PartialRequest,
  Residual,
  UnknownEntity,
} from "@cordon/engine";
import type { SourceError } from "../../sources/index.js";
import type { ResolveLimits } from "../snapshot.js";
import type { ContextMembers } from "./context-members.js";
import type { LiveView } from "./live-view.js";
import { failuresOf, givenUp, Questions } from "./round.js";

export interface SettleInput {
  readonly authorizer: Authorizer;
  /** Unknown for a search of principals. */
  readonly principal: EntityUid | UnknownEntity;
  readonly action: EntityUid;
  /** Unknown for a plan, which is settled once nothing else is unknown that bears on it. */
  readonly resource: EntityUid | UnknownEntity;
  /** Members that no source owns. */
  readonly context: CedarRecord;
  readonly members: ContextMembers;
  readonly view: LiveView;
  readonly limits: ResolveLimits;
  /** Aborted when the time of the request is over. */
  readonly time: RequestTime;
}

/** All that is known once nothing unknown can change the decision, or nothing more can be had. */
export interface Settled {
  readonly residual: Residual;
  /** What failed of what could still change the decision; empty where it is settled. */
  readonly unavailable: readonly SourceError[];
  readonly rounds: number;
}

/** The time that a request has; its clock runs once something is waited for. */
export class RequestTime {
  #controller: AbortController | undefined;
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;
  #over: Promise<"over"> | undefined;
  #expire: (() => void) | undefined;

  constructor(readonly limitMs: number) {}

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isOver) this.#controller.abort();
    return this.#controller.signal;
  }

  /** Resolves when the time is over. */
  over(): Promise<"over"> {
    this.#over ??= new Promise((resolve) => {
      this.#expire = () => resolve("over");
      if (this.#isOver) resolve("over");
      else this.#timer = setTimeout(() => this.expire(), this.limitMs);
    });
    return this.#over;
  }

  /** The time is over. */
  expire(): void {
    clearTimeout(this.#timer);
    this.#isOver = true;
    this.#controller?.abort();
    this.#expire?.();
  }

  /** Ends the clock: nothing is waited for any more. */
  end(): void {
    clearTimeout(this.#timer);
  }
}

/** Asks for what is needed until the rest can't change the decision; without a promise where nothing is waited for. */
export function settle(input: SettleInput, rounds = 0): Settled | Promise<Settled> {
  for (;;) {
    const residual = look(input);
    if (residual.decision !== "undecided" || input.members.refusal !== undefined) {
      return conclude(input, residual, rounds);
    }
    const { waiting, isFurther } = nextRound(input, residual);
    if (waiting.length > 0) {
      if (rounds < input.limits.rounds) return settleLater(input, waiting, rounds + 1);
      for (const one of waiting) one.leave(`the request took more than ${input.limits.rounds} rounds`);
      return conclude(input, look(input), rounds);
    }
    if (!isFurther) return conclude(input, residual, rounds);
  }
}

async function settleLater(
  input: SettleInput,
  waiting: readonly Waiting[],
  rounds: number,
): Promise<Settled> {
  const isOver = await answered(waiting, input.time);
  return isOver ? conclude(input, look(input), rounds) : settle(input, rounds);
}

function look({ authorizer, principal, action, resource, context, members, view }: SettleInput): Residual {
  const known = new Map([...context, ...members.known]);
  const request: PartialRequest = {
    principal,
    action,
    resource,
    context: { known, unknown: members.unknown },
  };
  return authorizer.partial(request, view.asPartial, { failClosed: true });
}

interface Waiting {
  readonly done: Promise<void>;
  leave(reason: string): void;
}

interface Sent {
  readonly waiting: readonly Waiting[];
  /** Whether something was answered at once. */
  readonly isFurther: boolean;
}

/** Sends the questions of a round: what is needed for certain, and only where nothing is, what perhaps is. */
function nextRound(input: SettleInput, residual: Residual): Sent {
  if (input.limits.ahead) return send(input, residual, false);
  const sent = send(input, residual, true);
  return sent.waiting.length > 0 || sent.isFurther ? sent : send(input, residual, false);
}

function send({ view, members, time }: SettleInput, residual: Residual, isCertain: boolean): Sent {
  const questions = new Questions(view);
  for (const need of residual.needs) if (need.certain || !isCertain) questions.add(need);
  const waiting: Waiting[] = questions.ask();
  let isFurther = false;
  for (const [member, certain] of residual.neededContext) {
    const owner = certain || !isCertain ? members.ownerToAsk(member) : undefined;
    if (owner === undefined) continue;
    const done = members.ask(owner, time.signal);
    if (done === undefined) isFurther = true;
    else waiting.push({ done, leave: () => {} });
  }
  return { waiting, isFurther };
}

/** Waits for all answers, at most for as long as the request has. Returns whether its time is over. */
async function answered(asking: readonly Waiting[], time: RequestTime): Promise<boolean> {
  const all = Promise.all(asking.map(({ done }) => done));
  if ((await Promise.race([all, time.over()])) !== "over") return false;
  for (const one of asking) one.leave(`no answer within the ${time.limitMs} ms that the request had`);
  // Context sources end with the signal; entities were given up above.
  await all;
  return true;
}

function conclude({ view, members }: SettleInput, residual: Residual, rounds: number): Settled {
  const asksNothing = residual.needs.length === 0 && residual.neededContext.size === 0;
  if (residual.decision !== "undecided" || asksNothing) return { residual, unavailable: [], rounds };
  const failures = new Set<SourceError>();
  for (const { uid } of residual.needs) for (const error of failuresOf(view, uid)) failures.add(error);
  for (const member of residual.neededContext.keys()) {
    const owner = view.relevance.sources.members.get(member);
    const failure = owner === undefined ? undefined : members.failures.get(owner);
    if (failure !== undefined) failures.add(failure);
  }
  if (failures.size === 0) {
    const [source] = view.relevance.sources.sources;
    failures.add(givenUp(source?.name ?? "", "what is needed could not be found out"));
  }
  return { residual, unavailable: [...failures], rounds };
}
