-- notify_catalog_changed(): whatever changes the catalog tells the services.
\ir ../../support/begin.psql

SELECT plan(5);

SELECT
    is(
        given.shape('app.notify_catalog_changed()'),
        'volatile invoker, private',
        'nobody calls it'
    );
SELECT
    trigger_is(
        'app', 'asset_catalog', 'asset_catalog_changed', 'app', 'notify_catalog_changed',
        'it stands on the catalog'
    );
SELECT
    is(
        pg_get_triggerdef(hook.oid),
        'CREATE TRIGGER asset_catalog_changed AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON'
        ' app.asset_catalog'
        ' FOR EACH STATEMENT EXECUTE FUNCTION app.notify_catalog_changed()',
        'after every kind of statement'
    )
FROM pg_trigger AS hook
WHERE hook.tgname = 'asset_catalog_changed';

-- A notification is sent at commit, which a test that rolls back never sees; that the trigger runs
-- it does.

CREATE FUNCTION pg_temp.triggers_run_by(statement text)
RETURNS text
LANGUAGE plpgsql
AS $function$
DECLARE
    _plan jsonb;
BEGIN
    EXECUTE format('EXPLAIN (ANALYZE, FORMAT JSON) %s', statement) INTO _plan;
    RETURN (
        SELECT string_agg(format('%s %s', hook ->> 'Trigger Name', hook ->> 'Calls'), ', ')
        FROM jsonb_array_elements(_plan -> 0 -> 'Triggers') AS hook
        WHERE hook ->> 'Trigger Name' !~ '^RI_'
    );
END
$function$;

SELECT
    is(
        pg_temp.triggers_run_by(changed.statement), 'asset_catalog_changed 1', changed.description
    )
FROM (
    VALUES
    (
        'UPDATE app.asset_catalog SET decimals = decimals',
        'a statement runs it once, however many rows it changes'
    ),
    ('DELETE FROM app.asset_catalog WHERE FALSE', 'or none')
) AS changed (statement, description);

SELECT * FROM finish();
ROLLBACK;
