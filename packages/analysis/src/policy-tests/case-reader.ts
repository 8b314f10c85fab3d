import { EngineError, type EntityData } from "@cordon/engine";
import type { ProjectEntities } from "@cordon/pdp/pipeline";
import { didYouMean, type YamlFile } from "@cordon/pdp/project";
import type {
  CaseContent,
  Circumstances,
  Expectation,
  GivenEntities as GivenContent,
  TestFileContent,
} from "./format.js";
import { decodeGiven, GivenEntities } from "./given-entities.js";
import type { Report, TestProject } from "./read-tests.js";
import { readActionName, readUid } from "./references.js";
import type { Place, Question, TestCase } from "./types.js";

type Path = readonly PropertyKey[];
type EntityContent = NonNullable<Circumstances["principal"]>;
type ActionContent = NonNullable<Circumstances["action"]>;

/** Without a time of its own a question is asked at this one, so that no test depends on when it is run. */
const DEFAULT_NOW = "2026-01-01T12:00:00Z";

/** Turns what a file says of its cases into questions, with the file's defaults and entities under them. */
export class CaseReader {
  readonly #file: string;
  readonly #defaults: Circumstances;
  readonly #yaml: YamlFile<unknown>;
  readonly #project: TestProject;
  readonly #report: Report;
  readonly #base: TestProject["store"];
  readonly #common: readonly EntityData[];
  /** Most cases of a file share its entities. */
  readonly #shared: ProjectEntities;
  readonly #policyIds: ReadonlySet<string>;

  constructor(
    file: string,
    content: TestFileContent,
    yaml: YamlFile<unknown>,
    project: TestProject,
    report: Report,
  ) {
    this.#file = file;
    this.#defaults = content.defaults;
    this.#yaml = yaml;
    this.#project = project;
    this.#report = report;
    this.#base = content.projectEntities ? project.store : project.actionsOnly;
    this.#common = this.#decode(content.defaults.entities ?? {}, ["defaults", "entities"]);
    this.#shared = this.#overlay(this.#common, ["defaults", "entities"]) ?? this.#base;
    const { staticPolicies, templateLinks } = project.bundle.policies;
    this.#policyIds = new Set([...Object.keys(staticPolicies), ...templateLinks.map(({ newId }) => newId)]);
  }

  get snapshots(): ReadonlyMap<string, string> {
    return this.#project.snapshots;
  }

  get file(): string {
    return this.#file;
  }

  /** What a case that says nothing of it asks about. */
  defaultOf(part: "principal" | "resource"): EntityContent | undefined {
    return this.#defaults[part];
  }

