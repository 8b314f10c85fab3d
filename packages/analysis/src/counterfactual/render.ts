import { type PolicyExplanation, renderPolicyExplanation } from "@cordon/engine";
import type { Counterfactual, Suggestion } from "./counterfactual.js";
import type { ExplainedDecision } from "./explained-decision.js";
import { wrap } from "./wrap.js";

export interface RenderOptions {
  /** ANSI colours. */
  readonly color?: boolean;
  /** Every policy and every suggestion, where otherwise the nearest stand for the rest. */
  readonly all?: boolean;
  /** Columns to wrap at; nothing is wrapped without it. */
  readonly width?: number;
}

const NEAR_POLICIES = 3;
const SUGGESTIONS = 5;

interface Styles {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  /** A sentence of ours: what stands between backticks is code. */
  readonly prose: (text: string) => string;
}

/**
 * An explained decision for people: what decided, by which clauses and values; on a deny the nearest permits and
 * the smallest changes of facts that turn it; and of all other policies, why they do not apply, in one line.
 */
export function renderExplained(
  explained: ExplainedDecision,
  counterfactual: Counterfactual | undefined,
  options: RenderOptions = {},
): string {
  const styles = stylesFor(options.color === true);
  const shown = shownPolicies(explained, options.all === true);
  const sections = [
    headline(explained, styles),
    ...shown.map((policy) => renderPolicyExplanation(policy, options).trimEnd()),
    ...(counterfactual === undefined ? [] : [renderSuggestions(counterfactual, options, styles)]),
    ...othersLine(explained, new Set(shown), styles),
  ];
  return `${wrap(sections.join("\n\n"), options.width)}\n`;
}

/** The best suggestion in one line; undefined where there is none. */
export function renderBestSuggestion(
  { suggestions }: Counterfactual,
  options: RenderOptions = {},
): string | undefined {
  const [best] = suggestions;
  if (best === undefined) return undefined;
  const { prose, strong } = stylesFor(options.color === true);
  return `${strong("smallest change")}  ${prose(best.texts.join("; and "))}`;
}

function headline({ decision, explanation, facts, refusal }: ExplainedDecision, styles: Styles): string {
  const { policies } = explanation;
  const count = (effect: string, outcome: string) =>
    policies.filter((policy) => policy.effect === effect && policy.outcome === outcome).length;
  const [permits, forbids, broken] = [
    count("permit", "satisfied"),
    count("forbid", "satisfied"),
    count("forbid", "error"),
  ];
  if (decision === "allow") {
    return `${styles.good("ALLOW")}  ${counted(permits, "policy permits", "policies permit")} it, and nothing forbids it`;
  }
  const deny = styles.bad("DENY");
  if (facts === undefined) return `${deny}  ${styles.prose(refusal ?? "the request was refused")}`;
  const overruled =
    permits === 0 ? "" : `, though ${counted(permits, "policy permits", "policies permit")} it`;
  if (forbids > 0) return `${deny}  ${counted(forbids, "policy forbids", "policies forbid")} it${overruled}`;
  if (broken > 0)
    return `${deny}  ${counted(broken, "forbid", "forbids")} could not be evaluated${overruled}`;
  return `${deny}  no policy permits it`;
}

function shownPolicies({ explanation: { decision, policies } }: ExplainedDecision, all: boolean) {
  if (all) return policies;
  const decided = policies.filter(({ determining, outcome }) => determining || outcome === "error");
  const permits = policies.filter(({ effect }) => effect === "permit");
  if (decision === "allow" || permits.some(({ outcome }) => outcome === "satisfied")) return decided;
  const near = permits.filter((policy) => policy.outcome === "not_satisfied" && !isAboutAnother(policy));
  return [...decided, ...near.slice(0, NEAR_POLICIES)];
}

function isAboutAnother({ scope }: PolicyExplanation): boolean {
  return scope.some(({ part, holds }) => part === "action" && !holds);
}

