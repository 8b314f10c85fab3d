import {
  type ActionSchema,
  type AttributeSchema,
  type Bundle,
  EntityUid,
  type ResolvedSchema,
} from "@cordon/engine";
import type { JsonValue } from "@cordon/engine/json";

/** One action of the schema, prepared for checking requests. */
export interface ActionModel {
  readonly uid: EntityUid;
  readonly principalTypes: ReadonlySet<string>;
  readonly resourceTypes: ReadonlySet<string>;
  readonly context: Readonly<Record<string, AttributeSchema>>;
  /** Whether the context has a datetime called `now`, which only the decision point fills. */
  readonly takesNow: boolean;
  /** Whether the context has a record called `action`, which the action's properties fill. */
  readonly takesProperties: boolean;
}

/** What requests are checked against, prepared once a bundle. */
export interface RequestModel {
  /** Null without a schema: then every type and action is known. */
  readonly schema: ResolvedSchema | null;
  readonly byUid: ReadonlyMap<string, ActionModel>;
  /** Actions of any namespace by their id. */
  readonly byName: ReadonlyMap<string, readonly ActionModel[]>;
  /** Cedar's entity types by what callers call them: the setting `types`. */
  readonly aliases: ReadonlyMap<string, string>;
}

export function buildRequestModel({ schema, settings }: Bundle): RequestModel {
  const byUid = new Map<string, ActionModel>();
  const byName = new Map<string, ActionModel[]>();
  for (const action of Object.values(schema?.actions ?? {})) {
    const model = actionModel(action);
    byUid.set(model.uid.key, model);
    const namesakes = byName.get(model.uid.id);
    if (namesakes === undefined) byName.set(model.uid.id, [model]);
    else namesakes.push(model);
  }
  return { schema, byUid, byName, aliases: aliasesOf(settings.types) };
}

function aliasesOf(types: JsonValue | undefined): Map<string, string> {
  if (typeof types !== "object" || types === null || Array.isArray(types)) return new Map();
  return new Map(
    Object.entries(types).filter((alias): alias is [string, string] => typeof alias[1] === "string"),
  );
}

function actionModel(action: ActionSchema): ActionModel {
  const context = action.context.attributes;
  const now = own(context, "now")?.type;
  return {
    uid: EntityUid.of(action.uid.type, action.uid.id),
    principalTypes: new Set(action.principalTypes),
    resourceTypes: new Set(action.resourceTypes),
    context,
    takesNow: now?.type === "Extension" && now.name === "datetime",
    takesProperties: own(context, "action")?.type.type === "Record",
  };
}

export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
