import {
  EngineError,
  type EntityUidJson,
  parseEntityUid,
  type SlotId,
  type TemplateLinkJson,
} from "@cordon/engine";
import type { JsonValue } from "@cordon/engine/json";
import type { Diagnostic } from "./diagnostics.js";
import type { ProjectPolicy } from "./project-policies.js";

export interface ProjectLink {
  link: TemplateLinkJson;
  template: ProjectPolicy;
  /** A JSON pointer to it in the settings. */
  settingsPath: string;
}

/** Diagnostics name this file; whoever read the settings finds the line by `settingsPath`. */
export const SETTINGS_FILE = "cordon.yaml";

type Report = (code: string, message: string, help: string, settingsPath: string) => void;

/** The links of `settings.links`, a list of `{ template, id, principal?, resource? }`; faulty ones are reported. */
export function readLinks(
  setting: JsonValue | undefined,
  policies: readonly ProjectPolicy[],
  diagnostics: Diagnostic[],
): ProjectLink[] {
  const report: Report = (code, message, help, settingsPath) => {
    diagnostics.push({ code, severity: "error", message, help, file: SETTINGS_FILE, settingsPath });
  };
  if (setting === undefined || setting === null) return [];
  if (!Array.isArray(setting)) {
    report(
      "links_malformed",
      "`links` isn't a list",
      "write a list of `{ template, id, principal, resource }`",
      "/links",
    );
    return [];
  }
  // A template that doesn't parse isn't among the policies; that a link can't find it is no further fault.
  const incomplete = diagnostics.some(({ policyId }) => policyId === undefined);
  const byId = new Map(policies.map((policy) => [policy.id, policy]));
  const taken = new Set(byId.keys());
  return setting.flatMap((item, index) => {
    const link = readLink(item, `/links/${index}`, byId, incomplete ? ignoreUnknown(report) : report);
    if (link === null) return [];
    const { newId } = link.link;
    if (taken.has(newId)) {
      const help = "give the link an id that no policy and no other link has";
      report("policy_id_duplicate", `two policies have the id \`${newId}\``, help, `${link.settingsPath}/id`);
      return [];
    }
    taken.add(newId);
    return [link];
  });
}

function ignoreUnknown(report: Report): Report {
  return (code, ...rest) => {
    if (code !== "template_unknown") report(code, ...rest);
  };
}

function readLink(
  item: JsonValue,
  path: string,
  policies: ReadonlyMap<string, ProjectPolicy>,
  report: Report,
): ProjectLink | null {
  if (typeof item !== "object" || item === null || Array.isArray(item)) {
    report(
      "links_malformed",
      "a link isn't a mapping",
      "write `{ template, id, principal, resource }`",
      path,
    );
    return null;
  }
  const { template: templateId, id: newId } = item;
  if (typeof newId !== "string" || newId === "") {
    report("links_malformed", "a link has no `id`", "name the policy that the link makes", path);
    return null;
  }
  const template = typeof templateId === "string" ? policies.get(templateId) : undefined;
  if (typeof templateId !== "string" || !template?.isTemplate) {
    const templates = [...policies.values()]
      .filter(({ isTemplate }) => isTemplate)
      .map(({ id }) => `\`${id}\``);
    const known =
      templates.length > 0 ? `the templates are ${templates.join(", ")}` : "the project has no template";
    const problem = template ? "isn't a template" : "doesn't exist";
    const message =
      typeof templateId === "string" ? `template \`${templateId}\` ${problem}` : "a link has no `template`";
    report("template_unknown", message, known, `${path}/template`);
    return null;
  }
  const values = readSlots(item, template, path, report);
  return values && { link: { templateId, newId, values }, template, settingsPath: path };
}

function readSlots(
  item: Record<string, JsonValue>,
  template: ProjectPolicy,
  path: string,
  report: Report,
): TemplateLinkJson["values"] | null {
  const values: TemplateLinkJson["values"] = {};
  let complete = true;
  for (const name of ["principal", "resource"] as const) {
    const slot: SlotId = `?${name}`;
    const given = item[name];
    if (hasSlot(template, name) !== (given !== undefined)) {
      complete = false;
      const [problem, help] =
        given === undefined
          ? [`has no value for the slot \`${slot}\``, `add \`${name}: Type::"id"\``]
          : [`gives \`${name}\`, but the template has no slot \`${slot}\``, `remove \`${name}\``];
      report("link_slots", `the link of template \`${template.id}\` ${problem}`, help, path);
    } else if (given !== undefined) {
      const uid = readUid(given, `${path}/${name}`, report);
      if (uid) values[slot] = uid;
      else complete = false;
    }
  }
  return complete ? values : null;
}

function hasSlot({ json }: ProjectPolicy, name: "principal" | "resource"): boolean {
  const constraint = json[name];
  return (
    "slot" in constraint || (constraint.op === "is" && constraint.in !== undefined && "slot" in constraint.in)
  );
}

function readUid(given: JsonValue, path: string, report: Report): EntityUidJson | null {
  const help = 'write it as in a policy, `User::"ann"`';
  if (typeof given !== "string") {
    report("entity_uid_syntax", "the value of a slot isn't an entity", help, path);
    return null;
  }
  try {
    const { type, id } = parseEntityUid(given);
    return { type, id };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    report("entity_uid_syntax", error.message, error.help ?? help, path);
    return null;
  }
}
