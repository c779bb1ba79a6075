-- Two organizations use the same keys and the same names: neither ever meets the other.
\ir ../support/begin.psql

SELECT plan(14);

-- Given a book of the shop and one of another organization

SELECT given.book() AS shop \gset
SELECT given.organization_id('other') AS other \gset

-- Holds, in one call, of the same request under one key

SELECT
    jsonb_agg(
        jsonb_build_object(
            'organization_id', given.organization_id(asked.tenant), 'idempotency_key', 'k',
            'request_hash', given.digest('h'), 'reason', 'a test', 'actor', 'tester',
            'debit_account', given.account('cash', asked.tenant),
            'credit_account',
            given.account('sales', asked.tenant),
            'amount',
            '10',
            'currency',
            'USD',
            'expires_at', clock_timestamp() + interval '1 hour'
        ) ORDER BY asked.nth
    ) AS asked
FROM (VALUES (1, 'shop'), (2, 'other')) AS asked (nth, tenant) \gset

SET LOCAL ROLE pgtill_service;

SELECT jsonb_agg(to_jsonb(held) ORDER BY held.hold_position) AS held
FROM ledger.post_holds(:'asked') AS held \gset

SELECT
    is(
        jsonb_path_query_array(:'held', '$[*].outcome'),
        '["held", "held"]',
        'a key that another organization used is free for a hold'
    );
SELECT
    results_eq(
        format('SELECT held.outcome, held.hold_id FROM ledger.post_holds(%L) AS held', :'asked'),
        format(
            'SELECT ''replayed'', hold.item ->> ''hold_id'''
            ' FROM jsonb_array_elements(%L) AS hold (item)',
            :'held'
        ),
        'and each is replayed its own'
    );

-- Accounts of the other organization

SELECT
    results_eq(
        format(
            $$
            SELECT held.outcome, held.details
            FROM ledger.post_holds(
                jsonb_build_array(
                    %1$L::jsonb -> 0 || jsonb_build_object(
                        'idempotency_key', 'd', 'debit_account', %2$L::text
                    ),
                    %1$L::jsonb -> 0 || jsonb_build_object(
                        'idempotency_key', 'c', 'credit_account', %2$L::text
                    )
                )
            ) AS held
            $$,
            :'asked', given.account('rent', 'other')
        ),
        format(
            $$
            VALUES ('unknown_account', jsonb_build_object('account', %1$L::text)),
                ('unknown_account', jsonb_build_object('account', %1$L::text))
            $$,
            given.account('rent', 'other')
        ),
        'an account of another organization is unknown, on whichever side'
    );
-- Endings

SELECT
    jsonb_agg(
        jsonb_build_object(
            'organization_id', asked.item -> 'organization_id', 'idempotency_key', 'end',
            'request_hash', given.digest('e'), 'reason', 'a test', 'actor', 'tester',
            'hold_id', held.item ->> 'hold_id', 'action', 'settle', 'amount', '4'
        ) ORDER BY asked.nth
    ) AS endings
FROM jsonb_array_elements(:'asked') WITH ORDINALITY AS asked (item, nth)
INNER JOIN jsonb_array_elements(:'held') WITH ORDINALITY AS held (item, nth) ON asked.nth = held.nth
\gset

SELECT jsonb_agg(to_jsonb(ended)) AS ended
FROM ledger.resolve_holds(:'endings') AS ended \gset

SELECT
    is(
        jsonb_path_query_array(:'ended', '$[*].outcome'),
        '["settled", "settled"]',
        'a key that another organization used is free for an ending'
    );
SELECT
    results_eq(
        format(
            'SELECT to_jsonb(ended) - ''outcome'' FROM ledger.resolve_holds(%L) AS ended',
            :'endings'
        ),
        format(
            'SELECT ended.item - ''outcome'' FROM jsonb_array_elements(%L) AS ended (item)',
            :'ended'
        ),
        'and each is replayed its own, with its own journal'
    );

SELECT
    results_eq(
        format(
            'SELECT found.journal_id COLLATE "default" FROM ledger.get_hold(%s, %L) AS found',
            asked.tenant, :'held'::jsonb #>> ARRAY[asked.nth, 'hold_id']
        ),
        format('VALUES (%L)', :'ended'::jsonb #>> ARRAY[asked.nth, 'journal_id']),
        'a hold is shown with its own journal'
    )
FROM (VALUES ('0', :shop), ('1', :other)) AS asked (nth, tenant);

-- Statements, now that there are entries

SELECT
    is_empty(
        format(
            'SELECT line.* FROM ledger.account_statement(%s, %L, NULL, 10) AS line',
            asked.reader, given.account('cash', asked.owner)
        ),
        format('%s''s account has no statement for the other', asked.owner)
    )
FROM (VALUES (:shop, 'other'), (:other, 'shop')) AS asked (reader, owner);

-- Names of accounts

SELECT
    results_eq(
        $$
        SELECT opened.outcome, opened.account_id COLLATE "default"
        FROM ledger.open_accounts(
            jsonb_build_array(
                jsonb_build_object(
                    'organization_id', given.organization_id('shop'), 'name', 'cash', 'type', 'asset',
                    'currency', 'USD'
                )
            )
        ) AS opened
        $$,
        $$ SELECT 'replayed', given.account('cash') $$,
        'a name that another organization has, too, is one''s own account'
    );

-- Paths

RESET ROLE;
SELECT count(given.makers()) AS makers \gset
SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        format(
            $$
            SELECT made.outcome, made.path ->> 'base_path'
            FROM paths.allocate_paths(
                jsonb_build_array(
                    given.path_order('2.1', 'k', '{"request_hash": "%1$s"}'),
                    given.path_order(
                        '3.1', 'k', jsonb_build_object(
                            'organization_id', given.organization_id('coke'),
                            'user_id', given.user_id('cid'), 'request_hash', '%1$s'
                        )
                    )
                )
            ) AS made
            $$,
            given.digest('p')
        ),
        format('VALUES (%L, ''2.1''), (%L, ''3.1'')', asked.outcome, asked.outcome),
        asked.label
    )
FROM (
    VALUES
    ('allocated', 'a key that another organization used is free for a path'),
    ('replayed', 'and each is replayed its own path')
) AS asked (outcome, label);

SELECT
    results_eq(
        format(
            $$
            SELECT made.outcome, made.answer #>> '{paths,0,base_path}'
            FROM paths.allocate_batch(%s, %L, 'b', %L, 1, '[{"base_path": "%s.2"}]', TRUE) AS made
            $$,
            given.organization_id(asked.tenant),
            given.user_id(asked.person),
            given.digest('b'),
            asked.maker
        ),
        format('VALUES (''allocated'', ''%s.2'')', asked.maker),
        format('%s''s batch is its own', asked.tenant)
    )
FROM (VALUES ('ikea', 'ann', 2), ('coke', 'cid', 3)) AS asked (tenant, person, maker);

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
