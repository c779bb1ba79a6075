-- Verify pgtill:tables/paths/manufacturer_lineage on pg

BEGIN;

SELECT
    id,
    canonical_name,
    current_wallet_version,
    current_manufacturer_index,
    predecessor_wallet,
    predecessor_index,
    assignment_reason,
    assignment_date,
    status,
    completion_percentage
FROM paths.manufacturer_lineage
WHERE FALSE;

DO $do$
DECLARE
    _missing text;
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'manufacturer_lineage_completion_range',
        'manufacturer_lineage_current_fk',
        'manufacturer_lineage_pk',
        'manufacturer_lineage_place_unique',
        'manufacturer_lineage_predecessor_another',
        'manufacturer_lineage_predecessor_fk',
        'manufacturer_lineage_predecessor_whole',
        'manufacturer_lineage_reason_known',
        'manufacturer_lineage_status_known',
        'manufacturer_lineage_whole_when_done'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint AS rule
        WHERE rule.conrelid = 'paths.manufacturer_lineage'::regclass
            AND rule.conname = wanted.name
            AND rule.convalidated
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.manufacturer_lineage lacks constraints: %', _missing;
    END IF;

    SELECT string_agg(wanted.name, ', ')
    INTO _missing
    FROM unnest(ARRAY[
        'manufacturer_lineage_canonical_name_idx',
        'manufacturer_lineage_current_unique',
        'manufacturer_lineage_predecessor_idx'
    ]) AS wanted (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_index AS found
        WHERE found.indexrelid = to_regclass('paths.' || wanted.name)
            AND found.indisvalid
            AND found.indisunique = (wanted.name LIKE '%\_unique')
    );
    IF _missing IS NOT NULL THEN
        RAISE EXCEPTION 'paths.manufacturer_lineage lacks indexes: %', _missing;
    END IF;

    IF EXISTS (
        SELECT FROM unnest(ARRAY['public', 'pgtill_service', 'pgtill_operator', 'pgtill_auditor']) AS role
        WHERE has_any_column_privilege(role, 'paths.manufacturer_lineage', 'select, insert, update, references')
            OR has_table_privilege(role, 'paths.manufacturer_lineage', 'delete, truncate, trigger')
    ) THEN
        RAISE EXCEPTION 'a role other than the owner has a right on paths.manufacturer_lineage';
    END IF;
END
$do$;

ROLLBACK;
