import type { SourceEnvironment } from "../context-source.js";
import { tlsOptions } from "../tls-files.js";
import { EntityDocument } from "./entity-document.js";
import { Exchange } from "./exchange.js";
import { HttpSource, type HttpType } from "./http-source.js";
import type { HttpSettings } from "./settings.js";
import { urlTemplate } from "./url-template.js";

/** @throws SourceError `source_settings` for what can't be used or doesn't fit the schema; nothing is asked */
export function open(settings: HttpSettings, { name, directory, schema }: SourceEnvironment): HttpSource {
  const { plaintext, connections, headers, maxBytes, redirects, tls } = settings;
  const types = Object.entries(settings.types).map(([type, ofType]): [string, HttpType] => {
    const takesId = ofType.batch === undefined;
    const address = urlTemplate(name, ofType.batch?.url ?? ofType.url ?? "", { takesId, plaintext });
    return [type, { settings: ofType, address, document: new EntityDocument(name, type, ofType, schema) }];
  });
  const exchange = new Exchange({
    source: name,
    headers,
    tls: tls === undefined ? undefined : tlsOptions(name, directory, tls),
    connections,
    maxBytes,
    redirects,
  });
  return new HttpSource({
    name,
    exchange,
    types: new Map(types),
    connections,
    missing: new Set(settings.missing),
  });
}
