/** A path pattern compiled as Express compiles it, so that both agree on what it matches. */
interface CompiledRule<Rule> {
  rule: Rule;
  methods: ReadonlySet<string>;
  segments: readonly string[];
  pattern: RegExp;
  names: readonly string[];
}

/** What a table needs to know of a rule. */
export interface Mapped {
  /** `GET`, or several, or `*` for all. `GET` covers `HEAD` too, as in Express. */
  method: string | readonly string[];
  path: string;
}

export type PathParameters = Readonly<Record<string, string>>;

export type Match<Rule> = { kind: "rule"; rule: Rule; params: PathParameters } | { kind: "malformed" };

/** A mistake in the list of routes; thrown when the gate is made, never while it serves. */
export class RouteRuleError extends Error {
  override readonly name = "RouteRuleError";
  readonly code: "route_path_syntax" | "route_unreachable";
  readonly help: string;

  constructor(code: RouteRuleError["code"], message: string, help: string) {
    super(message);
    this.code = code;
    this.help = help;
  }
}

const PARAMETER = /^:([A-Za-z_$][\w$]*)$/;
/** Characters that mean something to Express's own patterns, and are refused rather than misread. */
const SPECIAL = /[{}()[\]+?!*:\\]/;

/**
 * Finds the rule for a request. The first rule that matches wins, as the first route does in Express:
 * given the same paths in the same order, table and application can't disagree about what a request is.
 */
export class RouteTable<Rule extends Mapped> {
  readonly #rules: CompiledRule<Rule>[] = [];

  /** @throws RouteRuleError for a path it can't read, or a rule that an earlier one hides */
  constructor(rules: readonly Rule[], options: { caseSensitive: boolean }) {
    for (const rule of rules) {
      const compiled = compileRule(rule, options.caseSensitive);
      const hiding = this.#rules.find((earlier) => hides(earlier, compiled, options.caseSensitive));
      if (hiding) {
        throw new RouteRuleError(
          "route_unreachable",
          `route \`${rule.path}\` is never reached: \`${hiding.rule.path}\` comes first and matches the same requests`,
          "list the more specific path first, in the order in which the application registers its routes",
        );
      }
      this.#rules.push(compiled);
    }
  }

  /** `path` is raw, as it came over the wire: escapes are decoded after matching, so `%2F` never separates. */
  match(method: string, path: string): Match<Rule> | undefined {
    for (const { rule, methods, pattern, names } of this.#rules) {
      if (!accepts(methods, method)) continue;
      const found = pattern.exec(path);
      if (found) return withParameters(rule, names, found);
    }
    return undefined;
  }
}

function withParameters<Rule>(rule: Rule, names: readonly string[], found: RegExpExecArray): Match<Rule> {
  const params: Record<string, string> = Object.create(null);
  for (const [index, name] of names.entries()) {
    try {
      params[name] = decodeURIComponent(found[index + 1] ?? "");
    } catch {
      return { kind: "malformed" };
    }
  }
  return { kind: "rule", rule, params };
}

function compileRule<Rule extends Mapped>(rule: Rule, caseSensitive: boolean): CompiledRule<Rule> {
  const { path } = rule;
  if (!path.startsWith("/") || (path !== "/" && path.endsWith("/"))) {
    throw pathError(path, "a path starts with `/` and does not end with it");
  }
  const segments = path.slice(1).split("/");
  const names: string[] = [];
  const source = segments.map((segment) => {
    const name = PARAMETER.exec(segment)?.[1];
    if (name === undefined) {
      if (SPECIAL.test(segment)) throw pathError(path, "a segment is a literal or a whole `:parameter`");
      return segment.replace(/[.^$|\-/]/g, "\\$&");
    }
    if (names.includes(name)) throw pathError(path, `the parameter \`${name}\` occurs twice`);
    names.push(name);
    return "([^/]+)";
  });
  const methods = typeof rule.method === "string" ? [rule.method] : rule.method;
  return {
    rule,
    names,
    segments,
    methods: new Set(methods.map((method) => method.toUpperCase())),
    // One trailing slash is the same place, as in Express without `strict routing`.
    pattern: new RegExp(`^/${source.join("/")}(?:/$)?$`, caseSensitive ? "" : "i"),
  };
}

const pathError = (path: string, help: string) =>
  new RouteRuleError("route_path_syntax", `cannot use \`${path}\` as the path of a route`, help);

function accepts(methods: ReadonlySet<string>, method: string): boolean {
  return methods.has("*") || methods.has(method) || (method === "HEAD" && methods.has("GET"));
}

function hides(
  earlier: CompiledRule<unknown>,
  later: CompiledRule<unknown>,
  caseSensitive: boolean,
): boolean {
  const fold = (text: string) => (caseSensitive ? text : text.toLowerCase());
  return (
    earlier.segments.length === later.segments.length &&
    earlier.segments.every(
      (segment, index) => PARAMETER.test(segment) || fold(segment) === fold(later.segments[index] ?? ""),
    ) &&
    [...later.methods].every((method) => accepts(earlier.methods, method))
  );
}
