-- Deploy pgtill:functions/paths/read_orders to pg
-- requires: functions/paths/parse_path
-- requires: tables/paths/path_registry
-- requires: tables/identity/organization_members

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION paths.read_orders(batches jsonb[])
RETURNS TABLE (
    order_position integer,
    verdict text,
    wallet_version integer,
    base_path text,
    components integer[],
    takes_next_child boolean,
    user_id bigint,
    allocation_type text,
    quantity integer,
    range_start integer,
    purpose text,
    room integer
)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    WITH
    -- Materialized, that each path is parsed once; wallet and member are looked up once a batch.
    asked AS MATERIALIZED (
        SELECT
            item.*,
            CASE WHEN batch.is_numbered THEN item.order_position ELSE row_number() OVER () END
                AS nth,
            paths.parse_path(coalesce(item.base_path, item.parent_path)) AS components,
            batch.organization_id,
            wallet.version_id,
            wallet.status AS wallet_status,
            wallet.daily_allocation_limit - CASE
                WHEN wallet.last_reset_date = (now() AT TIME ZONE 'UTC')::date
                    THEN wallet.current_daily_allocations
                ELSE 0
            END AS room,
            member.id AS member_id
        FROM unnest(read_orders.batches) AS listed (fields)
        CROSS JOIN
            LATERAL jsonb_to_record(listed.fields)
                AS batch (
                    organization_id bigint,
                    user_id text,
                    wallet_version integer,
                    is_numbered boolean,
                    orders jsonb
                )
        LEFT JOIN paths.wallet_versions AS wallet
            ON
                wallet.version_id = coalesce(
                    batch.wallet_version,
                    (
                        SELECT standard.version_id FROM paths.wallet_versions AS standard
                        WHERE standard.is_default
                    )
                )
        LEFT JOIN LATERAL (
            SELECT person.id
            FROM identity.users AS person
            INNER JOIN identity.organization_members AS membership
                ON person.id = membership.user_id
            WHERE
                person.public_id = batch.user_id
                AND membership.organization_id = batch.organization_id
                AND membership.role IN ('owner', 'admin')
        ) AS member ON TRUE
        CROSS JOIN LATERAL jsonb_to_recordset(batch.orders) AS item (
            order_position integer,
            base_path text,
            parent_path text,
            allocation_type text,
            quantity integer,
            range_start integer,
            purpose text
        )
    )

    SELECT
        asked.nth::integer AS order_position,
        CASE
            WHEN
                num_nonnulls(asked.base_path, asked.parent_path) <> 1
                OR asked.components IS NULL
                OR cardinality(asked.components) NOT BETWEEN
                CASE WHEN asked.base_path IS NULL THEN 1 ELSE 2 END
                AND CASE WHEN asked.base_path IS NULL THEN 19 ELSE 20 END
                THEN 'invalid_path'
            WHEN
                coalesce(asked.quantity, 1) < 1
                OR coalesce(asked.range_start, 1) < 1
                OR coalesce(asked.range_start, 1)::bigint + coalesce(asked.quantity, 1) - 1
                > 2147483647
                THEN 'invalid_range'
            WHEN asked.version_id IS NULL THEN 'wallet_version_not_found'
            WHEN asked.member_id IS NULL THEN 'not_permitted'
            WHEN asked.wallet_status <> 'active' THEN 'wallet_not_active'
            WHEN manufacturer.status IS NULL THEN 'manufacturer_not_found'
            WHEN (manufacturer.organization_id IS DISTINCT FROM asked.organization_id)
                THEN 'not_permitted'
            WHEN manufacturer.status <> 'active' THEN 'manufacturer_not_active'
            ELSE 'allocated'
        END AS verdict,
        asked.version_id AS wallet_version,
        CASE WHEN asked.components IS NOT NULL THEN asked.base_path END AS base_path,
        asked.components,
        asked.base_path IS NULL AS takes_next_child,
        asked.member_id AS user_id,
        coalesce(asked.allocation_type, 'production') AS allocation_type,
        coalesce(asked.quantity, 1) AS quantity,
        coalesce(asked.range_start, 1) AS range_start,
        asked.purpose,
        asked.room
    FROM asked
    LEFT JOIN paths.manufacturer_registry AS manufacturer
        ON
            asked.version_id = manufacturer.wallet_version
            AND manufacturer.manufacturer_index = asked.components[1];
END;

COMMENT ON FUNCTION paths.read_orders(jsonb[])
IS
'Read batches of orders, each {organization_id, user_id, wallet_version, is_numbered, orders}, and
judge each order alone: form, wallet, permission, manufacturer. Where they are numbered they bring
their order_position; one batch that is not has 1, 2, … room is what the wallet may still allocate
today.

Private to name_paths().';

COMMIT;
