import { type Diagnostic, splitPolicies, TextPositions } from "@cordon/cedar";
import type { SourceText } from "../lint/index.js";

interface Written {
  /** The id's literal, quotes included: ids that are written differently though they are the same go unnoticed here. */
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

interface FileIds {
  readonly text: string;
  readonly ids: readonly Written[];
}

/** Finds ids that are given twice, in files of which few change at a time. */
export class IdIndex {
  #files: ReadonlyMap<string, FileIds> = new Map();

  duplicates(sources: readonly SourceText[]): Diagnostic[] {
    const files = new Map<string, FileIds>();
    const firsts = new Map<string, { source: SourceText; at: Written }>();
    const found: Diagnostic[] = [];
    for (const source of sources) {
      const known = this.#files.get(source.path);
      const file = known?.text === source.text ? known : { text: source.text, ids: idsOf(source.text) };
      files.set(source.path, file);
      for (const at of file.ids) {
        const first = firsts.get(at.id);
        if (first === undefined) firsts.set(at.id, { source, at });
        else found.push(duplicate(source, at, first));
      }
    }
    this.#files = files;
    return found;
  }
}

function idsOf(text: string): Written[] {
  return splitPolicies(text).flatMap(({ offset, idAnnotation }) => {
    if (idAnnotation === null) return [];
    const [start, end] = [offset + idAnnotation.start, offset + idAnnotation.end];
    return { id: text.slice(start, end), start, end };
  });
}

/** Worded as a build words it. */
function duplicate(
  { path, text }: SourceText,
  at: Written,
  first: { source: SourceText; at: Written },
): Diagnostic {
  const { line, column } = new TextPositions(first.source.text).at(first.at.start);
  const id = at.id.slice(1, -1);
  return {
    code: "policy_id_duplicate",
    severity: "error",
    message: `two policies have the id \`${id}\``,
    help: `the other one is at ${first.source.path}:${line}:${column}`,
    file: path,
    range: new TextPositions(text).range(at.start, at.end),
    policyId: id,
  };
}
