-- Deploy pgtill:functions/paths/register_manufacturer to pg
-- requires: functions/paths/require_member
-- requires: functions/paths/find_answer
-- requires: functions/paths/record_operation
-- requires: functions/paths/manufacturer_payload
-- requires: functions/paths/add_manufacturer
-- requires: functions/paths/assign_lineage
-- requires: functions/paths/lock_wallet

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.register_manufacturer(
    organization_id bigint,
    user_id text,
    idempotency_key text,
    request_hash text,
    wallet_version integer,
    manufacturer_name text,
    manufacturer_index integer DEFAULT NULL,
    public_key text DEFAULT NULL,
    key_delegation_level text DEFAULT 'none'
)
RETURNS TABLE (replayed boolean, answer jsonb)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict error
DECLARE
    _user_id bigint := paths.require_member(
        register_manufacturer.organization_id, register_manufacturer.user_id
    );
    _answer jsonb;
    _wallet paths.wallet_versions;
    _manufacturer paths.manufacturer_registry;
BEGIN
    _answer := paths.find_answer(
        register_manufacturer.organization_id, register_manufacturer.idempotency_key,
        register_manufacturer.request_hash
    );
    IF _answer IS NOT NULL THEN
        RETURN QUERY SELECT TRUE, _answer;
        RETURN;
    END IF;

    _wallet := paths.lock_wallet(register_manufacturer.wallet_version);

    IF _wallet.status <> 'active' THEN
        RAISE EXCEPTION 'wallet version is not active'
            USING
                ERRCODE = 'TL205',
                DETAIL = format('wallet version %s is %s', _wallet.version_id, _wallet.status);
    END IF;

    _manufacturer.wallet_version := _wallet.version_id;
    _manufacturer.manufacturer_index := register_manufacturer.manufacturer_index;
    _manufacturer.manufacturer_name := btrim(register_manufacturer.manufacturer_name);
    _manufacturer.organization_id := register_manufacturer.organization_id;
    _manufacturer.public_key := register_manufacturer.public_key;
    _manufacturer.key_delegation_level := register_manufacturer.key_delegation_level;
    _manufacturer.status := 'active';
    _manufacturer.registered_by := _user_id;

    IF (_manufacturer.manufacturer_name = 'Plings') <> (_manufacturer.manufacturer_index = 1) THEN
        RAISE EXCEPTION 'manufacturer index 1 is Plings, and Plings is 1'
            USING
                ERRCODE = 'TL229',
                DETAIL = format(
                    'index %s, name %L',
                    _manufacturer.manufacturer_index, _manufacturer.manufacturer_name
                );
    END IF;

    _manufacturer := paths.add_manufacturer(_manufacturer);

    PERFORM paths.assign_lineage(
        _manufacturer.manufacturer_name, _manufacturer.wallet_version,
        _manufacturer.manufacturer_index, _manufacturer.organization_id
    );

    _answer := paths.manufacturer_payload(_manufacturer);
    PERFORM paths.record_operation(
        'register_manufacturer', register_manufacturer.organization_id, _user_id,
        register_manufacturer.idempotency_key, register_manufacturer.request_hash,
        _manufacturer.wallet_version, _manufacturer.manufacturer_name, _answer
    );
    RETURN QUERY SELECT FALSE, _answer;
END
$function$;

COMMENT ON FUNCTION paths.register_manufacturer(
    bigint, text, text, text, integer, text, integer, text, text
)
IS
$comment$Give an organization's manufacturer a branch of a wallet (the default one for NULL).

Without an index it gets the one after the last, or, where that is 2^31 - 1, after the last before
it that has room: nobody can shut others out. A name is one organization's in all wallets; the first
wallet it is registered in is where its lineage begins, a further one is a second home. Answers the
manufacturer.

Raises
  TL204  wallet version does not exist
  TL205  wallet version is not active
  TL206  user may not act for the organization
  TL210  manufacturer name or index is taken
  TL211  manufacturer name belongs to another organization
  TL215  idempotency key was used for another request
  TL216  no manufacturer index is free
  TL229  manufacturer index 1 is Plings, and Plings is 1
  23502  name or level are NULL
  23514  name, index, key or level are not well formed$comment$;

GRANT EXECUTE
ON FUNCTION paths.register_manufacturer(
    bigint, text, text, text, integer, text, integer, text, text
)
TO pgtill_service;

COMMIT;
