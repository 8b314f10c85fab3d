import * as wasm from "@cedar-policy/cedar-wasm/nodejs";
import type pg from "pg";
import { POLICIES, type Question } from "./world.js";

const POLICY_SET = "sources";

const ALL = {
  name: "everything-of-a-request",
  text: `SELECT u.level, u.active, u.team, t.frozen, d.owner, d.min_level, d.locked,
      (SELECT array_agg(m.group_id) FROM members m WHERE m.user_id = u.id) AS groups
    FROM users u JOIN teams t ON t.id = u.team JOIN docs d ON d.id = $2 WHERE u.id = $1`,
};

/**
 * What an application does without us: one prepared query, written for these policies, fetches all that they may need;
 * cedar-wasm decides, its policies parsed beforehand.
 */
export class ByHand {
  /** Queries sent. */
  queries = 0;

  constructor(private readonly pool: pg.Pool) {
    const prepared = wasm.preparsePolicySet(POLICY_SET, {
      staticPolicies: POLICIES,
      templates: {},
      templateLinks: [],
    });
    if (prepared.type === "failure") throw new Error(JSON.stringify(prepared.errors));
  }

  async decide({ user, action, doc }: Question): Promise<string> {
    this.queries++;
    const { rows } = await this.pool.query({ ...ALL, values: [user, doc] });
    const { level, active, team, frozen, owner, min_level: minLevel, locked, groups } = rows[0];
    const uid = (type: string, id: string) => ({ type, id });
    const entities = [
      {
        uid: uid("User", user),
        attrs: { level, active, team: { __entity: uid("Team", team) } },
        parents: (groups ?? []).map((group: string) => uid("Group", group)),
      },
      { uid: uid("Team", team), attrs: { frozen }, parents: [] },
      {
        uid: uid("Doc", doc),
        attrs: { owner: { __entity: uid("User", owner) }, minLevel, locked },
        parents: [],
      },
    ];
    const answer = wasm.statefulIsAuthorized({
      principal: uid("User", user),
      action: uid("Action", action),
      resource: uid("Doc", doc),
      context: {},
      entities,
      preparsedPolicySetId: POLICY_SET,
    } as wasm.StatefulAuthorizationCall);
    if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
    return answer.response.decision;
  }
}
