export type { FetchedEntity, FetchRequest, ProvidedType, Source, SourceChange } from "./source.js";
