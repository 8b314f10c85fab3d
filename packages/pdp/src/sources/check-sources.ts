import type { ResolvedSchema } from "@cordon/engine";
import { asSourceError } from "./decorators/conformity.js";
import type { KindSettings } from "./kind.js";
import { type OpenedSource, openDeclared } from "./open-declared.js";
import { SourceError } from "./source-error.js";

/** What was found out of one source. */
export interface SourceCheck {
  readonly name: string;
  readonly kind: string;
  /** Empty: it opens and, as far as its kind can tell, fits what lies behind it. */
  readonly problems: readonly SourceError[];
}

const PATIENCE_MS = 10_000;

/** Opens each of the declared sources by itself and asks it whether it fits what lies behind it. */
export function checkSources(
  declared: Readonly<Record<string, KindSettings>>,
  project: { readonly directory: string; readonly schema: ResolvedSchema | null },
): Promise<SourceCheck[]> {
  return Promise.all(
    Object.entries(declared).map(async ([name, settings]) => ({
      name,
      kind: settings.kind,
      problems: await problemsOf(name, settings, project),
    })),
  );
}

async function problemsOf(
  name: string,
  settings: KindSettings,
  { directory, schema }: { directory: string; schema: ResolvedSchema | null },
): Promise<readonly SourceError[]> {
  let opened: OpenedSource | undefined;
  try {
    opened = await openDeclared(settings, { name, directory, schema, logger: undefined });
    const { source } = opened;
    if (!("check" in source) || source.check === undefined) return [];
    const found = await source.check(AbortSignal.timeout(PATIENCE_MS));
    return found.map((error) => asSourceError(error, { source: name, secrets: opened?.secrets ?? [] }));
  } catch (error) {
    if (error instanceof SourceError) return [error];
    return [asSourceError(error, { source: name, secrets: opened?.secrets ?? [] })];
  } finally {
    await opened?.source.close();
  }
}
