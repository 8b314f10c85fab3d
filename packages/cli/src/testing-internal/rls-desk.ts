/** A help desk in PostgreSQL, whose policies use what row-level security can do: other tables, teams in teams, masks. */
export const DESK_TABLES = `
CREATE SCHEMA desk;
CREATE TABLE desk.regions (id text PRIMARY KEY, parent text);
CREATE TABLE desk.teams (id text PRIMARY KEY, parent text);
CREATE TABLE desk.users (id text PRIMARY KEY, clearance bigint NOT NULL);
CREATE TABLE desk.members (user_id text, team_id text);
CREATE TABLE desk.customers (id text PRIMARY KEY, plan text NOT NULL, manager text, region text);
CREATE TABLE desk.tickets (
  id bigint PRIMARY KEY, customer_id text NOT NULL, assignee text, severity bigint NOT NULL,
  confidential boolean NOT NULL, email text, team text, internal text
);
INSERT INTO desk.regions VALUES ('world', NULL), ('emea', 'world'), ('apac', 'world');
INSERT INTO desk.teams VALUES ('all', NULL), ('support', 'all'), ('night', 'support');
INSERT INTO desk.users VALUES ('ann', 5), ('bob', 2), ('x'' OR ''1''=''1', 2), ('cat', 9), ('\\', 1);
INSERT INTO desk.members VALUES ('ann', 'night'), ('bob', 'support'), ('cat', 'all'), ('ghost', 'all');
INSERT INTO desk.customers VALUES ('acme', 'gold', 'cat', 'emea'), ('zeta', 'free', 'bob', 'apac'), ('solo', 'gold', NULL, NULL);
INSERT INTO desk.tickets
SELECT n, (ARRAY['acme', 'zeta', 'solo', 'gone'])[n % 4 + 1],
  (ARRAY['ann', 'bob', NULL, 'x'' OR ''1''=''1', '\\'])[n % 5 + 1], n % 7, n % 3 = 0,
  CASE WHEN n % 6 > 0 THEN 'secret' || to_char(n, 'FM000') || '@example.' || (n + 100) END,
  (ARRAY['all', 'support', 'night', NULL])[n % 4 + 1], 'internal' || n
FROM generate_series(1, 60) n;
INSERT INTO desk.tickets VALUES (999, 'solo', 'nobody-knows', 99, true, 'hidden-value@example.999', NULL, 'internal999');
ANALYZE;
`;

export const DESK_PROJECT: Record<string, string> = {
  "schema.cedarschema": `entity Region in [Region];
entity Team in [Team];
entity User in [Team] { clearance: Long };
entity Customer in [Region] { plan: String, manager?: User };
entity Ticket in [Customer] {
  customer: Customer, assignee?: User, severity: Long, confidential: Bool, email?: String, team?: Team,
};
action "ticket:read", "ticket:read-email", "ticket:write" appliesTo {
  principal: [User], resource: [Ticket], context: { mfa?: Bool, now: datetime }
};
`,
  "policies/tickets.cedar": `@id("assignee")
permit (principal, action in [Action::"ticket:read", Action::"ticket:write", Action::"ticket:read-email"], resource)
when { resource has assignee && resource.assignee == principal };

@id("manager")
permit (principal, action in [Action::"ticket:read", Action::"ticket:write"], resource)
when { resource.customer has manager && resource.customer.manager == principal };

@id("team")
permit (principal, action == Action::"ticket:read", resource)
when { resource has team && principal in resource.team };

@id("cats")
permit (principal in Team::"all", action == Action::"ticket:read", resource in Region::"world")
when { context has mfa && context.mfa && context.now > datetime("2024-01-01") };

@id("confidential")
forbid (principal, action in [Action::"ticket:read", Action::"ticket:write"], resource)
when { resource.confidential && principal.clearance < 4 };
`,
};

export function deskSettings(url: string, role: string): string {
  return `sources:
  main:
    kind: sql
    url: ${JSON.stringify(url)}
    types:
      Ticket:
        table: desk.tickets
        id: { column: id, as: integer }
        attributes: { customer: customer_id, assignee: assignee, severity: severity, confidential: confidential, email: email, team: team }
        parents: [{ type: Customer, column: customer_id }]
      Customer:
        table: desk.customers
        id: id
        attributes: { plan: plan, manager: manager }
        parents: [{ type: Region, column: region }]
      Region: { table: desk.regions, id: id, parents: [{ type: Region, column: parent }] }
      Team: { table: desk.teams, id: id, parents: [{ type: Team, column: parent }] }
      User:
        table: desk.users
        id: id
        attributes: { clearance: clearance }
        parents: [{ type: Team, table: desk.members, child: user_id, parent: team_id }]
fields:
  Ticket:
    "ticket:read":
      - { attributes: [email], action: "ticket:read-email", mask: { last: 3 } }
rls:
  role: ${role}
  tables:
    Ticket: { select: "ticket:read", insert: "ticket:write", update: "ticket:write", delete: "ticket:write" }
`;
}

/** Everything about rights, roles and objects that a migration could leave behind. */
export const CATALOGUE = `
SELECT 'table' AS kind, c.oid::regclass::text AS name, c.relrowsecurity || ' ' || c.relforcerowsecurity || ' ' || coalesce(c.relacl, acldefault('r', c.relowner))::text AS detail
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'v', 'p')
UNION ALL SELECT 'column', a.attrelid::regclass || '.' || a.attname, coalesce(a.attacl::text, '{}')
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace::regnamespace::text = 'desk'
UNION ALL SELECT 'policy', polrelid::regclass || ' ' || polname, '' FROM pg_policy
UNION ALL SELECT 'schema', nspname, coalesce(nspacl, acldefault('n', nspowner))::text FROM pg_namespace WHERE nspname !~ '^pg_t'
UNION ALL SELECT 'function', p.oid::regprocedure::text, '' FROM pg_proc p WHERE pronamespace::regnamespace::text ~ 'cordon|public|desk'
UNION ALL SELECT 'role', rolname, rolcanlogin || '' FROM pg_roles
UNION ALL SELECT 'member', roleid::regrole || ' ' || member::regrole, '' FROM pg_auth_members
ORDER BY 1, 2, 3`;
