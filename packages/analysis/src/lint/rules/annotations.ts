import { didYouMean } from "@cordon/pdp/project";
import type { PolicySyntax } from "../../syntax/index.js";
import type { Finding } from "../finding.js";
import { KNOWN_ANNOTATIONS } from "../known-annotations.js";

/** @param defaultId what the policy is called as long as it has no `@id` */
export function annotationFindings(
  { syntax }: { syntax: Pick<PolicySyntax, "annotations" | "effect"> },
  defaultId: string,
): Finding[] {
  const { annotations, effect } = syntax;
  const named = new Set(annotations.map(({ name }) => name));
  const found: Finding[] = [];
  if (!named.has("id")) {
    const first = annotations[0]?.span.start ?? effect.start;
    found.push({
      code: "missing_id",
      message: `this policy has no \`@id\`, and is called \`${defaultId}\` after its place`,
      help: "name it: moved to another place it would be called otherwise, and the log and the tests would not know it again",
      span: effect,
      fix: [{ start: first, end: first, text: `@id(${JSON.stringify(defaultId)})\n` }],
    });
  }
  const misspelled = annotations.flatMap(({ name, nameSpan }): Finding[] => {
    if (KNOWN_ANNOTATIONS.some((known) => known === name)) return [];
    const meant = didYouMean(name, KNOWN_ANNOTATIONS);
    if (meant === undefined || named.has(meant)) return [];
    return [
      {
        code: "misspelled_annotation",
        message: `nothing reads the annotation \`@${name}\``,
        help: `did you mean \`@${meant}\`?`,
        span: nameSpan,
      },
    ];
  });
  found.push(...misspelled);
  if (!named.has("reason") && !misspelled.some(({ help }) => help?.includes("`@reason`"))) {
    found.push({
      code: "missing_reason",
      message: "this policy gives no `@reason`",
      help: "say in a sentence why it exists: people read it with each answer that the policy determines",
      span: effect,
    });
  }
  for (const { name, value, span } of annotations) {
    if ((name !== "reason" && name !== "obligation") || (value ?? "").trim() !== "") continue;
    found.push({
      code: "empty_annotation",
      message: `\`@${name}\` says nothing`,
      help:
        name === "reason"
          ? "say why the policy exists, or leave it out"
          : "name what the gate has to see to, or leave it out",
      span,
    });
  }
  return found;
}
