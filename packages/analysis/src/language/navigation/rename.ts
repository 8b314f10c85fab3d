import type { OpenProject } from "../project/open-project.js";
import { quoteText } from "../schema/uid-names.js";
import type { Document, Place } from "../text/documents.js";
import { mentionsOf, symbolsAt } from "./navigation.js";

export interface TextChange extends Place {
  readonly text: string;
}

/** Why something can't be renamed, in words for the one who tried. */
export class RenameRefused extends Error {
  override readonly name = "RenameRefused";
}

/** The policy's id at an offset, or null where there is none: only ids are renamed. */
export function renameTarget(
  project: OpenProject,
  document: Document,
  offset: number,
): (Place & { id: string }) | null {
  const at = symbolsAt(project, document, offset).find(({ symbol }) => symbol.kind === "policy");
  return at?.symbol.kind === "policy" ? { ...at.place, id: at.symbol.id } : null;
}

/**
 * The changes that give a policy, template or link another id wherever the project names it: in its `@id`, in tests
 * and in the links of `cordon.yaml`. A policy that has no `@id` gets one.
 *
 * @throws RenameRefused for an id that is taken, or none
 */
export function renamePolicy(
  project: OpenProject,
  document: Document,
  offset: number,
  newId: string,
): TextChange[] {
  const target = renameTarget(project, document, offset);
  if (target === null) throw new RenameRefused("only the id of a policy can be renamed, and here is none");
  if (newId.trim() === "") throw new RenameRefused("a policy's id can't be empty");
  if (newId === target.id) return [];
  if (project.policyIds().has(newId)) {
    const taken = project.policy(newId);
    const where = taken === undefined ? "in cordon.yaml" : placeText(taken.document, taken.effectSpan.start);
    throw new RenameRefused(`there is a policy \`${newId}\` already, ${where}`);
  }
  return mentionsOf(project, { kind: "policy", id: target.id }).map(({ place }) =>
    changeAt(project, place, newId),
  );
}

function changeAt(project: OpenProject, place: Place, newId: string): TextChange {
  const document = project.document(place.path);
  const text = document?.text ?? "";
  if (project.roleOf(place.path) !== "policy") {
    return {
      ...place,
      text: isQuotedAt(text, place) ? escapedIn(text[place.start - 1], newId) : yamlText(newId),
    };
  }
  if (isQuotedAt(text, place)) return { ...place, text: quoteText(newId).slice(1, -1) };
  // It has no `@id` yet: one goes before its first annotation or its effect.
  const entry =
    document &&
    project.policiesOf(document).entries.find(({ effectSpan }) => effectSpan.start === place.start);
  const start = entry?.start ?? place.start;
  return { path: place.path, start, end: start, text: `@id(${quoteText(newId)})\n` };
}

function isQuotedAt(text: string, { start }: Place): boolean {
  return text[start - 1] === '"' || text[start - 1] === "'";
}

function escapedIn(quote: string | undefined, id: string): string {
  return quote === "'" ? id.replaceAll("'", "''") : JSON.stringify(id).slice(1, -1);
}

/** An id that YAML would read as something else is quoted. */
function yamlText(id: string): string {
  return /^[A-Za-z][\w./-]*$/.test(id) && !/^(true|false|null|yes|no|on|off)$/i.test(id)
    ? id
    : JSON.stringify(id);
}

function placeText(document: Document, offset: number): string {
  const { line } = document.positions.at(offset);
  return `at ${document.path}:${line}`;
}
