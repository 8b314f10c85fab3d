import type { ContextSource, SourceEnvironment } from "./context-source.js";
import { asSourceError } from "./decorators/conformity.js";
import type { KindSettings } from "./kind.js";
import { SOURCE_KINDS } from "./kinds.js";
import { resolveSecrets } from "./secrets.js";
import type { Source } from "./source.js";
import { SourceError } from "./source-error.js";

/** A source by itself, with nothing around it yet, and the secrets to keep out of what is said of it. */
export interface OpenedSource {
  readonly source: Source | ContextSource;
  readonly secrets: readonly string[];
}

/**
 * Opens what `cordon.yaml` declares as a source.
 *
 * @throws SourceError `source_settings`, without secrets
 */
export async function openDeclared(
  settings: KindSettings,
  environment: SourceEnvironment,
): Promise<OpenedSource> {
  const { name, directory } = environment;
  const kind = Object.hasOwn(SOURCE_KINDS, settings.kind) ? SOURCE_KINDS[settings.kind] : undefined;
  if (kind === undefined) {
    const kinds = Object.keys(SOURCE_KINDS).join(", ");
    const message = `there is no kind of source \`${settings.kind}\``;
    throw new SourceError("source_settings", name, message, `the kinds are ${kinds}`);
  }
  const { settings: resolved, secrets } = resolveSecrets(name, directory, settings);
  try {
    return { source: await kind.open(resolved, environment), secrets };
  } catch (error) {
    throw asSourceError(error, { source: name, secrets });
  }
}
