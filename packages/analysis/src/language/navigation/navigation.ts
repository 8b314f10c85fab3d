import { entityPlace } from "../project/entity-index.js";
import type { OpenProject, Role } from "../project/open-project.js";
import type { PolicyEntry } from "../project/policy-index.js";
import type { Document, Place } from "../text/documents.js";
import { policyMentions } from "./policy-mentions.js";
import { schemaMentions } from "./schema-mentions.js";
import { type Mention, type ProjectSymbol, sameSymbol, writtenAs } from "./symbol.js";
import { yamlMentions } from "./yaml-mentions.js";

/** Every mention in one file. */
export function mentionsIn(project: OpenProject, document: Document): Mention[] {
  switch (project.roleOf(document.path)) {
    case "policy":
      return project
        .policiesOf(document)
        .entries.flatMap((entry) => [...ownId(entry), ...policyMentions(project, document, entry.window)]);
    case "schema":
      return project.draft === null ? [] : schemaMentions(project.draft);
    case "tests":
    case "settings":
      return yamlMentions(project, document);
    default:
      return [];
  }
}

/** The name of a policy where it stands; without an `@id` that is its effect. */
function ownId({ id, idSpan, effectSpan, document }: PolicyEntry): Mention[] {
  const span = idSpan ?? effectSpan;
  const place = { path: document.path, start: span.start, end: span.end };
  return [{ symbol: { kind: "policy", id }, place, isDeclaration: true }];
}

/** What stands at an offset; an attribute that several types have is several. */
export function symbolsAt(project: OpenProject, document: Document, offset: number): Mention[] {
  return near(project, document, offset).filter(({ place }) => place.start <= offset && offset <= place.end);
}

/** Mentions of the policy around an offset are enough to know what is at it. */
function near(project: OpenProject, document: Document, offset: number): Mention[] {
  if (project.roleOf(document.path) !== "policy") return mentionsIn(project, document);
  return project
    .policiesOf(document)
    .entries.filter(({ start, end }) => start <= offset && offset <= end)
    .flatMap((entry) => [...ownId(entry), ...policyMentions(project, document, entry.window)]);
}

/** Where what stands at an offset is declared. */
export function findDefinitions(project: OpenProject, document: Document, offset: number): Place[] {
  return unique(symbolsAt(project, document, offset).flatMap(({ symbol }) => declarations(project, symbol)));
}

/** Where a symbol is declared: in the schema as it is now, even if it is broken. */
export function declarations(project: OpenProject, symbol: ProjectSymbol): Place[] {
  if (symbol.kind === "policy") {
    const policies = [...project.policies()].filter(({ id }) => id === symbol.id);
    if (policies.length > 0) return policies.flatMap((entry) => ownId(entry).map(({ place }) => place));
    const settings = project.document("cordon.yaml");
    return settings === undefined ? [] : declaredIn(yamlMentions(project, settings), symbol);
  }
  const inSchema = project.draft === null ? [] : declaredIn(schemaMentions(project.draft), symbol);
  if (inSchema.length > 0) return inSchema;
  if (symbol.kind === "entity") {
    const source = project.entities.get(symbol.type)?.get(symbol.id);
    if (source !== undefined) return [entityPlace(source)];
    return declarations(project, { kind: "type", name: symbol.type });
  }
  // A broken schema may have lost it; then it is where it was.
  const before = project.schema;
  return before === null || before === project.draft ? [] : declaredIn(schemaMentions(before), symbol);
}

function declaredIn(mentions: readonly Mention[], symbol: ProjectSymbol): Place[] {
  return mentions.flatMap(({ symbol: other, place, isDeclaration }) =>
    isDeclaration && sameSymbol(symbol, other) ? [place] : [],
  );
}

/** Everywhere that what stands at an offset is named. */
export function findReferences(
  project: OpenProject,
  document: Document,
  offset: number,
  withDeclaration: boolean,
): Place[] {
  const symbols = symbolsAt(project, document, offset).map(({ symbol }) => symbol);
  const found = symbols.flatMap((symbol) => mentionsOf(project, symbol));
  return unique(
    found.filter(({ isDeclaration }) => withDeclaration || !isDeclaration).map(({ place }) => place),
  );
}

/** Every mention of a symbol in the project. */
export function mentionsOf(project: OpenProject, symbol: ProjectSymbol): Mention[] {
  if (symbol.kind === "policy") {
    const policies = [...project.policies()].filter(({ id }) => id === symbol.id);
    return [
      ...policies.flatMap(ownId),
      ...mentionsInFiles(project, symbol, symbol.id, ["tests", "settings"]),
    ];
  }
  const action = symbol.kind === "action" ? project.schema?.actions.get(symbol.name) : undefined;
  const text = writtenAs(symbol, action?.id ?? null);
  return mentionsInFiles(project, symbol, text, ["policy", "schema", "tests", "settings"]);
}

/** In files that have `text` somewhere, for most haven't; names with escapes aren't in a text as they are. */
function mentionsInFiles(
  project: OpenProject,
  symbol: ProjectSymbol,
  text: string,
  roles: readonly Role[],
): Mention[] {
  const isEscaped = /[^\w:. #/@-]/.test(text);
  return roles
    .flatMap((role) => project.documents(role))
    .filter((document) => isEscaped || document.text.includes(text))
    .flatMap((document) => mentionsIn(project, document))
    .filter((mention) => sameSymbol(mention.symbol, symbol));
}

function unique(places: readonly Place[]): Place[] {
  const byKey = new Map(places.map((place) => [`${place.path} ${place.start} ${place.end}`, place]));
  return [...byKey.values()];
}
