import { COMMANDS, type Command, type Installation, type ProtectedTable } from "./installation.js";
import { literal, quote, quoteDotted } from "./sql-text.js";
import { block, installedTable } from "./undo.js";

/** The condition of every command: one that is not spoken of is refused, whatever is granted. */
export function policyStatements({ table, conditions }: ProtectedTable, { role }: Installation): string {
  const on = `ON ${quoteDotted(table)}`;
  const to = `TO ${quote(role)}`;
  const restrictive = COMMANDS.map((command) => {
    const condition = conditions[command] ?? "FALSE";
    return `CREATE POLICY ${quote(policyName(command))} ${on} AS RESTRICTIVE FOR ${command.toUpperCase()} ${to}${clauses(command, condition)};`;
  });
  return [
    // Other permissive policies of the table then add nothing: rows must pass the restrictive ones as well.
    `CREATE POLICY "cordon" ${on} FOR ALL ${to} USING (TRUE) WITH CHECK (TRUE);`,
    ...restrictive,
  ].join("\n");
}

function policyName(command: Command): string {
  return `cordon_${command}`;
}

function clauses(command: Command, condition: string): string {
  const using = `\n  USING (${condition})`;
  const check = `\n  WITH CHECK (${condition})`;
  switch (command) {
    case "select":
    case "delete":
      return using;
    case "insert":
      return check;
    case "update":
      return `${using}${check}`;
  }
}

export function recordedPolicies({ schema, tables }: Installation): string {
  const rows = tables.flatMap(({ table }) =>
    ["cordon", ...COMMANDS.map(policyName)].map((name) => `('policy', ${relation(table)}, ${literal(name)})`),
  );
  return rows.length === 0
    ? ""
    : `INSERT INTO ${installedTable(schema)} (kind, relation, name) VALUES\n  ${rows.join(",\n  ")};`;
}

export function rolesBlock({ schema, role, reader }: Installation): string {
  const create = (name: string): string => `IF to_regrole(${literal(quote(name))}) IS NULL THEN
  CREATE ROLE ${quote(name)} NOLOGIN;
  INSERT INTO ${installedTable(schema)} (kind, name) VALUES ('role', ${literal(name)});
END IF;`;
  return block(`${create(reader)}
${create(role)}
IF (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = ${literal(role)}) THEN
  RAISE EXCEPTION 'role % bypasses row-level security: let the application connect as another', ${literal(role)};
END IF;
IF pg_has_role(${literal(role)}, ${literal(reader)}, 'MEMBER') THEN
  RAISE EXCEPTION 'role % is a member of %, who sees every row', ${literal(role)}, ${literal(reader)};
END IF;
-- Only members of a role can give functions to it.
IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
  GRANT ${quote(reader)} TO CURRENT_USER;
END IF;`);
}

/** Functions run as the reader. Policies may call them, and nobody else can: their schema is closed. */
export function functionsBlock({ schema, role, reader }: Installation): string {
  return block(
    `FOR lookup IN
  SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = to_regnamespace(${literal(quote(schema))})
LOOP
  EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', lookup.name);
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', lookup.name, ${literal(role)});
  EXECUTE format('ALTER FUNCTION %s OWNER TO %I', lookup.name, ${literal(reader)});
END LOOP;`,
    "lookup record;",
  );
}

/** Lets the reader read, whatever the policies of a table. */
export function readBlock(installation: Installation, tables: readonly string[]): string {
  const { schema, reader } = installation;
  const installed = installedTable(schema);
  return block(
    `FOREACH target IN ARRAY ARRAY[${tables.map(relation).join(", ")}]::regclass[] LOOP
  ${grantUnlessGranted("SELECT", reader, installed)}
  IF (SELECT relkind IN ('r', 'p') FROM pg_class WHERE oid = target) THEN
    IF EXISTS (
      SELECT FROM pg_policy p WHERE p.polrelid = target AND NOT p.polpermissive
      AND (0 = ANY(p.polroles) OR EXISTS (SELECT FROM unnest(p.polroles) r(r) WHERE pg_has_role(${literal(reader)}, r.r, 'MEMBER')))
    ) THEN
      RAISE EXCEPTION 'a restrictive policy of % hides rows from %', target, ${literal(reader)};
    END IF;
    EXECUTE format('CREATE POLICY "cordon_reader" ON %s FOR SELECT TO %I USING (TRUE)', target, ${literal(reader)});
    INSERT INTO ${installed} (kind, relation, name) VALUES ('policy', target, 'cordon_reader');
  END IF;
END LOOP;`,
    "target regclass;",
  );
}

export function protectBlock({ schema, role, force, tables }: Installation): string {
  const installed = installedTable(schema);
  return block(
    `FOREACH target IN ARRAY ARRAY[${tables.map(({ table }) => relation(table)).join(", ")}]::regclass[] LOOP
  SELECT * INTO STRICT class FROM pg_class WHERE oid = target;
  IF class.relkind NOT IN ('r', 'p') THEN
    RAISE EXCEPTION '% is no table', target;
  END IF;
  IF pg_has_role(${literal(role)}, class.relowner, 'MEMBER') THEN
    RAISE WARNING 'role % owns %, so that it can switch row-level security off', ${literal(role)}, target;
  END IF;
  IF has_table_privilege(${literal(role)}, target, 'TRUNCATE') THEN
    RAISE WARNING 'role % may truncate %, which no policy prevents', ${literal(role)}, target;
  END IF;
  INSERT INTO ${installed} (kind, relation, detail) VALUES
    ('enabled', target, CASE WHEN class.relrowsecurity THEN 'ENABLE' ELSE 'DISABLE' END),
    ('enabled', target, CASE WHEN class.relforcerowsecurity THEN 'FORCE' ELSE 'NO FORCE' END);
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s ${force ? "FORCE" : "NO FORCE"} ROW LEVEL SECURITY', target);
END LOOP;`,
    "target regclass;\nclass pg_class;",
  );
}

