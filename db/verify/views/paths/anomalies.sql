-- Verify pgtill:views/paths/anomalies on pg

BEGIN;

SELECT
    rule,
    subject,
    detail
FROM paths.anomalies
WHERE FALSE;

DO $do$
BEGIN
    IF NOT has_table_privilege('pgtill_operator', 'paths.anomalies', 'select')
        OR NOT has_table_privilege('pgtill_auditor', 'paths.anomalies', 'select')
    THEN
        RAISE EXCEPTION 'operators or auditors cannot read paths.anomalies';
    END IF;
    IF has_table_privilege('pgtill_service', 'paths.anomalies', 'select') THEN
        RAISE EXCEPTION 'pgtill_service can read paths.anomalies';
    END IF;
END
$do$;

ROLLBACK;
