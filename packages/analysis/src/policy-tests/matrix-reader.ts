import { actionName, type CaseReader, entityName } from "./case-reader.js";
import type { MatrixContent } from "./format.js";
import type { Matrix, MatrixCell } from "./types.js";

type Path = readonly PropertyKey[];

export const TESTS_FOLDER = "tests";

/** Every principal with every action on every resource; undefined where something is wrong, which has been reported. */
export function readMatrix(content: MatrixContent, path: Path, reader: CaseReader): Matrix | undefined {
  const { principals, actions, resources, name, context, now, entities } = content;
  const circumstances = {
    ...(context === undefined ? {} : { context }),
    ...(now === undefined ? {} : { now }),
    ...(entities === undefined ? {} : { entities }),
  };
  // What is wrong with one of a list is said once, at its place in the list.
  const good = [
    ...principals.map((principal, i) => reader.named(principal, [...path, "principals", i])),
    ...resources.map((resource, i) => reader.named(resource, [...path, "resources", i])),
  ].every(Boolean);
  if (!good) return undefined;
  const base = reader.question(
    { ...circumstances, principal: principals[0], action: actions[0], resource: resources[0] },
    path,
  );
  if (base === undefined) return undefined;
  const cells: MatrixCell[] = resources.flatMap((resource) =>
    principals.flatMap((principal) =>
      actions.map((action): MatrixCell => {
        const { context: given } = base.request as { context: unknown };
        const request = {
          principal: reader.uidOf(principal),
          action: reader.actionOf(action),
          resource: reader.uidOf(resource),
          context: given,
        };
        return {
          request,
          now: base.now,
          entities: base.entities,
          principal: entityName(request.principal),
          action: actionName(request.action),
          resource: entityName(request.resource),
        };
      }),
    ),
  );
  return {
    name,
    place: reader.place([...path, "name"]),
    principals: unique(cells.map((cell) => cell.principal)),
    actions: unique(cells.map((cell) => cell.action)),
    resources: unique(cells.map((cell) => cell.resource)),
    cells,
    snapshot: snapshotOf(content, reader),
  };
}

function snapshotOf({ name, snapshot }: MatrixContent, reader: CaseReader): Matrix["snapshot"] {
  if (snapshot === false) return null;
  const path = snapshot === undefined ? defaultPath(reader.file, name) : `${TESTS_FOLDER}/${snapshot}`;
  return { path, text: reader.snapshots.get(path) };
}

/** `tests/desk.yaml`, matrix "Who reads what": `tests/snapshots/desk.who-reads-what.txt`. */
function defaultPath(file: string, name: string): string {
  const stem = file.replace(/^tests\//, "").replace(/\.ya?ml$/, "");
  const slug = name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");
  return `${TESTS_FOLDER}/snapshots/${stem}.${slug}.txt`;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
