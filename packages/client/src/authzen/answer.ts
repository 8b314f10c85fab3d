import type {
  Decision,
  DecisionFailure,
  Effect,
  Explained,
  Explanation,
  FetchReport,
  ReasonCode,
} from "@cordon/engine";
import { DeciderUnavailable } from "../errors.js";

type Members = Record<string, unknown>;

/**
 * Reads one evaluation response. Only `"decision": true` is an allow; an answer that is not exactly as
 * the protocol demands is no answer at all, because a gate can't honour obligations it couldn't read.
 *
 * @throws DeciderUnavailable (`bad_answer`)
 */
export function decodeDecision(answer: unknown): Decision {
  const { decision, context } = objectAt(answer, "the answer");
  if (typeof decision !== "boolean") throw bad("`decision` is not a boolean");
  const told = context === undefined ? {} : objectAt(context, "`context`");
  return {
    decision: decision ? "allow" : "deny",
    id: textAt(told, "id", ""),
    bundleId: textAt(told, "bundle", ""),
    reason: decodeReason(told.reason, decision),
    policies: listAt(told, "policies").map(decodePolicy),
    errors: listAt(told, "errors").map((item) => ({
      policyId: textAt(item, "policy"),
      message: textAt(item, "message"),
    })),
    obligations: listAt(told, "obligations").map((item) => ({
      id: textAt(item, "id"),
      policyId: textAt(item, "policy"),
    })),
    ignored: decodeIgnored(told.ignored),
    ...decodeSources(told),
  };
}

/** What the answer says of sources that failed. */
function decodeSources(told: Members): Pick<Decision, "stale" | "unavailable"> {
  const stale = listAt(told, "stale").map((item) => ({
    source: textAt(item, "source"),
    ageMs: typeof item.age_ms === "number" ? item.age_ms : 0,
  }));
  const unavailable = listAt(told, "unavailable").map((item) => ({
    source: textAt(item, "source"),
    code: textAt(item, "code"),
    message: textAt(item, "message", ""),
  }));
  return {
    ...(stale.length === 0 ? {} : { stale }),
    ...(unavailable.length === 0 ? {} : { unavailable }),
  };
}

/** Reads one item of an evaluations response, in whose place an error may stand. */
export function decodeItem(answer: unknown): Decision | DecisionFailure {
  const { decision, context } = objectAt(answer, "an evaluation of the answer");
  const error = context === undefined ? undefined : objectAt(context, "`context`").error;
  if (error === undefined) return decodeDecision(answer);
  if (decision !== false) throw bad("an evaluation carries both an error and a decision that is not false");
  const told = objectAt(error, "`error`");
  const help = textAt(told, "help", "");
  const path = textAt(told, "pointer", "");
  return {
    error: {
      code: textAt(told, "code", "evaluation_failed"),
      message: textAt(told, "message", "the server couldn't evaluate this item"),
      ...(help === "" ? {} : { help }),
      ...(path === "" ? {} : { path: nativePointer(path) }),
    },
  };
}

export function decodeItems(answer: unknown): (Decision | DecisionFailure)[] {
  const { evaluations } = objectAt(answer, "the answer");
  if (!Array.isArray(evaluations)) throw bad("`evaluations` is not an array");
  return evaluations.map(decodeItem);
}

/** The explanation is for people and tools that show it; nothing is enforced by it, so its outline suffices. */
export function decodeExplanation(answer: unknown): Omit<Explained, "decision"> {
  const told = objectAt(answer, "the answer");
  const explanation = objectAt(told.explanation, "`explanation`");
  if (!Array.isArray(explanation.policies)) throw bad("`explanation.policies` is not an array");
  const explained = { explanation: explanation as unknown as Explanation };
  if (told.sources === undefined) return explained;
  return { ...explained, sources: objectAt(told.sources, "`sources`") as unknown as FetchReport };
}

/** A pointer into the body that was sent, as a pointer into the request that the caller gave. */
export function nativePointer(pointer: string): string {
  return pointer
    .replace(/^\/evaluations\/\d+(?=\/|$)/, "")
    .replace(/^\/subject(?=\/|$)/, "/principal")
    .replace(/^\/context(?=\/credentials(\/|$))/, "")
    .replace(/(?<=^\/credentials\/\w+)_(\w)/, (_, letter: string) => letter.toUpperCase());
}

export function decodeReason(reason: unknown, allowed: boolean): Decision["reason"] {
  // A server other than Cordon gives no reason codes.
  if (reason === undefined) {
    return allowed
      ? { code: "permitted", message: "the server permits this" }
      : { code: "no_permit", message: "the server does not permit this" };
  }
  const told = objectAt(reason, "`reason`");
  return { code: textAt(told, "code") as ReasonCode, message: textAt(told, "message") };
}

function decodePolicy(item: Members): Decision["policies"][number] {
  const policy = { id: textAt(item, "id"), effect: textAt(item, "effect") as Effect };
  return item.reason === undefined ? policy : { ...policy, reason: textAt(item, "reason") };
}

export function decodeIgnored(value: unknown): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw bad("`ignored` is not an array");
  return value.map((pointer) => nativePointer(String(pointer)));
}

export function objectAt(value: unknown, what: string): Members {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Members;
  throw bad(`${what} is not an object`);
}

export function listAt(members: Members, name: string): Members[] {
  const value = members[name];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw bad(`\`${name}\` is not an array`);
  return value.map((item) => objectAt(item, `an item of \`${name}\``));
}

export function textAt(members: Members, name: string, fallback?: string): string {
  const value = members[name] ?? fallback;
  if (typeof value === "string") return value;
  throw bad(`\`${name}\` is not text`);
}

export function bad(what: string): DeciderUnavailable {
  return new DeciderUnavailable("bad_answer", `the server's answer is not AuthZEN: ${what}`, {
    help: "check that the URL is that of a Cordon server and not of something before it",
  });
}
