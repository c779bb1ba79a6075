-- Deploy pgtill:functions/ledger/broken_links to pg
-- requires: functions/ledger/entry_image
-- requires: functions/ledger/journal_image
-- requires: functions/ledger/account_image
-- requires: functions/ledger/asked_accounts

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.broken_links(organization_id bigint, account_id text)
RETURNS TABLE (id bigint, broken_account_id text, version bigint, problem text)
LANGUAGE sql
STABLE
BEGIN ATOMIC
    WITH
    -- A link is the entries since the hash before, up to the one that carries the next.
    linked AS (
        SELECT
            account.id,
            account.public_id,
            entry.version,
            entry.chain_hash,
            ledger.entry_image(
                entry, CASE WHEN entry.line = 1 THEN ledger.journal_image(journal) END
            ) AS image,
            count(entry.chain_hash) OVER (
                PARTITION BY account.id ORDER BY entry.version
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS link
        FROM ledger.asked_accounts(broken_links.organization_id, broken_links.account_id) AS account
        INNER JOIN ledger.entries AS entry ON account.id = entry.account_id
        LEFT JOIN ledger.journals AS journal ON entry.journal_id = journal.id
    ),

    hashed AS (
        SELECT
            linked.id,
            linked.public_id,
            max(linked.version) AS version,
            min(linked.version) AS first_version,
            (array_agg(linked.chain_hash ORDER BY linked.version DESC))[1] AS chain_hash,
            string_agg(linked.image, ''::bytea ORDER BY linked.version) AS images,
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

    SELECT
        joined.id,
        joined.public_id AS broken_account_id,
        joined.version,
        CASE
            WHEN joined.chain_hash IS NULL THEN 'the hash of the last entry is missing'
            ELSE concat(
                'it',
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
    WHERE joined.chain_hash IS DISTINCT FROM sha256(joined.hash_before || joined.images);
END;

COMMENT ON FUNCTION ledger.broken_links(bigint, text)
IS $comment$Entries whose hash is not over them, and those since the hash before, as they stand.

An entry, a journal or, for the first, the account changed by hand no longer matches; one added, removed,
or changed together with its hash, does not match its successor.

Of one account, one book, or (NULL) everything. Private to verify().$comment$;

COMMIT;
