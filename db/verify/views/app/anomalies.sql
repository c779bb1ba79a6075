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
END
$do$;

ROLLBACK;
