-- Deploy pgtill:functions/paths/seen_transfers to pg
-- requires: functions/paths/seen_manufacturers
-- requires: tables/paths/transfers

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.seen_transfers(
    organization_id bigint,
    user_id text
)
RETURNS SETOF paths.transfers
LANGUAGE sql
STABLE
BEGIN ATOMIC
    SELECT transfer.*
    FROM paths.transfers AS transfer
    WHERE
        (SELECT paths.is_super_admin(seen_transfers.user_id))
        OR EXISTS (
            SELECT
            FROM paths.manufacturer_registry AS manufacturer
            WHERE
                manufacturer.organization_id = seen_transfers.organization_id
                AND (
                    (manufacturer.wallet_version, manufacturer.manufacturer_index)
                    = (transfer.source_wallet, transfer.source_index)
                    OR (manufacturer.wallet_version, manufacturer.manufacturer_index)
                    = (transfer.target_wallet, transfer.target_index)
                )
        );
END;

COMMENT ON FUNCTION paths.seen_transfers(bigint, text)
IS
$comment$Answer the transfers that are shown to a key: those of a manufacturer that it may see,
there or here.

Private to the functions of this schema.$comment$;

COMMIT;
