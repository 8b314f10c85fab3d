import { readFileSync, writeFileSync } from "node:fs";
import { document } from "../process/paths.js";

/** Replaces the figures between a section's two marks; the prose around them is written by hand and stays. */
export function writeSection(name: string, figures: string): void {
  const text = readFileSync(document, "utf8");
  writeFileSync(document, replaceSection(text, name, figures));
}

/** @throws Error where the document has no such section, rather than losing the figures */
export function replaceSection(text: string, name: string, figures: string): string {
  const start = `<!-- figures of ${name} -->`;
  const end = `<!-- end of ${name} -->`;
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`docs/bench.md has no section between \`${start}\` and \`${end}\``);
  return `${text.slice(0, from + start.length)}\n\n${figures.trim()}\n\n${text.slice(to)}`;
}
