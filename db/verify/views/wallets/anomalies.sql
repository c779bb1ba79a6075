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
    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'wallets.anomalies', 'insert, update, references')
            OR has_table_privilege(role, 'wallets.anomalies', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner can write to wallets.anomalies';
    END IF;
END
$do$;

ROLLBACK;
