import { ALWAYS, and, NEVER, or, type Predicate } from "../predicate/index.js";

/** When a boolean expression is true, and when it is false. Elsewhere it errs. */
export interface Truth {
  readonly holds: Predicate;
  readonly fails: Predicate;
}

export const TRUE: Truth = { holds: ALWAYS, fails: NEVER };
export const FALSE: Truth = { holds: NEVER, fails: ALWAYS };
/** Of an expression that always errs. */
export const ERROR: Truth = { holds: NEVER, fails: NEVER };

/** False wherever it doesn't err. */
export function falseWhere(defined: Predicate): Truth {
  return { holds: NEVER, fails: defined };
}

export function trueWhere(defined: Predicate): Truth {
  return { holds: defined, fails: NEVER };
}

/** Of most conditions one side alone is asked for. */
function lazily(holds: () => Predicate, fails: () => Predicate): Truth {
  let [held, failed]: [Predicate?, Predicate?] = [];
  return {
    get holds() {
      held ??= holds();
      return held;
    },
    get fails() {
      failed ??= fails();
      return failed;
    },
  };
}

export function not(truth: Truth): Truth {
  return lazily(
    () => truth.fails,
    () => truth.holds,
  );
}

/** `&&`: what comes after a false operand isn't evaluated, so that its errors don't count. */
export function allOf(operands: readonly Truth[]): Truth {
  return lazily(
    () => and(...operands.map((operand) => operand.holds)),
    () =>
      operands.reduceRight<Predicate>(
        (rest, operand) => or(operand.fails, rest.kind === "never" ? NEVER : and(operand.holds, rest)),
        NEVER,
      ),
  );
}

/** `||` */
export function anyOf(operands: readonly Truth[]): Truth {
  return not(allOf(operands.map(not)));
}

/** All are evaluated, whatever they come to, and one of them is true. */
export function strictAnyOf(operands: readonly Truth[]): Truth {
  const fails = and(...operands.map((operand) => operand.fails));
  const decided = and(...operands.map(({ holds, fails }) => or(holds, fails)));
  return { holds: and(decided, or(...operands.map((operand) => operand.holds))), fails };
}

export function strictAllOf(operands: readonly Truth[]): Truth {
  return not(strictAnyOf(operands.map(not)));
}

export function choose(test: Truth, then: Truth, otherwise: Truth): Truth {
  return lazily(
    () => or(and(test.holds, then.holds), and(test.fails, otherwise.holds)),
    () => or(and(test.holds, then.fails), and(test.fails, otherwise.fails)),
  );
}

export function guarded(guard: Predicate, { holds, fails }: Truth): Truth {
  return { holds: and(guard, holds), fails: and(guard, fails) };
}

/** Of cases that exclude one another. */
export function oneOf(cases: readonly Truth[]): Truth {
  return { holds: or(...cases.map(({ holds }) => holds)), fails: or(...cases.map(({ fails }) => fails)) };
}
