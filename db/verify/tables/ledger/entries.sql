-- Verify pgtill:tables/ledger/entries on pg

BEGIN;

SELECT
    journal_id,
    line,
    line_count,
    organization_id,
    recorded_at,
    account_id,
    currency,
    side,
    amount,
    version,
    balance_after,
    chain_hash
FROM ledger.entries
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'entries_account_fk',
        'entries_amount_positive',
        'entries_chain_hash_length',
        'entries_journal_fk',
        'entries_line_range',
        'entries_pk',
        'entries_version_positive',
        'entries_version_unique'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'ledger.entries'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.entries lacks constraints: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'ledger.entries', 'select, insert, update, references')
            OR has_table_privilege(role, 'ledger.entries', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on ledger.entries';
    END IF;
END
$do$;

ROLLBACK;
