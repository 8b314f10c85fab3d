/** A type of the resolved schema: common types are inlined, names are fully qualified. */
export type SchemaType =
  | { type: "Boolean" | "Long" | "String" }
  | { type: "Set"; element: SchemaType }
  | RecordSchemaType
  | { type: "Entity"; name: string }
  | { type: "Extension"; name: "ipaddr" | "decimal" | "datetime" | "duration" };

export interface RecordSchemaType {
  type: "Record";
  attributes: Record<string, AttributeSchema>;
}

export interface AttributeSchema {
  type: SchemaType;
  required: boolean;
}

export interface EntityTypeSchema {
  memberOfTypes: string[];
  attributes: Record<string, AttributeSchema>;
  tags?: SchemaType;
  enum?: string[];
}

export interface ActionSchema {
  uid: EntityUidJson;
  /** Direct parents only. */
  memberOf: EntityUidJson[];
  principalTypes: string[];
  resourceTypes: string[];
  context: RecordSchemaType;
}

export interface ResolvedSchema {
  entityTypes: Record<string, EntityTypeSchema>;
  /** Keyed by uid text, such as `App::Action::"read"`. */
  actions: Record<string, ActionSchema>;
}

export interface EntityUidJson {
  type: string;
  id: string;
}
