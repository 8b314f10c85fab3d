import { pathToFileURL } from "node:url";
import type { Completion, CompletionKind, Document, OutlineEntry, Place } from "@cordon/analysis/language";
import type { LintDiagnostic } from "@cordon/analysis/lint";
import {
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic,
  DiagnosticSeverity,
  type DocumentSymbol,
  InsertTextFormat,
  type Location,
  type Position,
  type Range,
  SymbolKind,
} from "vscode-languageserver/node";
import type { Session } from "./session.js";

const KINDS: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  action: CompletionItemKind.Event,
  annotation: CompletionItemKind.Property,
  attribute: CompletionItemKind.Field,
  entity: CompletionItemKind.Value,
  function: CompletionItemKind.Function,
  key: CompletionItemKind.Property,
  keyword: CompletionItemKind.Keyword,
  method: CompletionItemKind.Method,
  policy: CompletionItemKind.Reference,
  snippet: CompletionItemKind.Snippet,
  type: CompletionItemKind.Class,
  value: CompletionItemKind.EnumMember,
  variable: CompletionItemKind.Variable,
};

const SYMBOLS: Readonly<Record<OutlineEntry["kind"], SymbolKind>> = {
  permit: SymbolKind.Method,
  forbid: SymbolKind.Interface,
  entity: SymbolKind.Class,
  action: SymbolKind.Event,
  type: SymbolKind.Struct,
  attribute: SymbolKind.Field,
};

const SEVERITIES: Readonly<Record<LintDiagnostic["severity"], DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** The protocol counts lines and characters from 0, characters in UTF-16 units. */
export function positionAt(document: Document, offset: number): Position {
  const { line, column } = document.positions.at(offset);
  return { line: line - 1, character: column - 1 };
}

export function rangeOf(document: Document, { start, end }: { start: number; end: number }): Range {
  return { start: positionAt(document, start), end: positionAt(document, end) };
}

/** A position behind the end of its line is the line's end. */
export function offsetAt(document: Document, { line, character }: Position): number {
  const { text } = document;
  let start = 0;
  for (let at = 0; at < line; at++) {
    const next = text.indexOf("\n", start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  const end = text.indexOf("\n", start);
  return Math.min(start + character, end < 0 ? text.length : end);
}

export function uriOf(session: Session, path: string): string {
  return pathToFileURL(session.fileOf(path)).href;
}

export function locationOf(session: Session, place: Place): Location[] {
  const document = session.project.document(place.path);
  return document === undefined ? [] : [{ uri: uriOf(session, place.path), range: rangeOf(document, place) }];
}

export function diagnosticFrom(found: LintDiagnostic): Diagnostic {
  const { range, message, help, code, severity } = found;
  const at = range ?? { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
  return {
    range: {
      start: { line: at.start.line - 1, character: at.start.column - 1 },
      end: { line: at.end.line - 1, character: at.end.column - 1 },
    },
    severity: SEVERITIES[severity],
    source: "cordon",
    code,
    message: help === undefined ? message : `${message}\nhelp: ${help}`,
  };
}

export function completionFrom(document: Document, completion: Completion, index: number): CompletionItem {
  const { label, kind, detail, documentation, insert, isSnippet, replace } = completion;
  return {
    label,
    kind: KINDS[kind],
    sortText: String(index).padStart(4, "0"),
    filterText: label,
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range: rangeOf(document, replace), newText: insert },
    ...(detail === undefined ? {} : { detail }),
    ...(documentation === undefined ? {} : { documentation: { kind: "markdown", value: documentation } }),
  };
}

export function symbolFrom(document: Document, entry: OutlineEntry): DocumentSymbol {
  const span = {
    start: Math.min(entry.span.start, entry.nameSpan.start),
    end: Math.max(entry.span.end, entry.nameSpan.end),
  };
  return {
    name: entry.name,
    detail: entry.detail,
    kind: SYMBOLS[entry.kind],
    range: rangeOf(document, span),
    selectionRange: rangeOf(document, entry.nameSpan),
    children: entry.children.map((child) => symbolFrom(document, child)),
  };
}
