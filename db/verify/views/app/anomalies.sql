-- Verify pgtill:views/app/anomalies on pg

BEGIN;

SELECT
    rule,
    subject,
    detail
FROM app.anomalies
WHERE FALSE;

DO $do$
BEGIN
    IF NOT has_table_privilege('pgtill_operator', 'app.anomalies', 'select')
        OR NOT has_table_privilege('pgtill_auditor', 'app.anomalies', 'select')
    THEN
        RAISE EXCEPTION 'operators or auditors cannot read app.anomalies';
    END IF;
    IF has_table_privilege('pgtill_service', 'app.anomalies', 'select') THEN
        RAISE EXCEPTION 'pgtill_service can read app.anomalies';
    END IF;
    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'app.anomalies', 'insert, update, references')
            OR has_table_privilege(role, 'app.anomalies', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner can write to app.anomalies';
    END IF;
END
$do$;

ROLLBACK;
