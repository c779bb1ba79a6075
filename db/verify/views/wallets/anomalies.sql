-- Verify pgtill:views/wallets/anomalies on pg

BEGIN;

SELECT
    rule,
    subject,
    detail
FROM wallets.anomalies
WHERE FALSE;

DO $do$
BEGIN
    IF NOT has_table_privilege('pgtill_operator', 'wallets.anomalies', 'select')
        OR NOT has_table_privilege('pgtill_auditor', 'wallets.anomalies', 'select')
    THEN
        RAISE EXCEPTION 'operators or auditors cannot read wallets.anomalies';
    END IF;
    IF has_table_privilege('pgtill_service', 'wallets.anomalies', 'select') THEN
        RAISE EXCEPTION 'pgtill_service can read wallets.anomalies';
    END IF;
END
$do$;

ROLLBACK;
