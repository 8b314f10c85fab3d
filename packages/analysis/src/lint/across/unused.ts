import type { ActionSchema, ResolvedSchema, SchemaType } from "@cordon/engine";
import { type Declaration, outlineSchema, type Span } from "../../syntax/index.js";
import type { LintId } from "../lint-table.js";
import type { LintedPolicy } from "../policy-lint.js";
import { uidKey } from "../reasoning/forms.js";

/** Something of the schema that nothing uses; offsets count from the start of the schema. */
export interface SchemaFinding {
  readonly code: LintId;
  readonly message: string;
  readonly help: string;
  readonly span: Span;
}

/** What of a schema no policy has a use for. */
export function unusedFindings(
  schema: ResolvedSchema,
  text: string,
  policies: readonly LintedPolicy[],
): SchemaFinding[] {
  const used = usedBy(policies);
  const declarations = outlineSchema(text);
  const entities = declarations.filter(({ kind }) => kind === "entity");
  const reachable = reachableTypes(schema, used.types);
  return [
    ...entities
      .filter(({ name }) => name in schema.entityTypes && !reachable.has(name))
      .map(unusedEntityType),
    ...declarations.flatMap((declaration) => unusedAction(declaration, schema, used)),
    ...entities.filter(({ name }) => reachable.has(name)).flatMap((entity) => unusedAttributes(entity, used)),
  ];
}

interface Used {
  readonly types: ReadonlySet<string>;
  /** Actions that some permit can apply to. */
  readonly permitted: ReadonlySet<string>;
  readonly named: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
  /** Names read of something whose type isn't known: used, whosever they are. */
  readonly attributeNames: ReadonlySet<string>;
}

function usedBy(policies: readonly LintedPolicy[]): Used {
  const types = new Set<string>();
  const permitted = new Set<string>();
  const named = new Set<string>();
  const attributes = new Set<string>();
  const attributeNames = new Set<string>();
  for (const { uses } of policies) {
    for (const type of uses.types) types.add(type);
    for (const entity of uses.entities) named.add(entity);
    for (const attribute of uses.attributes) attributes.add(attribute);
    for (const name of uses.attributeNames) attributeNames.add(name);
    for (const action of uses.permits) permitted.add(action);
  }
  return { types, permitted, named, attributes, attributeNames };
}

/** The types that policies name or actions apply to, and all that these refer to. */
function reachableTypes(schema: ResolvedSchema, named: ReadonlySet<string>): Set<string> {
  const pending = [...named];
  for (const { principalTypes, resourceTypes, context } of Object.values(schema.actions)) {
    pending.push(...principalTypes, ...resourceTypes, ...referredTo(context));
  }
  const reachable = new Set<string>();
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const type = schema.entityTypes[name];
    if (reachable.has(name) || type === undefined) continue;
    reachable.add(name);
    pending.push(...type.memberOfTypes, ...referredTo({ type: "Record", attributes: type.attributes }));
    if (type.tags !== undefined) pending.push(...referredTo(type.tags));
  }
  return reachable;
}

function referredTo(type: SchemaType): string[] {
  switch (type.type) {
    case "Entity":
      return [type.name];
    case "Set":
      return referredTo(type.element);
    case "Record":
      return Object.values(type.attributes).flatMap((attribute) => referredTo(attribute.type));
    default:
      return [];
  }
}

function unusedEntityType({ name, nameSpan }: Declaration): SchemaFinding {
  return {
    code: "unused_entity_type",
    message: `nothing uses the entity type \`${name}\``,
    help: "remove it, or write the policies that it is there for",
    span: nameSpan,
  };
}

function unusedAction(
  { kind, name, namespace, nameSpan }: Declaration,
  schema: ResolvedSchema,
  used: Used,
): SchemaFinding[] {
  if (kind !== "action") return [];
  const key = uidKey({ type: namespace === "" ? "Action" : `${namespace}::Action`, id: name });
  const action = schema.actions[key];
  if (action === undefined || used.permitted.has(key)) return [];
  if (!appliesToAnything(action)) {
    if (used.named.has(key)) return [];
    const isParent = Object.values(schema.actions).some(({ memberOf }) =>
      memberOf.some((uid) => uidKey(uid) === key),
    );
    const message = isParent
      ? `no policy names the group of actions \`${key}\``
      : `the action \`${key}\` applies to nothing`;
    return [
      {
        code: "unused_action",
        message,
        help: "remove it, or write the policies that it is there for",
        span: nameSpan,
      },
    ];
  }
  const message = `no permit applies to \`${key}\`: it is always denied`;
  return [{ code: "unused_action", message, help: "permit it to somebody, or remove it", span: nameSpan }];
}

function appliesToAnything({ principalTypes, resourceTypes }: ActionSchema): boolean {
  return principalTypes.length > 0 && resourceTypes.length > 0;
}

function unusedAttributes({ name, attributes }: Declaration, used: Used): SchemaFinding[] {
  const unused = attributes.filter(
    (attribute) =>
      !used.attributes.has(`${name}.${attribute.name}`) && !used.attributeNames.has(attribute.name),
  );
  const [first] = unused;
  if (first === undefined) return [];
  return [
    {
      code: "unused_attribute",
      message: `no policy reads ${unused.map((attribute) => `\`${attribute.name}\``).join(", ")} of \`${name}\``,
      help: "what no policy reads need not be sent along with requests",
      span: first.span,
    },
  ];
}
