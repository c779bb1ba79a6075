-- Verify pgtill:tables/ledger/accounts on pg

BEGIN;

SELECT
    id,
    public_id,
    organization_id,
    name,
    type,
    normal_side,
    currency,
    floor,
    ceiling,
    balance,
    pending_out,
    pending_in,
    version,
    posted_at,
    chain_hash,
    created_at
FROM ledger.accounts
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'accounts_ceiling_kept',
        'accounts_ceiling_number',
        'accounts_currency_fk',
        'accounts_currency_unique',
        'accounts_floor_kept',
        'accounts_name_shape',
        'accounts_name_unique',
        'accounts_organization_fk',
        'accounts_pending_positive',
        'accounts_pk',
        'accounts_public_id_shape',
        'accounts_public_id_unique'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'ledger.accounts'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.accounts lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'accounts_currency_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('ledger.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.accounts lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'ledger.accounts', 'select, insert, update, references')
            OR has_table_privilege(role, 'ledger.accounts', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on ledger.accounts';
    END IF;
END
$do$;

ROLLBACK;
