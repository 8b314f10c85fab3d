import { createHash } from "node:crypto";
import type { JsonObject, JsonValue } from "@cordon/engine/json";
import { PROBLEMS } from "../problem.js";
import { PAGE_STYLE } from "./page-style.js";
import { escapeHtml, prose, words } from "./prose.js";
import { schemaTable, typeOf } from "./schema-table.js";

const STYLE_HASH = createHash("sha256").update(PAGE_STYLE).digest("base64");

/** Nothing runs and nothing is loaded: not even a forged description could do more than look odd. */
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The documentation page of an OpenAPI document, and the content security policy to serve it with. */
export function documentationPage(document: JsonObject): { html: string; policy: string } {
  const info = document.info as JsonObject;
  const operations = operationsOf(document);
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  const schemas = (document.components as JsonObject).schemas as JsonObject;
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(String(info.title))}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<nav aria-label="Contents">${tags.map((tag) => navigation(tag, operations)).join("")}
<h2>Reference</h2><ul><li><a href="#schemas">Schemas</a></li><li><a href="#problems">Problems</a></li><li><a href="/openapi.json">OpenAPI document</a></li></ul>
</nav>
<main id="main">
<h1>${escapeHtml(String(info.title))} <small>${escapeHtml(String(info.version))}</small></h1>
${prose(String(info.description))}
${tags
  .map(
    (tag) =>
      `<h2>${escapeHtml(tag)}</h2>${operations
        .filter((o) => o.tag === tag)
        .map(section)
        .join("")}`,
  )
  .join("")}
<h2 id="schemas">Schemas</h2>
${Object.entries(schemas)
  .map(([name, schema]) => schemaSection(name, schema as JsonObject))
  .join("")}
<h2 id="problems">Problems</h2>
${problems()}
</main>
</body>
</html>
`;
  return { html, policy: POLICY };
}

interface Operation {
  readonly tag: string;
  readonly method: string;
  readonly path: string;
  readonly spec: JsonObject;
}

function operationsOf(document: JsonObject): Operation[] {
  return Object.entries(document.paths as JsonObject).flatMap(([path, item]) =>
    Object.entries(item as JsonObject).map(([method, operation]) => {
      const spec = operation as JsonObject;
      return { tag: String((spec.tags as JsonValue[])[0]), method, path, spec };
    }),
  );
}

function navigation(tag: string, operations: readonly Operation[]): string {
  const items = operations
    .filter((operation) => operation.tag === tag)
    .map(({ spec, path }) => `<li><a href="#${spec.operationId}">${escapeHtml(path)}</a></li>`);
  return `<h2>${escapeHtml(tag)}</h2><ul>${items.join("")}</ul>`;
}

function section(operation: Operation): string {
  const { method, path, spec } = operation;
  return `<section id="${spec.operationId}">
<h3><span class="method ${method}">${method.toUpperCase()}</span> <code>${escapeHtml(path)}</code></h3>
<p><strong>${words(String(spec.summary))}</strong></p>
${prose(String(spec.description))}
${parameters(spec.parameters as JsonObject[])}
<h4>Example</h4>
<pre><code>${escapeHtml(curl(operation))}</code></pre>
${body(spec.requestBody as JsonObject | undefined)}
${responses(spec.responses as JsonObject)}
</section>`;
}

function parameters(list: readonly JsonObject[]): string {
  if (list.length === 0) return "";
  const rows = list.map(
    ({ name, in: place, description, schema }) =>
      `<tr><td><code>${escapeHtml(String(name))}</code></td><td>${place}</td><td>${typeOf(schema as JsonObject)}</td><td>${words(String(description))}</td></tr>`,
  );
  return table("Parameters", ["Name", "In", "Type", ""], rows);
}

function body(requestBody: JsonObject | undefined): string {
  if (requestBody === undefined) return "";
  const { schema } = (requestBody.content as JsonObject)["application/json"] as JsonObject;
  return `<h4>Body</h4><p>${typeOf(schema as JsonObject)}</p>`;
}

function responses(all: JsonObject): string {
  const rows = Object.entries(all).map(([status, response]) => {
    const { description, content } = response as JsonObject;
    const media = Object.entries((content ?? {}) as JsonObject).map(
      ([type, entry]) =>
        `<code>${escapeHtml(type)}</code> ${typeOf((entry as JsonObject).schema as JsonObject)}`,
    );
    return `<tr><td>${status}</td><td>${words(String(description))}</td><td>${media.join("<br>")}</td></tr>`;
  });
  return table("Answers", ["Status", "Meaning", "Content"], rows);
}

function curl({ method, path, spec }: Operation): string {
  const open = (spec.security as JsonValue[]).length === 0;
  const lines = [`curl "$CORDON_URL${path.replaceAll("{", "$").replaceAll("}", "")}"`];
  if (!open) lines.push(`-H "authorization: Bearer $CORDON_KEY"`);
  const content = (spec.requestBody as JsonObject | undefined)?.content as JsonObject | undefined;
  if (method === "post" && content !== undefined) {
    const { example } = content["application/json"] as JsonObject;
    const shown = JSON.stringify(example, undefined, 2).replaceAll("'", "'\\''");
    lines.push("-H 'content-type: application/json'", `-d '${shown}'`);
  }
  return lines.join(" \\\n  ");
}

function schemaSection(name: string, schema: JsonObject): string {
  const description = schema.description === undefined ? "" : `<p>${words(String(schema.description))}</p>`;
  return `<section id="schema-${name}"><h3>${escapeHtml(name)}</h3>${description}${schemaTable(schema)}</section>`;
}

function problems(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([kind, [status, title]]) =>
      `<tr id="${kind}"><td><code>${kind}</code></td><td>${status}</td><td>${escapeHtml(title)}</td></tr>`,
  );
  return table("", ["Code", "Status", "Meaning"], rows);
}

export function table(title: string, heads: readonly string[], rows: readonly string[]): string {
  const heading = title === "" ? "" : `<h4>${escapeHtml(title)}</h4>`;
  const head = heads.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join("");
  return `${heading}<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}
