import { optionsOf } from "../common-settings.js";
import { askNobody, type SourceEnvironment } from "../context-source.js";
import { SourceError } from "../source-error.js";
import { DeviceSource } from "./device-source.js";
import { Posture } from "./posture.js";
import type { DeviceSettings } from "./settings.js";

/** @throws SourceError `source_settings` where nothing tells when a device was seen, though that matters */
export function open(settings: DeviceSettings, environment: SourceEnvironment): DeviceSource {
  const { name, schema, ask = askNobody(environment.name) } = environment;
  if (settings.maxAge !== undefined && settings.lastSeen === undefined) {
    const message = "`maxAge` needs `lastSeen`: the attribute that says when a device was seen";
    throw new SourceError("source_settings", name, message, "name it, or leave `maxAge` out");
  }
  const options = optionsOf({ timeout: settings.timeout });
  return new DeviceSource({ name, settings, posture: new Posture(settings, schema), options, ask });
}
