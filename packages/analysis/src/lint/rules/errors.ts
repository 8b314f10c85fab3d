import type { Finding } from "../finding.js";
import type { ErrorSite } from "../reasoning/policy-reasoning.js";
import { type Examined, shortened, written } from "./reach.js";

/**
 * A policy that errs counts as absent, so that a `forbid` with an error lets through what it should stop; the decision
 * point then denies everything the policy is about, which is safe, and an outage.
 */
export function errorFindings({ syntax, reasoning, text, world }: Examined): Finding[] {
  if (syntax.policy.effect !== "forbid") return [];
  const sites = [...reasoning.errors].sort((a, b) => startOf(a) - startOf(b));
  // Without a schema nearly everything can err: one word a policy is enough.
  const told = world.schema === null ? sites.slice(0, 1) : sites;
  function startOf({ expr }: ErrorSite): number {
    return syntax.spans.get(expr)?.start ?? 0;
  }
  return told.flatMap((site): Finding[] => {
    const span = syntax.spans.get(site.expr);
    if (span === undefined) return [];
    const [how, help] = explain(site);
    return [
      {
        code: "forbid_can_error",
        message: `this forbid can fail to be evaluated: \`${shortened(written(text, span))}\` ${how}`,
        help,
        span,
      },
    ];
  });
}

function explain({ reason, detail }: ErrorSite): [how: string, help: string] {
  switch (reason) {
    case "overflow":
      return [
        "can overflow 64 bits",
        "bound its operands in a condition before it, or compare them without arithmetic",
      ];
    case "missing_attribute":
      return [
        `errs where there is no \`${detail}\``,
        `ask \`has ${detail}\` first, or declare it in a schema`,
      ];
    case "missing_tag":
      return ["errs where there is no such tag", "ask `hasTag` first"];
    case "constructor":
      return [
        `errs where its text isn't a valid \`${detail}\``,
        "make it an attribute of that type, which is checked when data comes in",
      ];
    case "constant_error":
      return [`always errs: ${detail}`, "mend the constant"];
    case "time_out_of_range":
      return ["can leave the range of time", "bound its operands in a condition before it"];
  }
}
