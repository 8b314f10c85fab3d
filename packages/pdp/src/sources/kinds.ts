import type { z } from "zod";
import { deviceSettings } from "./device/settings.js";
import { geoSettings } from "./geo/settings.js";
import { httpSettings } from "./http/settings.js";
import { type KindSettings, kind, type SourceKind } from "./kind.js";
import { scimSettings } from "./scim/settings.js";
import { sqlSettings } from "./sql/settings.js";
import { staticSettings } from "./static/settings.js";
import { tokenSettings } from "./token/settings.js";

/**
 * Every kind that `cordon.yaml` can declare, one line each:
 *
 *     sql: kind(sqlSettings, () => import("./sql/open.js")),
 */
export const SOURCE_KINDS: Readonly<Record<string, SourceKind>> = {
  device: kind(deviceSettings, () => import("./device/open.js")),
  geo: kind(geoSettings, () => import("./geo/open.js")),
  http: kind(httpSettings, () => import("./http/open.js")),
  scim: kind(scimSettings, () => import("./scim/open.js")),
  sql: kind(sqlSettings, () => import("./sql/open.js")),
  static: kind(staticSettings, () => import("./static/open.js")),
  token: kind(tokenSettings, () => import("./token/open.js")),
};

/** The settings of each kind, for the schema of `cordon.yaml`. */
export function kindSettings(): z.ZodType<KindSettings>[] {
  return Object.values(SOURCE_KINDS).map(({ settings }) => settings);
}
