import type { FetchReport } from "@cordon/engine";
import type { ContextMembers } from "./context-members.js";
import type { LiveEntity } from "./live-entity.js";
import type { LiveView } from "./live-view.js";
import type { Settled } from "./settle.js";

/** What sources were asked for a decision, what failed, and what was not needed. */
export function reportOf(view: LiveView, members: ContextMembers, settled: Settled | null): FetchReport {
  const report: FetchReport = {
    rounds: settled?.rounds ?? 0,
    fetched: [],
    context: [],
    failed: [],
    notFetched: [],
    openPolicies: settled?.residual.residuals.map(({ policyId }) => policyId) ?? [],
  };
  for (const entity of view.entities()) addEntity(report, view, entity);
  for (const [member, { source, at, stale }] of members.origins) {
    report.context.push({ source, member, at: new Date(at).toISOString(), ...(stale ? { stale } : {}) });
  }
  for (const { source, code, message } of members.failures.values()) {
    report.failed.push({ source, code, message });
  }
  for (const member of members.unknown) {
    const owner = members.ownerToAsk(member);
    if (owner !== undefined) report.notFetched.push({ source: owner.name, what: [`context.${member}`] });
  }
  return report;
}

function addEntity(report: FetchReport, view: LiveView, entity: LiveEntity): void {
  const name = entity.uid.toString();
  const said = new Map(entity.said());
  for (const [source, part] of said) {
    report.fetched.push({
      source: source.name,
      entity: name,
      exists: part.entity !== null,
      attributes: [...part.wanted.attributes],
      parents: part.wanted.parents,
      at: new Date(part.askedAtTime).toISOString(),
      ageMs: Math.max(0, Math.round(view.demand.at - part.askedAt)),
      ...(part.stale ? { stale: true as const } : {}),
    });
  }
  for (const [source, { code, message }] of entity.failures) {
    report.failed.push({ source: source.name, entity: name, code, message });
  }
  for (const source of entity.route?.sources ?? []) {
    if (entity.failures.has(source)) continue;
    const part = said.get(source);
    const what =
      part === undefined ? [...view.relevance.wanted(source, entity.uid.type, false, false).attributes] : [];
    if (part?.wanted.parents !== true && view.parentOwners(entity.uid.type).has(source)) what.push("parents");
    if (what.length > 0) report.notFetched.push({ source: source.name, entity: name, what });
  }
}
