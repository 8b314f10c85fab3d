import { Problem } from "./problem.js";
import type { Route } from "./route.js";

type Methods = Map<string, Route>;

interface Pattern {
  readonly expression: RegExp;
  readonly names: readonly string[];
  readonly methods: Methods;
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

const NO_PARAMS = Object.freeze({});

/** Finds the route of a request. A literal path wins over one with parameters. */
export class Router {
  readonly #literal = new Map<string, Methods>();
  readonly #patterns = new Map<string, Pattern>();

  constructor(routes: Iterable<Route>) {
    for (const route of routes) this.#methodsOf(route.path).set(route.method, route);
  }

  /** @throws Problem `not_found` or `method_not_allowed` */
  match(method: string, path: string): Match {
    const literal = this.#literal.get(path);
    if (literal !== undefined) return { route: pick(literal, method, path), params: NO_PARAMS };
    for (const pattern of this.#patterns.values()) {
      const found = pattern.expression.exec(path);
      if (found === null) continue;
      return { route: pick(pattern.methods, method, path), params: decode(pattern.names, found) };
    }
    throw notFound(path);
  }

  #methodsOf(path: string): Methods {
    if (!path.includes("{")) {
      const methods = this.#literal.get(path) ?? new Map<string, Route>();
      this.#literal.set(path, methods);
      return methods;
    }
    const existing = this.#patterns.get(path);
    if (existing !== undefined) return existing.methods;
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? "");
    const source = path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{\w+\}/g, "([^/]+)");
    const pattern = { expression: new RegExp(`^${source}$`), names, methods: new Map<string, Route>() };
    this.#patterns.set(path, pattern);
    return pattern.methods;
  }
}

function pick(methods: Methods, method: string, path: string): Route {
  const route = methods.get(method) ?? (method === "HEAD" ? methods.get("GET") : undefined);
  if (route !== undefined) return route;
  const allow = [...methods.keys()].flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name])).join(", ");
  throw new Problem(
    "method_not_allowed",
    `\`${method}\` is not allowed at \`${path}\``,
    { help: `use ${allow}` },
    { allow },
  );
}

function decode(names: readonly string[], found: RegExpExecArray): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const text = found[index + 1] ?? "";
    try {
      params[name] = decodeURIComponent(text);
    } catch {
      throw new Problem("invalid_parameter", `\`${text}\` is not percent-encoded UTF-8`, { parameter: name });
    }
  }
  return params;
}

function notFound(path: string): Problem {
  return new Problem("not_found", `there is nothing at \`${path}\``, { help: "`/docs` lists what is here" });
}
