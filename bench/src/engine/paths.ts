import { type Bundle, compile, type DecidingAuthorizer } from "@cordon/engine";

/** A way in which the engine evaluates, asked for by name rather than chosen by it. */
export interface OurPath {
  readonly name: string;
  compile(bundle: Bundle): DecidingAuthorizer;
}

export const PATHS: readonly OurPath[] = [{ name: "reference", compile: (bundle) => compile(bundle) }];
