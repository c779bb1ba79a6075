-- Deploy pgtill:functions/paths/compromise_wallet to pg
-- requires: functions/paths/create_wallet_version
-- requires: functions/paths/evacuate_manufacturer

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.compromise_wallet(
    wallet_version integer,
    reason text,
    successor_master_key_id text,
    successor_name text,
    reported_by bigint
)
RETURNS paths.incidents
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _wallet paths.wallet_versions;
    _incident paths.incidents;
    _manufacturer paths.manufacturer_registry;
    _steps jsonb := '[]'::jsonb;
BEGIN
    _wallet := paths.lock_wallet(compromise_wallet.wallet_version);

    IF _wallet.status = 'compromised' THEN
        RAISE EXCEPTION 'wallet version is compromised already'
            USING
                ERRCODE = 'TL225',
                DETAIL = format('wallet version %s', _wallet.version_id);
    END IF;

    -- From here on it allocates nothing.
    UPDATE paths.wallet_versions AS wallet
    SET
        status = 'compromised', compromised_at = now(), is_default = FALSE,
        deactivated_at = coalesce(wallet.deactivated_at, now())
    WHERE wallet.version_id = _wallet.version_id;
    _steps := _steps || jsonb_build_object('action', 'mark_compromised', 'subject', _wallet.version_name);

    INSERT INTO paths.incidents AS incident (wallet_version, successor_version, reason, reported_by)
    VALUES (
        _wallet.version_id,
        paths.create_wallet_version(
            compromise_wallet.successor_name, compromise_wallet.successor_master_key_id,
            format('Successor of %s', _wallet.version_name), _wallet.environment,
            _wallet.security_level, _wallet.daily_allocation_limit
        ),
        compromise_wallet.reason,
        compromise_wallet.reported_by
    )
    RETURNING incident.* INTO _incident;
    _steps := _steps || jsonb_build_object(
        'action', 'create_wallet_version',
        'subject', (
            SELECT wallet.version_name FROM paths.wallet_versions AS wallet
            WHERE wallet.version_id = _incident.successor_version
        )
    );

    UPDATE paths.wallet_versions AS wallet
    SET is_default = TRUE
    WHERE wallet.version_id = _incident.successor_version AND _wallet.is_default;
    IF FOUND THEN
        _steps := _steps || jsonb_build_object(
            'action', 'set_default_wallet', 'subject', _steps -> -1 ->> 'subject'
        );
    END IF;

    FOR _manufacturer IN
        SELECT manufacturer.*
        FROM paths.manufacturer_registry AS manufacturer
        WHERE manufacturer.wallet_version = _wallet.version_id
            AND manufacturer.status IN ('active', 'suspended')
        ORDER BY manufacturer.manufacturer_index
    LOOP
        _steps := _steps || paths.evacuate_manufacturer(_manufacturer, _incident);
    END LOOP;

    UPDATE paths.incidents AS incident
    SET
        steps = (
            SELECT jsonb_agg(jsonb_build_object('step', done.nth) || done.step ORDER BY done.nth)
            FROM jsonb_array_elements(_steps) WITH ORDINALITY AS done (step, nth)
        )
    WHERE incident.id = _incident.id
    RETURNING incident.* INTO _incident;

    RETURN _incident;
END
$function$;

COMMENT ON FUNCTION paths.compromise_wallet(integer, text, text, text, bigint)
IS
'Mark a wallet compromised, make its successor and, where it was the default, the default; move
Plings and open a transfer for every other manufacturer, active or suspended. Raises TL204, TL224 or TL225.

Private to respond_to_key_compromise().';

COMMIT;