  place(path: Path): Place {
    const start = this.#yaml.locate(path)?.start;
    return { file: this.#file, line: start?.line ?? 1, column: start?.column ?? 1 };
  }

  /**
   * One case. What it leaves out is the file's default; the members of its context are laid over the default's.
   */
  read(given: CaseContent, path: Path, name: string | undefined): TestCase | undefined {
    const question = this.question(given, path);
    const expected = this.#expectation(given.expect, [...path, "expect"]);
    if (question === undefined) return undefined;
    return { ...question, name: name ?? nameOf(question.request), place: this.place(path), expected };
  }

  /** Undefined where something is wrong, which has then been reported. */
  question(given: Circumstances, path: Path): Question | undefined {
    const principal = this.#entity(given, "principal", path);
    const action = this.#action(given, path);
    const resource = this.#entity(given, "resource", path);
    const entities = this.#entities(given.entities, [...path, "entities"]);
    if (principal === undefined || action === undefined || resource === undefined || entities === undefined)
      return undefined;
    const context = withoutNulls({ ...this.#defaults.context, ...given.context });
    const now = new Date(given.now ?? this.#defaults.now ?? DEFAULT_NOW);
    return { request: { principal, action, resource, context }, now, entities };
  }

  #entity(given: Circumstances, part: "principal" | "resource", path: Path): EntityContent | undefined {
    const own = given[part];
    const value = own ?? this.#defaults[part];
    const at = own === undefined ? ["defaults", part] : [...path, part];
    if (value === undefined) return this.#missing(part, path);
    if (typeof value !== "string") return value;
    return this.attempt(at, () => readUid(value).toString());
  }

  #action(given: Circumstances, path: Path): ActionContent | undefined {
    const own = given.action;
    const value = own ?? this.#defaults.action;
    const at = own === undefined ? ["defaults", "action"] : [...path, "action"];
    if (value === undefined) return this.#missing("action", path);
    return this.attempt(at, () =>
      typeof value === "string" ? readActionName(value) : { ...value, name: readActionName(value.name) },
    );
  }

  /** Whether an entity of a list is well named; where not, that is reported. */
  named(entity: EntityContent, path: Path): boolean {
    return typeof entity !== "string" || this.attempt(path, () => readUid(entity)) !== undefined;
  }

  /** An entity of a list that is well named. */
  uidOf(entity: EntityContent): EntityContent {
    return typeof entity === "string" ? readUid(entity).toString() : entity;
  }

  actionOf(action: ActionContent): ActionContent {
    return typeof action === "string" ? readActionName(action) : action;
  }

  #missing(part: string, path: Path): undefined {
    this.#report(path, {
      code: "tests_incomplete",
      message: `has no \`${part}\``,
      help: `give it here, or for every case under \`defaults\``,
    });
    return undefined;
  }

  #entities(given: GivenContent | undefined, path: Path): ProjectEntities | undefined {
    if (given === undefined || Object.keys(given).length === 0) return this.#shared;
    const own = this.#decode(given, path, this.#shared);
    const under = this.#common.filter(({ uid }) => !own.some((other) => other.uid.equals(uid)));
    return this.#overlay([...under, ...own], path);
  }

  #decode(content: GivenContent, path: Path, over: ProjectEntities = this.#base): EntityData[] {
    return decodeGiven(content, over, this.#project.bundle.schema, (at, error) =>
      this.#engineError([...path, ...at], error, at.length === 1),
    );
  }

  #overlay(given: readonly EntityData[], path: Path): ProjectEntities | undefined {
    if (given.length === 0) return this.#base;
    return this.attempt(path, () => new GivenEntities(this.#base, given));
  }

  /** Undefined, and reported at `path`, where the engine refuses. */
  attempt<T>(path: Path, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.#engineError(path, error, false);
      return undefined;
    }
  }

  #engineError(path: Path, error: EngineError, onKey: boolean): void {
    const help = error.help ?? "an entity is written `User::ann`; its attributes are as the schema says";
    this.#report(path, { code: error.code, message: `: ${error.message}`, help, onKey });
  }

  #expectation(expect: CaseContent["expect"], path: Path): Expectation {
    const expected = typeof expect === "string" ? { decision: expect } : expect;
    for (const member of ["policies", "errors"] as const) {
      for (const [index, id] of (expected[member] ?? []).entries()) {
        if (this.#policyIds.has(id)) continue;
        const near = didYouMean(id, this.#policyIds);
        this.#report([...path, member, index], {
          code: "tests_unknown_policy",
          message: `names a policy that the project hasn't: \`${id}\``,
          help: near === undefined ? "a policy is called by its `@id`" : `did you mean \`${near}\`?`,
        });
      }
    }
    return expected;
  }
}

function withoutNulls(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}

/** `User::"ann" ticket:read Ticket::"T-1"`. */
export function nameOf(request: unknown): string {
  const { principal, action, resource } = request as Record<"principal" | "resource", EntityContent> & {
    action: ActionContent;
  };
  return `${entityName(principal)} ${actionName(action)} ${entityName(resource)}`;
}

export function entityName(entity: EntityContent): string {
  return typeof entity === "string" ? entity : `${entity.type}::${JSON.stringify(entity.id)}`;
}

export function actionName(action: ActionContent): string {
  const name = typeof action === "string" ? action : action.name;
  return /^Action::"(.*)"$/.exec(name)?.[1] ?? name;
}
