import type { FieldPlan, Fields, Mask } from "@cordon/engine";
import { bad, decodeDecision, decodeItem, listAt, objectAt, textAt } from "./answer.js";
import { decodePlan } from "./plan.js";

/**
 * Reads which attributes are allowed. An answer that is not exactly as it should be is none: something would be shown
 * that must not be.
 *
 * @throws DeciderUnavailable (`bad_answer`)
 */
export function decodeFields(answer: unknown): Fields {
  const told = objectAt(answer, "the answer");
  const fields = objectAt(told.fields, "`fields`");
  const masked = objectAt(fields.masked, "`fields.masked`");
  for (const mask of Object.values(masked)) decodeMask(mask);
  const decision = decodeDecision(answer);
  const allowed = namesAt(fields.allowed, "`fields.allowed`");
  if (decision.decision !== "allow" && (allowed.length > 0 || Object.keys(masked).length > 0)) {
    throw bad("`fields` shows attributes without an allow");
  }
  return {
    decision,
    allowed,
    masked: masked as Record<string, Mask>,
    hidden: namesAt(fields.hidden, "`fields.hidden`"),
    needed: listAt(told, "needed").map((item) => ({
      action: textAt(objectAt(item.action, "`action`"), "name"),
      attributes: namesAt(item.attributes, "`attributes`"),
      decision: decodeItem(item),
    })),
  };
}

/** @throws DeciderUnavailable (`bad_answer`) */
export function decodeFieldPlan(answer: unknown): FieldPlan {
  const told = objectAt(answer, "the answer");
  const groups = told.groups;
  if (!Array.isArray(groups)) throw bad("`groups` is not an array");
  return {
    rows: decodePlan(told.rows),
    allowed: namesAt(told.allowed, "`allowed`"),
    groups: groups.map((item: unknown) => {
      const group = objectAt(item, "a group");
      return {
        action: textAt(objectAt(group.action, "`action`"), "name"),
        attributes: namesAt(group.attributes, "`attributes`"),
        plan: decodePlan(group.plan),
        ...(Object.hasOwn(group, "mask") ? { mask: decodeMask(group.mask) } : {}),
      };
    }),
  };
}

function decodeMask(mask: unknown): Mask {
  if (mask === null || ["string", "number", "boolean"].includes(typeof mask)) return mask as Mask;
  const { first, last, ...others } = objectAt(mask, "a mask");
  const count = first ?? last;
  const isOne = (first === undefined) !== (last === undefined) && Object.keys(others).length === 0;
  if (isOne && Number.isSafeInteger(count) && Number(count) > 0) return mask as Mask;
  throw bad("a mask is not one");
}

function namesAt(value: unknown, name: string): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw bad(`${name} is not a list of names`);
}
