import { PlanError } from "../plan-error.js";
import { literal, quote } from "./sql-text.js";

/** One statement, in a language that can look before it acts. */
export function block(body: string, declarations = ""): string {
  if (body.includes("$cordon$")) {
    throw new PlanError("mapping_invalid", "a name has `$cordon$` in it, which ends the block that it is in");
  }
  const declare = declarations === "" ? "" : `DECLARE\n${indent(declarations)}\n`;
  return `DO $cordon$\n${declare}BEGIN\n${indent(body)}\nEND\n$cordon$;`;
}

export function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? line : `  ${line}`))
    .join("\n");
}

/** Where it is written what was installed. */
export function installedTable(schema: string): string {
  return `${quote(schema)}."installed"`;
}

/**
 * Takes back whatever is on record, newest first; what has gone since is passed over. `keep` leaves what outlives
 * an update: roles, secrets and the record itself.
 */
export function undoBlock(schema: string, rest: "keep" | "remove"): string {
  const installed = installedTable(schema);
  const takeBack = `IF to_regclass(${literal(installed)}) IS NULL THEN
  RETURN;
END IF;
FOR item IN
  SELECT i.*, c.oid IS NOT NULL AS is_there, quote_ident(s.nspname) || '.' || quote_ident(c.relname) AS target
  FROM ${installed} i LEFT JOIN pg_class c ON c.oid = i.relation LEFT JOIN pg_namespace s ON s.oid = c.relnamespace
  WHERE i.kind <> 'role' ORDER BY i.n DESC
LOOP
  CASE item.kind
    WHEN 'policy' THEN
      IF item.is_there THEN EXECUTE format('DROP POLICY IF EXISTS %I ON %s', item.name, item.target); END IF;
    WHEN 'enabled' THEN
      IF item.is_there THEN EXECUTE format('ALTER TABLE %s %s ROW LEVEL SECURITY', item.target, item.detail); END IF;
    WHEN 'grant' THEN
      IF item.is_there AND to_regrole(quote_ident(item.name)) IS NOT NULL THEN
        EXECUTE format('REVOKE %s ON TABLE %s FROM %I', item.detail, item.target, item.name);
      END IF;
    WHEN 'revoked' THEN
      IF item.is_there AND to_regrole(quote_ident(item.name)) IS NOT NULL THEN
        EXECUTE format('GRANT %s ON TABLE %s TO %I', item.detail, item.target, item.name);
      END IF;
    WHEN 'usage' THEN
      IF to_regnamespace(quote_ident(item.detail)) IS NOT NULL AND to_regrole(quote_ident(item.name)) IS NOT NULL THEN
        EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM %I', item.detail, item.name);
      END IF;
    WHEN 'view' THEN
      IF item.is_there THEN EXECUTE format('DROP VIEW %s', item.target); END IF;
    WHEN 'schema' THEN
      EXECUTE format('DROP SCHEMA IF EXISTS %I', item.name);
  END CASE;
END LOOP;
DELETE FROM ${installed} WHERE kind <> 'role';
-- What depends on another was made after it.
FOR item IN
  SELECT p.oid::regprocedure AS name FROM pg_proc p
  WHERE p.pronamespace = to_regnamespace(${literal(quote(schema))}) ORDER BY p.oid DESC
LOOP
  EXECUTE format('DROP FUNCTION %s', item.name);
END LOOP;`;
  const remove = `SELECT coalesce(array_agg(name), '{}') INTO roles FROM ${installed} WHERE kind = 'role';
DROP TABLE ${installed};
DROP TABLE ${quote(schema)}."secrets";
DROP SCHEMA ${quote(schema)};
FOREACH role IN ARRAY roles LOOP
  BEGIN
    EXECUTE format('DROP ROLE IF EXISTS %I', role);
  EXCEPTION WHEN dependent_objects_still_exist THEN
    RAISE WARNING 'role % is still used elsewhere, so it stays', role;
  END;
END LOOP;`;
  return rest === "keep"
    ? block(takeBack, "item record;")
    : block(`${takeBack}\n${remove}`, "item record;\nroles text[];\nrole text;");
}
