-- Deploy pgtill:functions/app/list_deployed_changes to pg
-- requires: schemas/app

BEGIN;

-- sqitch's registry belongs to whoever deploys; our owner may only look.
GRANT USAGE ON SCHEMA sqitch TO pgtill_owner;
GRANT SELECT ON sqitch.changes TO pgtill_owner;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.list_deployed_changes()
RETURNS TABLE (change text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT deployed.change
    FROM sqitch.changes AS deployed
    WHERE deployed.project = 'pgtill'
    ORDER BY deployed.committed_at
$function$;

COMMENT ON FUNCTION app.list_deployed_changes()
IS 'Answer the names of the changes deployed in this database, oldest first.';

GRANT EXECUTE ON FUNCTION app.list_deployed_changes() TO pgtill_service, pgtill_operator;

COMMIT;
