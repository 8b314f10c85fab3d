import assert from "node:assert/strict";
import type { AuthorizationAnswer, AuthorizationCall } from "@cordon/cedar";
import { stringifyLossless } from "@cordon/cedar/internal";

/** Names the call in a failure, such that it can be replayed alone. */
export function withCall(call: AuthorizationCall, check: () => void): void {
  try {
    check();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\ncall: ${stringifyLossless(call)}`, { cause: error });
  }
}

interface Comparable {
  type: string;
  decision?: string;
  reason?: string[];
  errors?: [policyId: string, message: string, help: string | null][];
  warnings: string[];
  failures?: string[];
}

/** Fails unless both answers say the same; what Cedar leaves unordered is compared in any order. */
export function assertSameAnswer(actual: AuthorizationAnswer, expected: AuthorizationAnswer): void {
  assert.deepEqual(comparable(actual), comparable(expected));
}

/** Of several entities at fault, Cedar names any one, and not the same one each time. */
function unquoted(message: string): string {
  return message.replaceAll(/`[^`]*`/g, "`…`");
}

function comparable(answer: AuthorizationAnswer): Comparable {
  const warnings = answer.warnings.map(({ message }) => message).sort();
  if (answer.type === "failure") {
    return { type: answer.type, warnings, failures: answer.errors.map(({ message }) => unquoted(message)) };
  }
  const { decision, diagnostics } = answer.response;
  return {
    ...{ type: answer.type, warnings, decision },
    reason: [...diagnostics.reason].sort(),
    errors: diagnostics.errors
      .map(({ policyId, error }): [string, string, string | null] => [
        policyId,
        error.message,
        error.help ?? null,
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}
