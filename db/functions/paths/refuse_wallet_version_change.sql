-- Deploy pgtill:functions/paths/refuse_wallet_version_change to pg
-- requires: tables/paths/wallet_versions

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.refuse_wallet_version_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RAISE EXCEPTION 'a wallet version keeps its id and is never removed'
        USING
            ERRCODE = 'TL203',
            DETAIL = format('%s on %I.%I', tg_op, tg_table_schema, tg_table_name);
END
$function$;

COMMENT ON FUNCTION paths.refuse_wallet_version_change()
IS
$comment$Trigger: refuse to renumber or remove a wallet version, or to open one that is gone.

Raises
  TL203  a wallet version keeps its id and is never removed$comment$;

CREATE OR REPLACE TRIGGER wallet_versions_keep_their_id
BEFORE UPDATE ON paths.wallet_versions
FOR EACH ROW
WHEN (
    new.version_id <> old.version_id
    OR (old.status = 'retired' AND new.status NOT IN ('retired', 'compromised'))
    OR (old.status = 'compromised' AND new.status <> 'compromised')
)
EXECUTE FUNCTION paths.refuse_wallet_version_change();

CREATE OR REPLACE TRIGGER wallet_versions_never_removed
BEFORE DELETE OR TRUNCATE ON paths.wallet_versions
FOR EACH STATEMENT
EXECUTE FUNCTION paths.refuse_wallet_version_change();

ALTER TABLE paths.wallet_versions ENABLE ALWAYS TRIGGER wallet_versions_keep_their_id;
ALTER TABLE paths.wallet_versions ENABLE ALWAYS TRIGGER wallet_versions_never_removed;

COMMIT;
