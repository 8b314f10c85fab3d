import { createHash } from "node:crypto";
import { STYLE } from "./html-style.js";
import {
  type ConditionCoverage,
  type Coverage,
  countedConditions,
  type FileCoverage,
  percent,
  type Totals,
  totalsOf,
} from "./model.js";

/** A page of the report by its file name. */
export interface HtmlPage {
  readonly name: string;
  readonly html: string;
}

/**
 * Coverage with the source marked, for browsers: `index.html` and a page a file. Each page stands alone, runs no
 * script and loads nothing, which its content security policy enforces.
 */
export function htmlReport(coverage: Coverage): HtmlPage[] {
  const names = pageNames(coverage.files);
  const pages = coverage.files.map((file, index) => filePage(file, names[index] ?? ""));
  return [indexPage(coverage, names), ...pages];
}

function pageNames(files: readonly FileCoverage[]): string[] {
  const taken = new Set(["index.html"]);
  return files.map(({ file }) => {
    const stem = file.replaceAll(/[^\w.-]+/g, "-");
    let name = `${stem}.html`;
    for (let n = 2; taken.has(name); n++) name = `${stem}-${n}.html`;
    taken.add(name);
    return name;
  });
}

function indexPage({ files, questions }: Coverage, names: readonly string[]): HtmlPage {
  const rows = files.map(({ file, policies }, index) => {
    const link = `<a href="${escapeHtml(encodeURI(names[index] ?? ""))}">${escapeHtml(file)}</a>`;
    return tableRow(link, totalsOf(policies));
  });
  const all = totalsOf(files.flatMap(({ policies }) => policies));
  const body = `<h1>Coverage of policies</h1>
<table><thead><tr><th>File<th class="n">Policies<th class="n">Conditions</tr></thead>
<tbody>${rows.join("\n")}</tbody>
<tfoot>${tableRow("All", all)}</tfoot></table>
<p class="key">From ${questions} questions. A condition counts twice: for true and for false.</p>`;
  return { name: "index.html", html: page("Coverage of policies", body) };
}

function tableRow(first: string, totals: Totals): string {
  const policies = share(totals.policiesSeen, totals.policies);
  return `<tr><td>${first}<td class="n">${policies}<td class="n">${share(totals.outcomesSeen, totals.outcomes)}</tr>`;
}

function share(seen: number, all: number): string {
  const kind = seen === all ? "full" : seen === 0 ? "none" : "part";
  return `<span class="${kind}-share">${seen}/${all} · ${percent(seen, all)}%</span>`;
}

function filePage(file: FileCoverage, name: string): HtmlPage {
  const body = `<h1><a href="index.html">Coverage</a> › ${escapeHtml(file.file)}</h1>
<p class="key"><mark class="full">seen true and false</mark> <mark class="part">seen one way only</mark> <mark class="none">never evaluated</mark> <span>left: how often a policy applied</span></p>
<div class="source">${sourceRows(file)}</div>`;
  return { name, html: page(`Coverage of ${file.file}`, body) };
}

function sourceRows({ text, policies }: FileCoverage): string {
  const conditions = policies.flatMap(countedConditions).sort((a, b) => a.span.start - b.span.start);
  const starts = new Map(policies.map((policy) => [policy.line, policy]));
  let offset = 0;
  return text
    .split("\n")
    .map((line, index) => {
      const policy = starts.get(index + 1);
      const hits = policy === undefined ? "" : `${policy.seen.true}×`;
      const never = policy !== undefined && policy.seen.true === 0 ? " never" : "";
      const title = policy === undefined ? "" : ` title="${escapeHtml(policyTitle(policy))}"`;
      const code = markedLine(line, offset, conditions);
      offset += line.length + 1;
      return `<div class="row"><span class="no">${index + 1}</span><span class="hits${never}"${title}>${hits}</span><span>${code}</span></div>`;
    })
    .join("\n");
}

function policyTitle({ policyId, seen }: FileCoverage["policies"][number]): string {
  const failed = seen.error > 0 ? `, failed ${seen.error}×` : "";
  return `${policyId}: applied ${seen.true}×, kept from it by a clause ${seen.false}×${failed}`;
}

/** A condition over several lines is marked on each. */
function markedLine(line: string, offset: number, conditions: readonly ConditionCoverage[]): string {
  const end = offset + line.length;
  let html = "";
  let at = offset;
  for (const condition of conditions) {
    const from = Math.max(condition.span.start, at);
    const to = Math.min(condition.span.end, end);
    if (from >= to) continue;
    html += escapeHtml(line.slice(at - offset, from - offset));
    const title = `true ${condition.seen.true}×, false ${condition.seen.false}×${condition.seen.error > 0 ? `, failed ${condition.seen.error}×` : ""}`;
    html += `<mark class="${kindOf(condition)}" title="${title}">${escapeHtml(line.slice(from - offset, to - offset))}</mark>`;
    at = to;
  }
  return html + escapeHtml(line.slice(at - offset));
}

function kindOf({ seen }: ConditionCoverage): "full" | "part" | "none" {
  if (seen.true > 0 && seen.false > 0) return "full";
  return seen.true + seen.false + seen.error > 0 ? "part" : "none";
}

function page(title: string, body: string): string {
  const hash = createHash("sha256").update(STYLE).digest("base64");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style></head>
<body>${body}</body></html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
