import { EngineError, EntityUid, isEntityTypeName, parseEntityUid } from "@cordon/engine";
import type { OpenProject } from "../project/open-project.js";
import { columnsOf, meaningInSettings, meaningInTests, type YamlMeaning } from "../project/yaml-meaning.js";
import { parseYaml, type YamlScalar, yamlScalars } from "../project/yaml-reading.js";
import type { Document } from "../text/documents.js";
import type { Mention, ProjectSymbol } from "./symbol.js";

/** Everything of a project that a file of tests or the settings names. */
export function yamlMentions(project: OpenProject, document: Document): Mention[] {
  const isTests = project.roleOf(document.path) === "tests";
  const scalars = yamlScalars(parseYaml(document.text));
  const columns = isTests ? columnsOf(scalars) : new Map<string, string>();
  return scalars.flatMap((scalar) => {
    const meaning = isTests ? meaningInTests(scalar, columns) : meaningInSettings(scalar);
    const symbol = meaning === null ? null : symbolOf(project, meaning, scalar);
    if (symbol === null) return [];
    const place = { path: document.path, start: scalar.start, end: scalar.end };
    return [{ symbol, place, isDeclaration: !isTests && meaning === "policy" }];
  });
}

function symbolOf(project: OpenProject, meaning: YamlMeaning, { text }: YamlScalar): ProjectSymbol | null {
  switch (meaning) {
    case "policy":
    case "template":
      return { kind: "policy", id: text };
    case "type":
      return { kind: "type", name: text };
    case "action": {
      const action = [...(project.schema?.actions.values() ?? [])].find(
        ({ id, uid }) => id === text || uid === text,
      );
      return action === undefined ? null : { kind: "action", name: action.uid };
    }
    case "expect":
      return null;
    default: {
      const uid = readUid(text);
      return uid && { kind: "entity", type: uid.type, id: uid.id };
    }
  }
}

/** `User::ann` or `User::"ann"`. */
function readUid(text: string): EntityUid | null {
  const at = text.lastIndexOf("::");
  const type = text.slice(0, Math.max(at, 0));
  if (at + 2 < text.length && isEntityTypeName(type) && text[at + 2] !== '"') {
    return EntityUid.of(type, text.slice(at + 2));
  }
  try {
    return parseEntityUid(text);
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}
