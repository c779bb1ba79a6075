-- Deploy pgtill:functions/app/is_evm_address to pg
-- requires: functions/app/eip55_checksum

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION app.is_evm_address(address text)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
STRICT
PARALLEL SAFE
AS $function$
#variable_conflict error
BEGIN
    -- Length first and no {40} in the patterns: counted repetition takes ten times as long.
    RETURN CASE
        WHEN octet_length(is_evm_address.address) <> 42 THEN FALSE
        WHEN is_evm_address.address COLLATE "C" ~ '^0x[0-9a-f]*$' THEN TRUE
        WHEN is_evm_address.address COLLATE "C" ~ '^0x[0-9A-F]*$' THEN TRUE
        ELSE coalesce(
            is_evm_address.address COLLATE "C" = app.eip55_checksum(is_evm_address.address), FALSE
        )
    END;
END
$function$;

COMMENT ON FUNCTION app.is_evm_address(text)
IS
$comment$Tell whether a text is an EVM address: 0x and 40 hex digits (EIP-55).

Letters of one case carry no checksum, and EIP-55 accepts them: all lower, as addresses are
stored, and all upper. Letters of both cases are a checksum and must be right; that takes half
a millisecond. False for everything else, of whatever length or encoding. It raises nothing.
NULL for NULL: a CHECK that must not let NULL pass says IS TRUE.
Private: for constraints of this schema.$comment$;

COMMIT;
