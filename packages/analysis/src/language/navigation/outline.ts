import type { Span } from "../../syntax/index.js";
import type { OpenProject } from "../project/open-project.js";
import type { AttributeSyntax, TypeSyntax } from "../schema/declarations.js";
import { qualified } from "../schema/uid-names.js";
import type { Document } from "../text/documents.js";

export interface OutlineEntry {
  readonly name: string;
  readonly detail: string;
  readonly kind: "permit" | "forbid" | "entity" | "action" | "type" | "attribute";
  readonly span: Span;
  readonly nameSpan: Span;
  readonly children: readonly OutlineEntry[];
}

/** The policies of a file, or what a schema declares. */
export function outlineOf(project: OpenProject, document: Document): OutlineEntry[] {
  switch (project.roleOf(document.path)) {
    case "policy":
      return project
        .policiesOf(document)
        .entries.flatMap(({ id, effect, annotations, start, end, ...entry }) => {
          if (effect === null) return [];
          const nameSpan = entry.idSpan ?? entry.effectSpan;
          const detail = annotations.get("reason") ?? "";
          return { name: id, detail, kind: effect, span: { start, end }, nameSpan, children: [] };
        });
    case "schema":
      return (project.draft?.declarations ?? []).map((declaration) => ({
        name: qualified(declaration.namespace, declaration.name),
        detail: declaration.kind,
        kind: declaration.kind,
        // Declarations that share a keyword share a span; each must hold its own name all the same.
        span: declaration.span,
        nameSpan: declaration.nameSpan,
        children: membersOf(
          declaration.kind === "entity"
            ? declaration.attributes
            : declaration.kind === "action"
              ? declaration.context
              : declaration.type,
        ),
      }));
    default:
      return [];
  }
}

function membersOf(type: TypeSyntax): OutlineEntry[] {
  if (type.kind === "set") return membersOf(type.element);
  return type.kind === "record" ? type.attributes.map(memberEntry) : [];
}

function memberEntry({ name, nameSpan, required, type }: AttributeSyntax): OutlineEntry {
  const detail = `${required ? "" : "optional "}${type.kind === "name" ? type.name : type.kind}`;
  return { name, detail, kind: "attribute", span: nameSpan, nameSpan, children: membersOf(type) };
}
