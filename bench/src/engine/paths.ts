import { type Bundle, compile, type DecidingAuthorizer, type Path } from "@cordon/engine";

/** A way in which the engine evaluates, asked for by name rather than chosen by it. */
export interface OurPath {
  readonly name: Path;
  compile(bundle: Bundle): DecidingAuthorizer;
}

/** Left to itself, the engine starts with closures and generates code for what is asked often. */
export const PATHS: readonly OurPath[] = (["reference", "closures", "generated"] as const).map((path) => ({
  name: path,
  compile: (bundle) => compile(bundle, { path }),
}));
