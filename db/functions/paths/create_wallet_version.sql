-- Deploy pgtill:functions/paths/create_wallet_version to pg
-- requires: tables/paths/wallet_versions

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.create_wallet_version(
    version_name text,
    master_key_id text,
    description text DEFAULT NULL,
    environment text DEFAULT 'production',
    security_level text DEFAULT 'standard',
    daily_allocation_limit integer DEFAULT 1000000
)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _version_id integer;
BEGIN
    -- Versions are numbered without a hole: makers come one after another.
    PERFORM pg_advisory_xact_lock(hashtextextended('pgtill paths wallet versions', 0));

    SELECT coalesce(max(wallet.version_id), 0) + 1
    INTO _version_id
    FROM paths.wallet_versions AS wallet;

    IF EXISTS (
        SELECT FROM paths.wallet_versions AS wallet
        WHERE wallet.version_name = coalesce(create_wallet_version.version_name, 'v' || _version_id)
    ) THEN
        RAISE EXCEPTION 'wallet version name is taken'
            USING
                ERRCODE = 'TL224',
                DETAIL = format('version_name is %L', create_wallet_version.version_name);
    END IF;

    INSERT INTO paths.wallet_versions (
        version_id, version_name, master_key_id, description, environment, security_level,
        daily_allocation_limit
    )
    VALUES (
        _version_id,
        coalesce(create_wallet_version.version_name, 'v' || _version_id),
        create_wallet_version.master_key_id,
        create_wallet_version.description,
        create_wallet_version.environment,
        create_wallet_version.security_level,
        create_wallet_version.daily_allocation_limit
    );
    RETURN _version_id;
END
$function$;

COMMENT ON FUNCTION paths.create_wallet_version(text, text, text, text, text, integer)
IS
'Make the next wallet version, active and not the default, and answer its number. Without a name it
is v<number>. Raises TL224 where the name is taken.

Private to carry_out_proposal() and compromise_wallet(): two super-admins stand behind it, or an
incident.';

COMMIT;
