-- Deploy pgtill:functions/ledger/verify to pg
-- requires: functions/ledger/entry_image
-- requires: functions/ledger/journal_image

BEGIN;

SET LOCAL ROLE pgtill_owner;

CREATE OR REPLACE FUNCTION ledger.verify(
    organization_id bigint DEFAULT NULL, account_id text DEFAULT NULL
)
RETURNS TABLE (broken_account_id text, version bigint, problem text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH
    chosen AS (
        SELECT account.*
        FROM ledger.accounts AS account
        WHERE
            (verify.organization_id IS NULL OR account.organization_id = verify.organization_id)
            AND (verify.account_id IS NULL OR account.public_id = verify.account_id)
    ),

    -- A link is the entries since the hash before, up to the one that carries the next.
    linked AS (
        SELECT
            chosen.id,
            chosen.public_id,
            chosen.normal_side,
            entry.version,
            entry.side,
            entry.amount,
            entry.balance_after,
            entry.recorded_at,
            entry.chain_hash,
            entry.journal_id,
            journal.id IS NOT NULL AS has_journal,
            ledger.entry_image(
                entry, CASE WHEN entry.line = 1 THEN ledger.journal_image(journal) END
            ) AS image,
            count(entry.chain_hash) OVER (
                PARTITION BY chosen.id ORDER BY entry.version
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS link
        FROM chosen
        INNER JOIN ledger.entries AS entry ON chosen.id = entry.account_id
        LEFT JOIN ledger.journals AS journal
            ON
                entry.journal_id = journal.id
                AND entry.organization_id = journal.organization_id
                AND entry.recorded_at = journal.recorded_at
                AND entry.line_count = journal.line_count
    ),

    followed AS (
        SELECT
            linked.*,
            lag(linked.version, 1, 0::bigint) OVER history AS version_before,
            lag(linked.balance_after, 1, 0::numeric) OVER history AS balance_before,
            lag(linked.recorded_at, 1, '-infinity') OVER history AS recorded_before
        FROM linked
        WINDOW history AS (PARTITION BY linked.id ORDER BY linked.version)
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

    broken AS (
        SELECT
            followed.id,
            followed.public_id,
            followed.version,
            CASE
                WHEN followed.version <> followed.version_before + 1
                    THEN 'an entry before this one is missing'
                WHEN NOT followed.has_journal THEN 'its journal is missing'
                WHEN
                    followed.balance_after
                    <> followed.balance_before
                    + CASE
                        WHEN followed.side = followed.normal_side THEN followed.amount
                        ELSE -followed.amount
                    END
                    THEN 'its balance is not the one before and its amount'
                WHEN followed.recorded_at < followed.recorded_before
                    THEN 'it was recorded before the entry before it'
            END AS problem
        FROM followed

        UNION ALL

        SELECT
            hashed.id,
            hashed.public_id,
            hashed.version,
            CASE
                WHEN hashed.chain_hash IS NULL THEN 'the hash of the last entry is missing'
                WHEN
                    hashed.chain_hash
                    <> sha256(
                        coalesce(
                            lag(hashed.chain_hash)
                                OVER (PARTITION BY hashed.id ORDER BY hashed.link),
                            decode(repeat('00', 32), 'hex')
                        )
                        || hashed.images
                    )
                    THEN
                        CASE
                            WHEN hashed.first_version = hashed.version THEN 'it was changed'
                            ELSE
                                format(
                                    'it, or one since version %s, was changed', hashed.first_version
                                )
                        END
            END AS problem
        FROM hashed

        UNION ALL

        -- The accounts say how much there is: cutting off the tail shows here.
        SELECT
            chosen.id,
            chosen.public_id,
            chosen.version,
            'the account does not stand where its last entry says' AS problem
        FROM chosen
        LEFT JOIN LATERAL (
            SELECT entry.*
            FROM ledger.entries AS entry
            WHERE entry.account_id = chosen.id
            ORDER BY entry.version DESC
            LIMIT 1
        ) AS last ON TRUE
        WHERE
            (chosen.version, chosen.balance, chosen.chain_hash)
            IS DISTINCT FROM (
                coalesce(last.version, 0),
                coalesce(last.balance_after, 0),
                coalesce(last.chain_hash, decode(repeat('00', 32), 'hex'))
            )
    )

    SELECT
        broken.public_id AS broken_account_id,
        broken.version,
        broken.problem
    FROM broken
    WHERE broken.problem IS NOT NULL
    ORDER BY broken.id, broken.version, broken.problem COLLATE pg_catalog."C"
    LIMIT 1;
END;

COMMENT ON FUNCTION ledger.verify(bigint, text)
IS $comment$Name the first broken link of the accounts' chains, or answer no row: they are whole.

Reads all entries of one account, one book, or (NULL) everything. An entry or a journal changed by hand
no longer matches the hash over it; one removed leaves a hole; one added, or changed together with its
hash, does not match its successor or the account; a tail cut off does not match the account.

A hash is kept by the last entry that a call made in an account; a change between is found with it.$comment$;

GRANT EXECUTE ON FUNCTION ledger.verify(bigint, text)
TO pgtill_service, pgtill_operator, pgtill_auditor;

COMMIT;
