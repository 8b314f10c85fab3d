import type { ResolvedSchema } from "@cordon/engine";
import { SourceError } from "../source-error.js";
import type { Origin } from "../source-options.js";
import type { LiveContext } from "./live-context.js";
import type { LiveSource } from "./live-source.js";

const SOURCE_FIRST: readonly Origin[] = ["source", "caller", "static"];

/** Who owns what of an entity type. */
export interface TypeRoute {
  readonly sources: readonly LiveSource[];
  readonly attributes: ReadonlyMap<string, LiveSource>;
  /** By the type of the parent. */
  readonly parents: ReadonlyMap<string, LiveSource>;
  readonly tags: LiveSource | undefined;
}

/** All sources of one snapshot: who is asked for what. Each attribute has one owner. */
export class SourceSet {
  readonly sources: readonly LiveSource[];
  readonly contexts: readonly LiveContext[];
  readonly routes: ReadonlyMap<string, TypeRoute>;
  /** Context sources by the member of the context that they own. */
  readonly members: ReadonlyMap<string, LiveContext>;
  readonly #schema: ResolvedSchema | null;
  readonly #ancestors = new Map<string, ReadonlySet<string>>();
  readonly #live = new Map<string, boolean>();

  /** @throws SourceError `source_settings` where two claim the same, or one something that the schema doesn't have */
  constructor(
    sources: readonly LiveSource[],
    contexts: readonly LiveContext[],
    schema: ResolvedSchema | null,
  ) {
    this.sources = sources;
    this.contexts = contexts;
    this.#schema = schema;
    this.routes = routesOf(sources);
    this.members = membersOf(contexts);
    for (const source of sources) checkAgainst(schema, source);
  }

  /** Whether a source may have a say in what the attributes, tags or ancestors of entities of a type are. */
  isLive(type: string): boolean {
    let live = this.#live.get(type);
    if (live === undefined) {
      live = this.routes.has(type) || this.#hasLiveAncestors(type);
      this.#live.set(type, live);
    }
    return live;
  }

  /** Whether an entity of one type can have an ancestor of the other. */
  reaches(type: string, ancestor: string): boolean {
    return this.#schema === null || this.#ancestorTypes(this.#schema, type).has(ancestor);
  }

  #hasLiveAncestors(type: string): boolean {
    if (this.#schema === null) return this.sources.length > 0;
    for (const ancestor of this.#ancestorTypes(this.#schema, type)) {
      if ((this.routes.get(ancestor)?.parents.size ?? 0) > 0) return true;
    }
    return false;
  }

  #ancestorTypes(schema: ResolvedSchema, type: string): ReadonlySet<string> {
    let types = this.#ancestors.get(type);
    if (types === undefined) {
      types = reachable(schema, type);
      this.#ancestors.set(type, types);
    }
    return types;
  }
}

export function precedenceOf(source: LiveSource, type: string): readonly Origin[] {
  return source.options.types?.get(type)?.precedence ?? SOURCE_FIRST;
}

function reachable({ entityTypes }: ResolvedSchema, type: string): Set<string> {
  const found = new Set<string>();
  const open = [type];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const parents = Object.hasOwn(entityTypes, next) ? (entityTypes[next]?.memberOfTypes ?? []) : [];
    for (const parent of parents) {
      if (found.has(parent)) continue;
      found.add(parent);
      open.push(parent);
    }
  }
  return found;
}

interface OpenRoute {
  readonly sources: LiveSource[];
  readonly attributes: Map<string, LiveSource>;
  readonly parents: Map<string, LiveSource>;
  tags: LiveSource | undefined;
}

function routesOf(sources: readonly LiveSource[]): Map<string, TypeRoute> {
  const routes = new Map<string, OpenRoute>();
  for (const source of sources) {
    for (const [type, provided] of source.provides) {
      let route = routes.get(type);
      if (route === undefined) {
        route = { sources: [], attributes: new Map(), parents: new Map(), tags: undefined };
        routes.set(type, route);
      }
      route.sources.push(source);
      for (const name of provided.attributes) claim(route.attributes, name, source, `\`${type}.${name}\``);
      for (const parent of provided.parents) {
        claim(route.parents, parent, source, `parents of type \`${parent}\` of \`${type}\``);
      }
      if (!provided.tags) continue;
      if (route.tags !== undefined) throw contested(source.name, route.tags.name, `tags of \`${type}\``);
      route.tags = source;
    }
  }
  return routes;
}

function membersOf(contexts: readonly LiveContext[]): Map<string, LiveContext> {
  const members = new Map<string, LiveContext>();
  for (const context of contexts) {
    for (const name of context.members) claim(members, name, context, `\`context.${name}\``);
  }
  return members;
}

function claim<T extends { readonly name: string }>(
  owners: Map<string, T>,
  name: string,
  owner: T,
  what: string,
): void {
  const other = owners.get(name);
  if (other !== undefined) throw contested(owner.name, other.name, what);
  owners.set(name, owner);
}

function contested(source: string, other: string, what: string): SourceError {
  return new SourceError(
    "source_settings",
    source,
    `${what} would come from \`${other}\` and from \`${source}\``,
    "leave it to one of them",
  );
}

function checkAgainst(schema: ResolvedSchema | null, source: LiveSource): void {
  if (schema === null) return;
  for (const [type, { attributes, parents }] of source.provides) {
    const declared = Object.hasOwn(schema.entityTypes, type) ? schema.entityTypes[type] : undefined;
    if (declared === undefined) throw undeclared(source.name, `entity type \`${type}\``);
    for (const name of attributes) {
      if (!Object.hasOwn(declared.attributes, name)) {
        throw undeclared(source.name, `attribute \`${name}\` of \`${type}\``);
      }
    }
    for (const parent of parents) {
      if (declared.memberOfTypes.includes(parent)) continue;
      throw undeclared(source.name, `parent of type \`${parent}\` of \`${type}\``);
    }
  }
}

function undeclared(source: string, what: string): SourceError {
  return new SourceError(
    "source_settings",
    source,
    `the schema has no ${what}`,
    "declare it in the schema, or take it out of the source",
  );
}
