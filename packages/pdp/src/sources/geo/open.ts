import { resolve } from "node:path";
import type { SourceEnvironment } from "../context-source.js";
import { SourceError } from "../source-error.js";
import { ClientAddresses, ProxyRangeError } from "./client-address.js";
import { Database } from "./database.js";
import { GeoSource } from "./geo-source.js";
import type { GeoSettings } from "./settings.js";

/** @throws SourceError `source_settings` for files that are no databases and ranges that are none */
export async function open(settings: GeoSettings, environment: SourceEnvironment): Promise<GeoSource> {
  const { name, directory, schema, logger } = environment;
  const addresses = addressesOf(name, settings.trustedProxies);
  const databases: Database[] = [];
  try {
    for (const path of settings.databases)
      databases.push(await Database.open(name, resolve(directory, path)));
  } catch (error) {
    for (const database of databases) database.close();
    throw error;
  }
  if (settings.reload > 0) for (const database of databases) database.follow(settings.reload, logger);
  return new GeoSource({ name, settings, schema, addresses, databases });
}

function addressesOf(source: string, ranges: readonly string[]): ClientAddresses {
  try {
    return new ClientAddresses(ranges);
  } catch (error) {
    if (!(error instanceof ProxyRangeError)) throw error;
    const help = "write an address, a range such as `10.0.0.0/8`, `loopback` or `private`";
    throw new SourceError("source_settings", source, error.message, help);
  }
}
