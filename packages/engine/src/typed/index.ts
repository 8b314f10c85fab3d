export { type TypedDecider, typedDecider } from "./decider.js";
export { bareEntity } from "./entity.js";
export type { AttributeNames, TypedFieldDecider } from "./fields.js";
export type { AnySchema, Filters, FiltersOf, RowViews, TypedFilters, TypedRowViews } from "./filters.js";
export type { ActionShape, Actions, EntityOf, EntityShape, EntityTypes, SchemaShape } from "./shapes.js";
export type {
  Datetime,
  Decimal,
  Duration,
  Elements,
  IpAddress,
  Long,
  Reference,
} from "./values.js";
