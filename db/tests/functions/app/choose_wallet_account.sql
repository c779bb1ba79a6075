-- choose_wallet_account(): which account a key belongs to.
\ir ../../support/begin.psql

SELECT plan(20);

-- Shape

SELECT
    is(
        given.shape('app.choose_wallet_account(text, text, text, text, text, text[])'),
        'stable invoker, private',
        'nobody but the owner calls it'
    );

-- Given a keyset with an active account and a history, and one with nothing but history

INSERT INTO app.wallet_accounts (
    id, chain, network, keyset_id, is_active, parent_key_digest,
    key_material_hash, key_material_hash_algo, created_at
)
SELECT
    made.id,
    'bitcoin' AS chain,
    'regtest' AS network,
    made.keyset_id,
    made.is_active,
    given.digest(made.key) AS parent_key_digest,
    given.digest(made.hash) AS key_material_hash,
    'hmac-sha256' AS key_material_hash_algo,
    made.created_at
FROM (
    VALUES
    ('wa_now', 'ks', TRUE, 'key n', 'n', '2026-03-01Z'::timestamptz),
    ('wa_legacy', 'ks', FALSE, 'key l', 'l under the last secret', '2026-02-03Z'),
    ('wa_older', 'ks', FALSE, 'key o', 'o under the secret before', '2026-02-02Z'),
    ('wa_twin_old', 'ks', FALSE, 'key t', 't', '2026-01-01Z'),
    ('wa_twin_new', 'ks', FALSE, 'key t', 't', '2026-01-02Z'),
    ('wa_past', 'ks_past', FALSE, 'key p', 'p', '2026-01-01Z'),
    ('wa_on', 'ks_on', TRUE, 'key a', 'a under the last secret', '2026-01-01Z'),
    ('wa_off', 'ks_on', FALSE, 'key a', 'a', '2026-01-02Z'),
    ('wa_secret_now', 'ks_off', FALSE, 'key s', 's', '2026-01-01Z'),
    ('wa_secret_last', 'ks_off', FALSE, 'key s', 's under the last secret', '2026-01-02Z'),
    ('wa_secret_before', 'ks_off', FALSE, 'key s', 's under the secret before', '2026-01-03Z'),
    ('wa_at_once_1', 'ks_at_once', FALSE, 'key o', 'o', '2026-01-01Z'),
    ('wa_at_once_2', 'ks_at_once', FALSE, 'key o', 'o', '2026-01-01Z')
) AS made (id, keyset_id, is_active, key, hash, created_at);
INSERT INTO app.wallet_accounts (id, chain, network, keyset_id, is_active, parent_key_digest)
VALUES
('wa_unhashed_past', 'bitcoin', 'regtest', 'ks_past', FALSE, NULL),
('wa_bound', 'bitcoin', 'regtest', 'ks_bound', TRUE, given.digest('key b'));

UPDATE app.networks AS place
SET is_allowed = TRUE
WHERE place.is_mainnet;
INSERT INTO app.wallet_accounts (
    id, chain, network, keyset_id, parent_key_digest, key_material_hash, key_material_hash_algo
)
VALUES
(
    'wa_eth_main', 'ethereum', 'mainnet', 'ks_main', given.digest('key m'), given.digest('m'),
    'hmac-sha256'
);

-- Acting as the owner

SET LOCAL ROLE pgtill_owner;

SELECT
    results_eq(
        format(
            $$
            SELECT chosen.wallet_account_id, chosen.action, chosen.match_source
            FROM app.choose_wallet_account(
                'bitcoin', 'regtest', %L, given.digest(%L), given.digest(%L),
                ARRAY(SELECT given.digest(hash) FROM unnest(%L::text[]) AS hash)
            ) AS chosen
            $$,
            asked.keyset_id, asked.key, asked.hash, asked.legacy
        ),
        format(
            'SELECT %L, %L, %L WHERE %L IS NOT NULL',
            asked.id,
            asked.action,
            asked.match_source,
            asked.id
        ),
        asked.description
    )
FROM (
    VALUES
    (
        'ks', 'key n', 'n', '{}', 'wa_now', 'reused', 'active',
        'the active account, by the active secret'
    ),
    (
        'ks', 'key n', 'n2', '{x,n}', 'wa_now', 'reused', 'legacy',
        'the active account, by a legacy secret'
    ),
    ('ks', 'key n', 'n', '{n}', 'wa_now', 'reused', 'active', 'both secrets: it counts as active'),
    (
        'ks', 'key t', 't', '{}', 'wa_twin_new', 'reactivated', 'active',
        'history, the latest of two'
    ),
    (
        'ks', 'key l', 'l2', '{l under the last secret}',
        'wa_legacy', 'reactivated', 'legacy', 'history, by a legacy secret'
    ),
    (
        'ks', 'key o', 'o2', '{x,o under the secret before}',
        'wa_older', 'reactivated', 'legacy', 'history, by the second legacy secret'
    ),
    (
        'ks_on', 'key a', 'a', '{a under the last secret}',
        'wa_on', 'reused', 'legacy', 'the active account first, whatever secret it was hashed with'
    ),
    (
        'ks_off', 'key s', 's', '{s under the last secret,s under the secret before}',
        'wa_secret_now', 'reactivated', 'active', 'history: the active secret first'
    ),
    (
        'ks_off', 'key s', 's2', '{s under the last secret,s under the secret before}',
        'wa_secret_last', 'reactivated', 'legacy', 'then the legacy secrets in their order'
    ),
    (
        'ks_at_once', 'key o', 'o', '{}', 'wa_at_once_1', 'reactivated', 'active',
        'of two that were made at once always the same'
    ),
    ('ks', 'key z', 'z', '{y}', NULL, NULL, NULL, 'a new key: no row'),
    (
        'ks', 'another key', 'n', '{}', NULL, NULL, NULL,
        'a hash alone does not make another key the account''s'
    ),
    (
        'ks_past', 'key p', 'p', '{}', 'wa_past', 'reactivated', 'active',
        'a keyset with nothing but history'
    ),
    (
        'ks_past', 'key z', 'z', '{}', NULL, NULL, NULL,
        'an inactive account that was never hashed is not adopted'
    ),
    (
        'ks_bound', 'key b', 'b', '{}', 'wa_bound', 'reused', 'unhashed',
        'never hashed, bound to this key: adopted'
    ),
    (
        'ks_bound', 'key c', 'c', '{}', NULL, NULL, NULL,
        'never hashed, bound to another key: not adopted'
    ),
    (
        'ks_btc_regtest', 'key q', 'q', '{}', 'wa_btc_regtest_001', 'reused', 'unhashed',
        'never bound: adopted'
    ),
    (
        'ks_btc_testnet', 'key q', 'q', '{}', NULL, NULL, NULL,
        'keysets of other networks are not looked at'
    )
) AS asked (keyset_id, key, hash, legacy, id, action, match_source, description);

SELECT
    is_empty(
        $$
        SELECT chosen.*
        FROM app.choose_wallet_account(
            'bitcoin', 'mainnet', 'ks_main', given.digest('key m'), given.digest('m'), '{}'
        ) AS chosen
        $$,
        'nor are those of another chain, whose networks have the same names'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
