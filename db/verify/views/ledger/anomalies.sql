-- Verify pgtill:views/ledger/anomalies on pg

BEGIN;

SELECT
    rule,
    subject,
    detail
FROM ledger.anomalies
WHERE FALSE;

DO $do$
BEGIN
    IF NOT has_table_privilege('pgtill_operator', 'ledger.anomalies', 'select')
        OR NOT has_table_privilege('pgtill_auditor', 'ledger.anomalies', 'select')
    THEN
        RAISE EXCEPTION 'operators or auditors cannot read ledger.anomalies';
    END IF;
    IF has_table_privilege('pgtill_service', 'ledger.anomalies', 'select') THEN
        RAISE EXCEPTION 'pgtill_service can read ledger.anomalies';
    END IF;
END
$do$;

ROLLBACK;