function renderSuggestions(
  { decision, suggestions, unreachable, bounds }: Counterfactual,
  { all }: RenderOptions,
  styles: Styles,
): string {
  const turned = decision === "deny" ? "allowed" : "denied";
  const lines: string[] = [];
  const shown = all === true ? suggestions : suggestions.slice(0, SUGGESTIONS);
  if (shown.length === 0)
    lines.push(styles.strong(`No change of facts was found with which it would be ${turned}`));
  else lines.push(styles.strong(`It would be ${turned} if`));
  for (const [index, suggestion] of shown.entries()) {
    if (index > 0) lines.push(`  ${styles.faint("or if")}`);
    lines.push(...renderSuggestion(suggestion, decision, styles));
  }
  const hidden = suggestions.length - shown.length;
  if (hidden > 0)
    lines.push(`  ${styles.faint(`or in ${counted(hidden, "other way", "other ways")} (--all)`)}`);
  if (shown.length === 0 || all === true) {
    for (const { policyId, condition } of unreachable) {
      const stopped = condition === undefined ? "" : `: nothing was found to change for \`${condition}\``;
      lines.push(`  ${styles.prose(`not by \`${policyId}\`${stopped}`)}`);
    }
  }
  for (const bound of bounds) {
    lines.push(`  ${styles.faint(`not everything was looked at: ${bound}`)}`);
  }
  return lines.join("\n");
}

function renderSuggestion(
  { texts, policies, lifts }: Suggestion,
  decision: "allow" | "deny",
  styles: Styles,
): string[] {
  const [before, after] = decision === "deny" ? ["forbidden", "permitted"] : ["permitted", "forbidden"];
  const by = policies.length === 0 ? [] : [`then ${after} by ${policies.join(", ")}`];
  const without = lifts.length === 0 ? [] : [`no longer ${before} by ${lifts.join(", ")}`];
  return [
    ...texts.map((text, index) => `  ${index === 0 ? "•" : styles.faint("and")} ${styles.prose(text)}`),
    ...[...by, ...without].map((note) => `      ${styles.faint(note)}`),
  ];
}

/** Of the policies that are not shown, how many fail at what. */
function othersLine(
  { explanation }: ExplainedDecision,
  shown: ReadonlySet<PolicyExplanation>,
  { faint }: Styles,
): string[] {
  const rest = explanation.policies.filter((policy) => !shown.has(policy));
  if (rest.length === 0) return [];
  const kinds = new Map<string, number>();
  for (const policy of rest) {
    const kind = whyNot(policy);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const parts = KINDS.flatMap(([kind, one, many]) => {
    const count = kinds.get(kind) ?? 0;
    return count === 0 ? [] : [`${count.toLocaleString("en-US")} ${count === 1 ? one : many}`];
  });
  return [faint(`${counted(rest.length, "other policy", "other policies")}: ${parts.join(", ")}`)];
}

const KINDS = [
  ["satisfied", "applies, but does not decide", "apply, but do not decide"],
  ["action", "is about another action", "are about other actions"],
  ["principal", "is about other principals", "are about other principals"],
  ["resource", "is about other resources", "are about other resources"],
  ["condition", "fails in its conditions", "fail in their conditions"],
] as const;

function whyNot({ outcome, scope }: PolicyExplanation): (typeof KINDS)[number][0] {
  if (outcome !== "not_satisfied") return "satisfied";
  const failing = new Set(scope.filter(({ holds }) => !holds).map(({ part }) => part));
  if (failing.has("action")) return "action";
  if (failing.has("principal")) return "principal";
  return failing.has("resource") ? "resource" : "condition";
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

function stylesFor(color: boolean): Styles {
  const style = (code: string) => (text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const code = style("36");
  return {
    good: style("1;32"),
    bad: style("1;31"),
    strong: style("1"),
    faint: style("2"),
    prose: (text) =>
      color ? text.replaceAll(/`((?:[^`"]|"(?:[^"\\]|\\.)*")*)`/g, (_, inner: string) => code(inner)) : text,
  };
}
