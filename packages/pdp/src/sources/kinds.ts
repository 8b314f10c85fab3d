import type { z } from "zod";
import type { KindSettings, SourceKind } from "./kind.js";

/**
 * Every kind that `cordon.yaml` can declare, one line each:
 *
 *     sql: kind(sqlSettings, () => import("./sql/open.js")),
 */
export const SOURCE_KINDS: Readonly<Record<string, SourceKind>> = {};

/** The settings of each kind, for the schema of `cordon.yaml`. */
export function kindSettings(): z.ZodType<KindSettings>[] {
  return Object.values(SOURCE_KINDS).map(({ settings }) => settings);
}
