import type { z } from "zod";
import type { CommonSettings } from "./common-settings.js";
import type { ContextSource, SourceEnvironment } from "./context-source.js";
import type { Source } from "./source.js";

/** The settings of any kind, as far as the core reads them. */
export type KindSettings = CommonSettings & { readonly kind: string };

/**
 * A kind of source that `cordon.yaml` can declare. Its settings are known wherever settings are checked; what
 * opens it, with the drivers it needs, is loaded only where a source of the kind is opened.
 */
export interface SourceKind<S extends KindSettings = KindSettings> {
  /** An object whose `kind` is a literal, every key described. Defaults are filled in once it is read. */
  readonly settings: z.ZodType<S>;
  /**
   * Settings arrive with their secrets in place of `${env:…}` and `${file:…}`.
   *
   * @throws SourceError `source_settings` for settings that can't work; being unreachable is no reason to throw
   */
  open(settings: S, environment: SourceEnvironment): Promise<Source | ContextSource>;
}

/** Ties the settings of a kind to what opens it. */
export function kind<S extends KindSettings>(
  settings: z.ZodType<S>,
  load: () => Promise<{
    open(
      settings: S,
      environment: SourceEnvironment,
    ): Promise<Source | ContextSource> | Source | ContextSource;
  }>,
): SourceKind {
  return {
    settings,
    // The table holds kinds of all settings; each gets those that its own schema made.
    open: async (read, environment) => (await load()).open(read as S, environment),
  };
}

export function isContextSource(source: Source | ContextSource): source is ContextSource {
  return "contribute" in source;
}
