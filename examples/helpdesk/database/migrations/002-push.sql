BEGIN;

DROP FUNCTION IF EXISTS "cordon_push_people"() CASCADE;

CREATE FUNCTION "cordon_push_people"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $cordon$
DECLARE
  rows text := CASE TG_OP
    WHEN 'INSERT' THEN 'SELECT %1$I::text AS id FROM cordon_new'
    WHEN 'DELETE' THEN 'SELECT %1$I::text AS id FROM cordon_old'
    ELSE 'SELECT %1$I::text AS id FROM cordon_new UNION SELECT %1$I::text FROM cordon_old' END;
  ids text[];
  notice text;
  n int;
BEGIN
  FOR i IN 1 .. TG_NARGS - 2 BY 2 LOOP
    notice := json_build_object('type', TG_ARGV[i])::text;
    IF TG_OP <> 'TRUNCATE' AND TG_ARGV[i + 1] <> '' THEN
      EXECUTE format('SELECT array_agg(id), count(id) FROM (SELECT DISTINCT id FROM (' || rows ||
        ') AS changed WHERE id IS NOT NULL LIMIT 201) AS sample', TG_ARGV[i + 1]) INTO ids, n;
      CONTINUE WHEN n = 0;
      IF n <= 200 AND octet_length(to_json(ids)::text) < 7500 THEN
        notice := json_build_object('type', TG_ARGV[i], 'ids', ids)::text;
      END IF;
    ELSIF TG_OP <> 'TRUNCATE' THEN
      -- A statement that changed nothing tells nothing.
      EXECUTE 'SELECT count(*) FROM (SELECT 1 FROM ' ||
        CASE TG_OP WHEN 'DELETE' THEN 'cordon_old' ELSE 'cordon_new' END || ' LIMIT 1) AS sample' INTO n;
      CONTINUE WHEN n = 0;
    END IF;
    PERFORM pg_notify(TG_ARGV[0], notice);
  END LOOP;
  RETURN NULL;
END
$cordon$;

CREATE TRIGGER "cordon_push_people_insert" AFTER INSERT ON "staff"
  REFERENCING NEW TABLE AS cordon_new
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'User', 'id');

CREATE TRIGGER "cordon_push_people_update" AFTER UPDATE ON "staff"
  REFERENCING OLD TABLE AS cordon_old NEW TABLE AS cordon_new
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'User', 'id');

CREATE TRIGGER "cordon_push_people_delete" AFTER DELETE ON "staff"
  REFERENCING OLD TABLE AS cordon_old
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'User', 'id');

CREATE TRIGGER "cordon_push_people_truncate" AFTER TRUNCATE ON "staff"
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'User', 'id');

CREATE TRIGGER "cordon_push_people_insert" AFTER INSERT ON "staff_regions"
  REFERENCING NEW TABLE AS cordon_new
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'User', 'person');

CREATE TRIGGER "cordon_push_people_update" AFTER UPDATE ON "staff_regions"
  REFERENCING OLD TABLE AS cordon_old NEW TABLE AS cordon_new
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'User', 'person');

CREATE TRIGGER "cordon_push_people_delete" AFTER DELETE ON "staff_regions"
  REFERENCING OLD TABLE AS cordon_old
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'User', 'person');

CREATE TRIGGER "cordon_push_people_truncate" AFTER TRUNCATE ON "staff_regions"
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'User', 'person');

CREATE TRIGGER "cordon_push_people_insert" AFTER INSERT ON "memberships"
  REFERENCING NEW TABLE AS cordon_new
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'User', 'person');

CREATE TRIGGER "cordon_push_people_update" AFTER UPDATE ON "memberships"
  REFERENCING OLD TABLE AS cordon_old NEW TABLE AS cordon_new
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'User', 'person');

CREATE TRIGGER "cordon_push_people_delete" AFTER DELETE ON "memberships"
  REFERENCING OLD TABLE AS cordon_old
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'User', 'person');

CREATE TRIGGER "cordon_push_people_truncate" AFTER TRUNCATE ON "memberships"
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'User', 'person');

CREATE TRIGGER "cordon_push_people_insert" AFTER INSERT ON "teams"
  REFERENCING NEW TABLE AS cordon_new
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Group', 'id');

CREATE TRIGGER "cordon_push_people_update" AFTER UPDATE ON "teams"
  REFERENCING OLD TABLE AS cordon_old NEW TABLE AS cordon_new
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Group', 'id');

CREATE TRIGGER "cordon_push_people_delete" AFTER DELETE ON "teams"
  REFERENCING OLD TABLE AS cordon_old
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Group', 'id');

CREATE TRIGGER "cordon_push_people_truncate" AFTER TRUNCATE ON "teams"
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Group', 'id');

CREATE TRIGGER "cordon_push_people_insert" AFTER INSERT ON "contacts"
  REFERENCING NEW TABLE AS cordon_new
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Contact', 'email');

CREATE TRIGGER "cordon_push_people_update" AFTER UPDATE ON "contacts"
  REFERENCING OLD TABLE AS cordon_old NEW TABLE AS cordon_new
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Contact', 'email');

CREATE TRIGGER "cordon_push_people_delete" AFTER DELETE ON "contacts"
  REFERENCING OLD TABLE AS cordon_old
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Contact', 'email');

CREATE TRIGGER "cordon_push_people_truncate" AFTER TRUNCATE ON "contacts"
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Contact', 'email');

CREATE TRIGGER "cordon_push_people_insert" AFTER INSERT ON "sessions"
  REFERENCING NEW TABLE AS cordon_new
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Session', 'id');

CREATE TRIGGER "cordon_push_people_update" AFTER UPDATE ON "sessions"
  REFERENCING OLD TABLE AS cordon_old NEW TABLE AS cordon_new
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Session', 'id');

CREATE TRIGGER "cordon_push_people_delete" AFTER DELETE ON "sessions"
  REFERENCING OLD TABLE AS cordon_old
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Session', 'id');

CREATE TRIGGER "cordon_push_people_truncate" AFTER TRUNCATE ON "sessions"
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Session', 'id');

CREATE TRIGGER "cordon_push_people_insert" AFTER INSERT ON "devices"
  REFERENCING NEW TABLE AS cordon_new
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Device', 'id');

CREATE TRIGGER "cordon_push_people_update" AFTER UPDATE ON "devices"
  REFERENCING OLD TABLE AS cordon_old NEW TABLE AS cordon_new
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Device', 'id');

CREATE TRIGGER "cordon_push_people_delete" AFTER DELETE ON "devices"
  REFERENCING OLD TABLE AS cordon_old
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Device', 'id');

CREATE TRIGGER "cordon_push_people_truncate" AFTER TRUNCATE ON "devices"
  FOR EACH STATEMENT EXECUTE FUNCTION "cordon_push_people"('cordon_push_people', 'Device', 'id');

COMMIT;