/** What is granted already is left alone, so that it is there when all of this is taken back. */
export function grantsBlock({ schema, role, tables }: Installation): string {
  const installed = installedTable(schema);
  const wanted = tables.flatMap(({ table, conditions, columns }) =>
    COMMANDS.filter((command) => conditions[command] !== undefined).map((command) => {
      const named = columns[command];
      const list = named === undefined ? "NULL" : `ARRAY[${named.map(literal).join(", ")}]::text[]`;
      return `(${relation(table)}, ${literal(command.toUpperCase())}, ${list}::text[])`;
    }),
  );
  if (wanted.length === 0) return "";
  return block(
    `FOR target, wanted, named IN VALUES ${wanted.join(", ")} LOOP
  IF named IS NULL THEN
    ${grantUnlessGranted("wanted", role, installed)}
  ELSE
    ${grantColumns(role, installed)}
  END IF;
  SELECT n.nspname INTO STRICT space FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target;
  IF NOT has_schema_privilege(${literal(role)}, space, 'USAGE') THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', space, ${literal(role)});
    INSERT INTO ${installed} (kind, name, detail) VALUES ('usage', ${literal(role)}, space);
  END IF;
END LOOP;`,
    "target regclass;\nwanted text;\nnamed text[];\nspace name;\ncolumn_name text;\npart text;",
  );
}

/** Of a table that not everybody sees whole, single columns are granted and the table is not. */
function grantColumns(role: string, installed: string): string {
  return `IF EXISTS (
      SELECT FROM pg_class c, aclexplode(c.relacl) a
      WHERE c.oid = target AND a.grantee = to_regrole(${literal(quote(role))}) AND a.privilege_type = wanted
    ) THEN
      EXECUTE format('REVOKE %s ON TABLE %s FROM %I', wanted, target, ${literal(role)});
      INSERT INTO ${installed} (kind, relation, name, detail) VALUES ('revoked', target, ${literal(role)}, wanted);
    END IF;
    FOREACH column_name IN ARRAY named LOOP
      CONTINUE WHEN has_column_privilege(${literal(role)}, target, column_name, wanted);
      part := format('%s (%I)', wanted, column_name);
      EXECUTE format('GRANT %s ON TABLE %s TO %I', part, target, ${literal(role)});
      INSERT INTO ${installed} (kind, relation, name, detail) VALUES ('grant', target, ${literal(role)}, part);
    END LOOP;
    SELECT a.attname INTO column_name FROM pg_attribute a
    WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL(named)
    AND has_column_privilege(${literal(role)}, target, a.attnum, wanted) LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'role % may % column % of % by other grants', ${literal(role)}, wanted, column_name, target;
    END IF;`;
}

/** Views belong to the reader, so they say themselves which rows they show. */
export function viewStatements(installation: Installation): string {
  const { schema, views, role, reader, tables } = installation;
  const made = tables.flatMap(({ table, view }) => {
    if (view === undefined) return [];
    const name = `${quote(views)}.${quote(table.split(".").at(-1) ?? "")}`;
    return [
      `CREATE VIEW ${name} WITH (security_barrier) AS
${view};
ALTER VIEW ${name} OWNER TO ${quote(reader)};
REVOKE ALL ON ${name} FROM PUBLIC;
GRANT SELECT ON ${name} TO ${quote(role)};
INSERT INTO ${installedTable(schema)} (kind, relation) VALUES ('view', ${literal(name)}::regclass);`,
    ];
  });
  if (made.length === 0) return "";
  return [
    block(`IF to_regnamespace(${literal(quote(views))}) IS NULL THEN
  CREATE SCHEMA ${quote(views)};
  INSERT INTO ${installedTable(schema)} (kind, name) VALUES ('schema', ${literal(views)});
END IF;
IF NOT has_schema_privilege(${literal(role)}, ${literal(views)}, 'USAGE') THEN
  GRANT USAGE ON SCHEMA ${quote(views)} TO ${quote(role)};
  INSERT INTO ${installedTable(schema)} (kind, name, detail) VALUES ('usage', ${literal(role)}, ${literal(views)});
END IF;
GRANT CREATE ON SCHEMA ${quote(views)} TO ${quote(reader)};`),
    ...made,
    `REVOKE ALL ON SCHEMA ${quote(views)} FROM ${quote(reader)};`,
  ].join("\n\n");
}

function grantUnlessGranted(privilege: "SELECT" | "wanted", role: string, installed: string): string {
  const value = privilege === "wanted" ? privilege : literal(privilege);
  return `IF NOT EXISTS (
    SELECT FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
    WHERE c.oid = target AND a.grantee = to_regrole(${literal(quote(role))}) AND a.privilege_type = ${value}
  ) THEN
    EXECUTE format('GRANT %s ON TABLE %s TO %I', ${value}, target, ${literal(role)});
    INSERT INTO ${installed} (kind, relation, name, detail) VALUES ('grant', target, ${literal(role)}, ${value});
  END IF;`;
}

function relation(table: string): string {
  return `${literal(quoteDotted(table))}::regclass`;
}
