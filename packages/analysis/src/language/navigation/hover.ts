import { LINT_IDS, lintOf } from "../../lint/index.js";
import { Typing } from "../policies/typing.js";
import type { OpenProject } from "../project/open-project.js";
import type { PolicyEntry } from "../project/policy-index.js";
import type { ActionModel, EntityModel } from "../schema/schema-model.js";
import { CONSTRUCTORS, type LiveType, memberText, typeText } from "../schema/types.js";
import { idText } from "../schema/uid-names.js";
import type { Document } from "../text/documents.js";
import { tokenAt } from "../text/tokens.js";
import { symbolsAt } from "./navigation.js";
import type { ProjectSymbol } from "./symbol.js";

export interface Hover {
  /** Markdown. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What there is to say of what stands at an offset. */
export function hoverAt(project: OpenProject, document: Document, offset: number): Hover | null {
  const isPolicies = project.roleOf(document.path) === "policy";
  const mentions = symbolsAt(project, document, offset).filter(
    // The word `permit` says nothing of its own; what is in its scope and conditions goes before the policy.
    ({ place }, _index, all) =>
      all.length === 1 || place.end > offset || all.every((other) => other.place.end === place.end),
  );
  const texts = [...new Set(mentions.flatMap((mention) => describe(project, mention.symbol)))];
  const [first] = mentions;
  if (first !== undefined && texts.length > 0) {
    return { text: texts.join("\n\n---\n\n"), start: first.place.start, end: first.place.end };
  }
  return isPolicies ? hoverInPolicy(project, document, offset) : null;
}

function describe(project: OpenProject, symbol: ProjectSymbol): string[] {
  const { schema } = project;
  switch (symbol.kind) {
    case "type": {
      const entity = schema?.entities.get(symbol.name);
      return entity === undefined ? [] : [entityText(entity)];
    }
    case "common-type": {
      const common = schema?.commonTypes.get(symbol.name);
      if (schema == null || common === undefined) return [];
      const type = schema.type(common.type, common.namespace);
      return [withDoc(code(`type ${symbol.name} = ${typeText(type)}`), common.doc)];
    }
    case "action": {
      const action = schema?.actions.get(symbol.name);
      return action === undefined ? [] : [actionText(action)];
    }
    case "entity": {
      const known = project.entities.get(symbol.type)?.get(symbol.id);
      const entity = schema?.entities.get(symbol.type);
      const isDeclared = entity?.declaration.enum?.some(({ id }) => id === symbol.id) ?? false;
      const elsewhere = isDeclared ? "one of those that there are" : "not among the project's entities";
      const where = known === undefined ? elsewhere : `in ${known.document.path}`;
      return [
        `\`${symbol.type}::${JSON.stringify(symbol.id)}\`, ${where}`,
        ...(entity ? [entityText(entity)] : []),
      ];
    }
    case "attribute":
      return [attributeText(project, symbol)].filter((text) => text !== "");
    case "policy": {
      const policy = project.policy(symbol.id);
      return policy === undefined ? [] : [policyText(policy)];
    }
  }
}

function attributeText(project: OpenProject, symbol: ProjectSymbol & { kind: "attribute" }): string {
  const found = [...attributesOf(project)].find(
    ({ member }) => member.syntax.nameSpan.start === symbol.declaredAt,
  );
  if (found === undefined) return "";
  const owner = symbol.owner || found.owner;
  return withDoc(code(`${owner === "" ? "" : `${owner}.`}${memberText(found.member)}`), found.member.doc);
}

type Attribute = { member: EntityModel["attributes"][number]; owner: string };

/** Every attribute of the schema, those of records within and of contexts too. */
function* attributesOf({ schema }: OpenProject): Iterable<Attribute> {
  for (const { name, attributes, tags } of schema?.entities.values() ?? []) {
    yield* within(attributes, name);
    if (tags?.kind === "record") yield* within(tags.attributes, name);
  }
  for (const { context } of schema?.actions.values() ?? []) yield* within(context, "context");
  for (const [name, { type, namespace }] of schema?.commonTypes ?? []) {
    const resolved = schema?.type(type, namespace);
    if (resolved?.kind === "record") yield* within(resolved.attributes, name);
  }
}

function* within(attributes: EntityModel["attributes"], owner: string): Iterable<Attribute> {
  for (const member of attributes) {
    yield { member, owner };
    let { type } = member;
    while (type.kind === "set") type = type.element;
    if (type.kind === "record") yield* within(type.attributes, `${owner}.${member.name}`);
  }
}

function entityText({ name, declaration, parents, attributes, tags }: EntityModel): string {
  const within = parents.length === 0 ? "" : ` in [${parents.join(", ")}]`;
  const members = attributes.map((member) => `  ${memberText(member, 1)},`);
  const shape = members.length === 0 ? "" : ` {\n${members.join("\n")}\n}`;
  const ids =
    declaration.enum === null
      ? ""
      : ` enum [${declaration.enum.map(({ id }) => JSON.stringify(id)).join(", ")}]`;
  const tagged = tags === null ? "" : ` tags ${typeText(tags)}`;
  return withDoc(code(`entity ${name}${within}${shape}${ids}${tagged}`), declaration.doc);
}

function actionText({ uid, memberOf, principals, resources, context, declaration }: ActionModel): string {
  const within = memberOf.length === 0 ? "" : ` in [${memberOf.join(", ")}]`;
  const applies =
    principals.length === 0
      ? ""
      : ` appliesTo {\n  principal: [${principals.join(", ")}],\n  resource: [${resources.join(", ")}],\n  context: ${typeText({ kind: "record", attributes: context }, 1)}\n}`;
  return withDoc(code(`action ${uid}${within}${applies}`), declaration.doc);
}

function policyText({ id, effect, annotations, document, effectSpan }: PolicyEntry): string {
  const { line } = document.positions.at(effectSpan.start);
  const lines = [`**${effect ?? "policy"}** \`${id}\``];
  const reason = annotations.get("reason");
  if (reason !== undefined) lines.push(reason);
  const obligation = annotations.get("obligation");
  if (obligation !== undefined) lines.push(`obligations: \`${obligation}\``);
  return [...lines, `${document.path}:${line}`].join("\n\n");
}

/** What is no name: variables, methods, functions, the names of lints. */
function hoverInPolicy(project: OpenProject, document: Document, offset: number): Hover | null {
  const { tokens } = document;
  const index = tokenAt(tokens, offset);
  const token = index === null ? undefined : tokens[index];
  const entry = project
    .policiesOf(document)
    .entries.find(({ start, end }) => start <= offset && offset <= end);
  if (index === null || token === undefined || entry === undefined) return null;
  const at = { start: token.start, end: token.end };
  if (token.kind === "string" && tokens[index - 2]?.text === "lint_allow") {
    const named = idText(token.text);
    const lint = LINT_IDS.find((id) => named.includes(id));
    return lint === undefined ? null : { ...at, text: `**${lint}**: ${lintOf(lint).summary}` };
  }
  if (token.kind !== "identifier" || project.schema === null) return null;
  const typing = new Typing(entry.window, project.schema, index);
  const before = tokens[index - 1];
  if (before?.text === "." && tokens[index + 1]?.text === "(") {
    const methods = typing.endingAt(index - 2).flatMap((type) => typing.methodsOf(type));
    const method = methods.find(({ name }) => name === token.text);
    if (method === undefined) return null;
    return { ...at, text: `${code(`${method.name}(): ${typeText(method.result)}`)}\n\n${method.doc}` };
  }
  const made = CONSTRUCTORS.find(({ name }) => name === token.text);
  if (made !== undefined && tokens[index + 1]?.text === "(") {
    return {
      ...at,
      text: `${code(`${made.name}(String): ${typeText(made.type)}`)}\n\nsuch as \`${made.example}\``,
    };
  }
  if (before?.text === "." || before?.text === "@") return null;
  const types = typing.endingAt(index);
  if (types.length === 0) return null;
  return { ...at, text: code(`${token.text}: ${alternatives(types)}`) };
}

function alternatives(types: readonly LiveType[]): string {
  return [...new Set(types.map((type) => typeText(type)))].join(" | ");
}

function code(text: string): string {
  return `\`\`\`cedar\n${text}\n\`\`\``;
}

function withDoc(text: string, doc: string | null): string {
  return doc === null ? text : `${text}\n\n${doc}`;
}
