export type {
  AttributeMapping,
  ColumnRef,
  EntityMapping,
  ParentMapping,
  QueryMapping,
  TableMapping,
  TagMapping,
} from "./types.js";
