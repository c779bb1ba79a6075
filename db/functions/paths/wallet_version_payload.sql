-- Deploy pgtill:functions/paths/wallet_version_payload to pg
-- requires: tables/paths/wallet_versions
-- requires: functions/paths/utc_text

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.wallet_version_payload(wallet paths.wallet_versions)
RETURNS jsonb
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT
        jsonb_build_object(
            'version_id', (wallet).version_id,
            'version_name', (wallet).version_name,
            'description', (wallet).description,
            'environment', (wallet).environment,
            'security_level', (wallet).security_level,
            'status', (wallet).status,
            'is_default', (wallet).is_default,
            'daily_allocation_limit', (wallet).daily_allocation_limit,
            'allocations_today',
            CASE
                WHEN (wallet).last_reset_date = (now() AT TIME ZONE 'UTC')::date
                    THEN (wallet).current_daily_allocations
                ELSE 0
            END,
            'created_at', paths.utc_text((wallet).created_at),
            'deactivated_at', paths.utc_text((wallet).deactivated_at),
            'retired_at', paths.utc_text((wallet).retired_at),
            'compromised_at', paths.utc_text((wallet).compromised_at)
        );
END;

COMMENT ON FUNCTION paths.wallet_version_payload(paths.wallet_versions)
IS 'Write a wallet version as the object the API answers with; where its key is kept is not shown.

Private to the functions of this schema.';

COMMIT;
