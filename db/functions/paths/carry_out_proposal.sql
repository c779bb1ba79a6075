-- Deploy pgtill:functions/paths/carry_out_proposal to pg
-- requires: functions/paths/create_wallet_version
-- requires: functions/paths/set_default_wallet
-- requires: functions/paths/set_wallet_status
-- requires: functions/paths/wallet_version_payload

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.carry_out_proposal(action text, arguments jsonb)
RETURNS jsonb
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _version_id integer := (carry_out_proposal.arguments ->> 'version_id')::integer;
    _result jsonb;
BEGIN
    CASE carry_out_proposal.action
        WHEN 'create_wallet_version' THEN
            SELECT paths.create_wallet_version(
                asked.version_name, asked.master_key_id, asked.description,
                coalesce(asked.environment, 'production'),
                coalesce(asked.security_level, 'standard'),
                coalesce(asked.daily_allocation_limit, 1000000)
            )
            INTO _version_id
            FROM jsonb_to_record(carry_out_proposal.arguments) AS asked (
                version_name text,
                master_key_id text,
                description text,
                environment text,
                security_level text,
                daily_allocation_limit integer
            );
        WHEN 'set_default_wallet' THEN
            PERFORM paths.set_default_wallet(_version_id);
        WHEN 'set_wallet_status' THEN
            PERFORM paths.set_wallet_status(
                _version_id, carry_out_proposal.arguments ->> 'status'
            );
    END CASE;

    SELECT paths.wallet_version_payload(wallet)
    INTO _result
    FROM paths.wallet_versions AS wallet
    WHERE wallet.version_id = _version_id;

    RETURN _result;
END
$function$;

COMMENT ON FUNCTION paths.carry_out_proposal(text, jsonb)
IS
'Do what a proposal asks and answer the wallet version it made or changed. Raises TL204, TL205,
TL224 or TL226 as that act does.

Private to approve().';

COMMIT;
