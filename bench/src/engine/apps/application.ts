import type { EntityJson, EntityUidJson, TemplateLinkJson } from "@cordon/engine";

/** One of the applications of Cedar's OOPSLA-2024 paper, written anew from what the paper says of it. */
export interface Application {
  readonly name: string;
  /** Whether grants are links of templates rather than memberships of entities. */
  readonly templates: boolean;
  readonly schema: string;
  /** Cedar source, templates included; all have ids. */
  readonly policies: string;
  /** A world with `size` entities of each type; the same for the same source of chance. */
  world(random: () => number, size: number, requests: number): AppWorld;
}

export interface AppWorld {
  /** Without actions, which the schema tells. */
  readonly entities: readonly EntityJson[];
  readonly links: readonly TemplateLinkJson[];
  readonly requests: readonly AppRequest[];
}

/** The paper's requests have no context. */
export interface AppRequest {
  readonly principal: EntityUidJson;
  readonly action: EntityUidJson;
  readonly resource: EntityUidJson;
}

export function entity(
  uid: EntityUidJson,
  parents: readonly EntityUidJson[] = [],
  attrs: EntityJson["attrs"] = {},
): EntityJson {
  return { uid, attrs, parents: [...parents] };
}

export function reference(uid: EntityUidJson): { __entity: EntityUidJson } {
  return { __entity: uid };
}

export function action(name: string): EntityUidJson {
  return { type: "Action", id: name };
}
