import type { Mutant } from "./mutants.js";
import type { Trial } from "./trial.js";

/** A survivor as the page tells it. */
export interface ToldSurvivor {
  readonly file: string;
  readonly original: string;
  readonly replacement: string;
  readonly why: string;
}

const START = "<!-- counts of the last run -->";
const END = "<!-- end of the counts -->";

/** The rows of the page's tables: file, change and reason. */
export function toldSurvivors(page: string): ToldSurvivor[] {
  const rows = page.matchAll(/^\| `([^`]+\.ts)` +\| (`+) ?(.+?) ?\2 → (`+) ?(.+?) ?\4 +\| (.+?) +\|$/gm);
  return [...rows].map(([, file = "", , original = "", , replacement = "", why = ""]) => ({
    file,
    original: unescapePipes(original),
    replacement: unescapePipes(replacement),
    why,
  }));
}

export function isSame(told: ToldSurvivor, mutant: Mutant): boolean {
  return (
    told.file === mutant.file && told.original === mutant.original && told.replacement === mutant.replacement
  );
}

/** A survivor as a row of the page, its reason still to be found. */
export function rowOf({ file, original, replacement }: Mutant): string {
  return `| \`${file}\` | ${code(original)} → ${code(replacement)} | ? |`;
}

function code(text: string): string {
  const ticks = text.includes("`") ? "``" : "`";
  const padded = ticks === "``" ? ` ${text} ` : text;
  return `${ticks}${padded.replaceAll("|", "\\|")}${ticks}`;
}

function unescapePipes(text: string): string {
  return text.replaceAll("\\|", "|");
}

/** Puts the counts of a run in the place of those of the run before. */
export function withCounts(page: string, trials: readonly Trial[]): string {
  const [from, to] = [page.indexOf(START), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`the page has no \`${START}\` and \`${END}\``);
  return `${page.slice(0, from + START.length)}\n\n${counts(trials)}\n\n${page.slice(to)}`;
}

function counts(trials: readonly Trial[]): string {
  const files = [...new Set(trials.map(({ mutant }) => mutant.file))];
  const rows = files.map((file) => {
    const own = trials.filter(({ mutant }) => mutant.file === file);
    return rowOfCounts(`\`${file}\``, own);
  });
  return [
    "| file | changes | found out | survive |",
    "| --- | ---: | ---: | ---: |",
    ...rows,
    rowOfCounts("all", trials),
  ].join("\n");
}

function rowOfCounts(name: string, trials: readonly Trial[]): string {
  const survivors = trials.filter(({ killedBy }) => killedBy === null).length;
  return `| ${name} | ${trials.length} | ${trials.length - survivors} | ${survivors} |`;
}
