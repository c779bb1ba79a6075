-- Deploy pgtill:functions/ledger/broken_links to pg
-- requires: functions/ledger/entry_image
-- requires: functions/ledger/journal_image
-- requires: functions/ledger/account_image
-- requires: functions/ledger/hold_image
-- requires: functions/ledger/asked_accounts
-- requires: tables/ledger/hold_links

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.broken_links(organization_id bigint, account_id text)
RETURNS TABLE (id bigint, broken_account_id text, version bigint, problem text)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    WITH
    happened AS (
        SELECT
            account.id,
            account.public_id,
            entry.version,
            0 AS place,
            NULL AS hold_id,
            entry.chain_hash,
            ledger.entry_image(
                entry, CASE WHEN entry.line = 1 THEN ledger.journal_image(journal) END
            ) AS image
        FROM ledger.asked_accounts(broken_links.organization_id, broken_links.account_id) AS account
        INNER JOIN ledger.entries AS entry ON account.id = entry.account_id
        LEFT JOIN ledger.journals AS journal ON entry.journal_id = journal.id

        UNION ALL

        SELECT
            account.id,
            account.public_id,
            link.version,
            link.place,
            coalesce(hold.public_id, link.hold_id::text) AS hold_id,
            link.chain_hash,
            CASE
                WHEN hold.id IS NOT NULL AND (ending.hold_id IS NOT NULL OR NOT link.is_ending)
                    THEN ledger.hold_image(hold, ending)
            END AS image
        FROM ledger.asked_accounts(broken_links.organization_id, broken_links.account_id) AS account
        INNER JOIN ledger.hold_links AS link ON account.id = link.account_id
        LEFT JOIN ledger.holds AS hold ON link.hold_id = hold.id
        LEFT JOIN ledger.hold_endings AS ending ON link.is_ending AND link.hold_id = ending.hold_id
    ),

    -- A link is what happened since the hash before, up to what carries the next.
    linked AS (
        SELECT
            happened.*,
            count(happened.chain_hash) OVER (
                PARTITION BY happened.id ORDER BY happened.version, happened.place
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS link
        FROM happened
    ),

    hashed AS (
        SELECT
            linked.id,
            linked.public_id,
            max(linked.version) AS version,
            min(linked.version) AS first_version,
            (array_agg(linked.hold_id ORDER BY linked.version DESC, linked.place DESC))[1]
                AS hold_id,
            (array_agg(linked.chain_hash ORDER BY linked.version DESC, linked.place DESC))[1]
                AS chain_hash,
            string_agg(linked.image, ''::bytea ORDER BY linked.version, linked.place) AS images,
            linked.link
        FROM linked
        GROUP BY linked.id, linked.public_id, linked.link
    ),

    joined AS (
        SELECT
            hashed.*,
            -- The first follows what the account is.
            CASE
                WHEN hashed.link = 0 THEN sha256(ledger.account_image(account))
                ELSE lag(hashed.chain_hash) OVER (PARTITION BY hashed.id ORDER BY hashed.link)
            END AS hash_before
        FROM hashed
        INNER JOIN ledger.accounts AS account ON hashed.id = account.id
    )

    -- Of several holds after one entry, the first: their ids are in no order.
    SELECT DISTINCT ON (joined.id, joined.version)
        joined.id,
        joined.public_id AS broken_account_id,
        joined.version,
        CASE
            WHEN joined.chain_hash IS NULL THEN 'the hash of the last entry is missing'
            ELSE concat(
                coalesce('hold ' || joined.hold_id || ' after it', 'it'),
                CASE
                    WHEN joined.first_version < joined.version
                        THEN format(', or one since version %s', joined.first_version)
                END,
                CASE WHEN joined.link = 0 THEN ', or the account' END,
                CASE WHEN joined.first_version < joined.version OR joined.link = 0 THEN ',' END,
                ' was changed'
            )
        END AS problem
    FROM joined
    WHERE joined.chain_hash IS DISTINCT FROM sha256(joined.hash_before || joined.images)
    ORDER BY joined.id, joined.version, joined.link;
END;

COMMENT ON FUNCTION ledger.broken_links(bigint, text)
IS $comment$Entries and holds whose hash is not over them, and what is since the hash before it.

An entry, a journal, a hold, its ending or, for the first, the account changed by hand no longer matches; one
added, removed, or changed together with its hash, does not match its successor.
One row at most for each version of an account: the first that is broken.

Of one account, one book, or (NULL) everything. Private to verify().$comment$;

COMMIT;
