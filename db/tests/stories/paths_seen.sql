-- What a key is shown: its organization's own, to a super-admin everything. What is another's is as
-- if it were not there: the same answer by id, by cursor and in lists as for what never was.
\ir ../support/begin.psql

SELECT plan(9);

-- Given IKEA and Coca-Cola with paths, a product and a transfer each, and an incident over both

SELECT count(given.makers()) AS makers \gset

INSERT INTO paths.manufacturer_path_schemas (
    wallet_version, manufacturer_index, path_level, level_name
)
VALUES (1, 2, 3, 'region'), (1, 3, 3, 'drink');
INSERT INTO paths.path_level_values (
    wallet_version, manufacturer_index, path_level, level_value, value_name, gs1_code, sku_reference
)
VALUES (1, 2, 3, 4, 'Europe', '414', 'EU'), (1, 3, 3, 7, 'Zero', NULL, 'CZ');

-- Who asks: IKEA's owner, a machine of IKEA's, Coca-Cola's admin, and a super-admin
CREATE TEMPORARY VIEW askers AS
SELECT
    asked.nth,
    asked.who,
    given.organization_id(asked.tenant) AS organization_id,
    given.user_id(asked.person) AS user_id
FROM (
    VALUES
    (1, 'owner', 'ikea', 'ann'), (2, 'machine', 'ikea', NULL), (3, 'stranger', 'coke', 'cid'),
    (4, 'super-admin', 'coke', 'sue')
) AS asked (nth, who, tenant, person);
GRANT SELECT ON askers TO pgtill_service;

SET LOCAL ROLE pgtill_service;

SELECT count(made) AS made
FROM paths.allocate_paths(
    jsonb_build_array(
        given.path_order('2.4'), given.path_order('2.5'),
        given.path_order('3.7', 'c1', jsonb_build_object(
            'organization_id', given.organization_id('coke'), 'user_id', given.user_id('cid')
        )),
        given.path_order('3.8', 'c2', jsonb_build_object(
            'organization_id', given.organization_id('coke'), 'user_id', given.user_id('cid')
        ))
    )
) AS made \gset
SELECT made.answer ->> 'id' AS proposal
FROM
    paths.propose(
        given.organization_id('ikea'), given.user_id('sue'), 'p', given.digest('p'),
        'set_default_wallet', '{"version_id": 2}'
    ) AS made
\gset
SELECT responded.answer ->> 'id' AS incident
FROM
    paths.respond_to_key_compromise(
        given.organization_id('ikea'), given.user_id('sue'), 'i', given.digest('i'), 1,
        'stolen', 'hsm:3'
    ) AS responded
\gset
SELECT
    max(shown.transfer_id) FILTER (WHERE shown.transfer ->> 'source_index' = '2') AS ours,
    max(shown.transfer_id) FILTER (WHERE shown.transfer ->> 'source_index' = '3') AS theirs
FROM paths.list_transfers(NULL, given.user_id('sue'), NULL, 9, NULL) AS shown
\gset

SELECT
    results_eq(
        $$
        SELECT
            asker.who COLLATE "C",
            ARRAY(
                SELECT shown.manufacturer_index
                FROM paths.list_manufacturers(asker.organization_id, asker.user_id, 1, NULL, 9) AS shown
            ),
            (
                SELECT count(*)
                FROM paths.get_manufacturer(asker.organization_id, asker.user_id, 1, 2)
            ),
            (
                SELECT count(*)
                FROM paths.find_manufacturer(asker.organization_id, asker.user_id, 'Plings')
            ),
            ARRAY(
                SELECT shown.base_path
                FROM paths.list_paths(asker.organization_id, asker.user_id, 1, NULL, NULL, 9) AS shown
            ),
            (SELECT count(*) FROM paths.get_path(asker.organization_id, asker.user_id, 1, '2.4'))
        FROM askers AS asker
        ORDER BY asker.nth
        $$,
        $$
        VALUES
        ('owner' COLLATE "C", '{2}'::integer[], 1::bigint, 0::bigint, '{2.4,2.5}'::text[], 1::bigint),
        ('machine', '{2}', 1, 0, '{2.4,2.5}', 1),
        ('stranger', '{3}', 0, 0, '{3.7,3.8}', 0),
        ('super-admin', '{1,2,3}', 1, 1, '{2.4,2.5,3.7,3.8}', 1)
        $$,
        'manufacturers and paths'
    );

SELECT
    results_eq(
        $$
        SELECT
            asker.who,
            (
                SELECT count(*)
                FROM paths.list_path_schemas(asker.organization_id, asker.user_id, 1, 2)
            ),
            (
                SELECT count(*)
                FROM paths.list_level_values(
                    asker.organization_id, asker.user_id, 1, 2, 3, NULL, 9
                )
            ),
            (
                SELECT count(*)
                FROM paths.find_by_gs1(asker.organization_id, asker.user_id, '414', 9) AS found
                WHERE found.wallet_version = 1
            ),
            (
                SELECT count(*)
                FROM paths.find_by_sku(asker.organization_id, asker.user_id, 'CZ', 9) AS found
                WHERE found.wallet_version = 1
            )
        FROM askers AS asker
        ORDER BY asker.nth
        $$,
        $$
        VALUES
        ('owner', 1::bigint, 1::bigint, 1::bigint, 0::bigint),
        ('machine', 1, 1, 1, 0),
        ('stranger', 0, 0, 0, 1),
        ('super-admin', 1, 1, 1, 1)
        $$,
        'levels, values and products'
    );

SELECT
    results_eq(
        format(
            $$
            SELECT
                asker.who,
                ARRAY(
                    SELECT shown.transfer ->> 'manufacturer_name'
                    FROM paths.list_transfers(
                        asker.organization_id, asker.user_id, NULL, 9, NULL
                    ) AS shown
                ),
                (SELECT count(*) FROM paths.get_transfer(asker.organization_id, asker.user_id, %L)),
                (SELECT count(*) FROM paths.get_transfer(asker.organization_id, asker.user_id, 'x'))
            FROM askers AS asker
            ORDER BY asker.nth
            $$,
            :'ours'
        ),
        $$
        VALUES
        ('owner', '{IKEA}'::text[], 1::bigint, 0::bigint),
        ('machine', '{IKEA}', 1, 0),
        ('stranger', '{Coca-Cola}', 0, 0),
        ('super-admin', '{Coca-Cola,IKEA,Plings}', 1, 0)
        $$,
        'transfers; another''s by id is as one that is not there'
    );

SELECT
    results_eq(
        format(
            $$
            SELECT cursor.what, count(shown)
            FROM (VALUES (1, 'another''s', %L), (2, 'no', 'x')) AS cursor (nth, what, after_id)
            LEFT JOIN LATERAL paths.list_transfers(
                given.organization_id('ikea'), given.user_id('ann'), cursor.after_id, 9, NULL
            ) AS shown ON TRUE
            GROUP BY cursor.nth, cursor.what
            ORDER BY cursor.nth
            $$,
            :'theirs'
        ),
        $$ VALUES ('another''s', 0::bigint), ('no', 0) $$,
        'nor does a cursor tell them apart: ours is older than theirs, and yet not after it'
    );

SELECT
    results_eq(
        format(
            $$
            SELECT
                asker.who,
                shown.incident -> 'progress' ->> 'transfers_open',
                shown.incident -> 'progress' ->> 'paths_total',
                jsonb_path_query_array(shown.incident, '$.transfers[*].manufacturer_name'),
                jsonb_path_query_array(
                    shown.incident, '$.steps[*] ? (@.action like_regex "open|plings").subject'
                ),
                jsonb_path_query_array(shown.incident, '$.steps[*].step')
            FROM askers AS asker
            CROSS JOIN LATERAL paths.get_incident(asker.organization_id, asker.user_id, %L) AS shown
            ORDER BY asker.nth
            $$,
            :'incident'
        ),
        $$
        VALUES
        ('owner', '1', '2', '["IKEA"]'::jsonb, '["IKEA"]'::jsonb, '[1, 2, 3, 4]'::jsonb),
        ('machine', '1', '2', '["IKEA"]', '["IKEA"]', '[1, 2, 3, 4]'),
        ('stranger', '1', '2', '["Coca-Cola"]', '["Coca-Cola"]', '[1, 2, 3, 4]'),
        (
            'super-admin', '2', '4', '["Plings", "IKEA", "Coca-Cola"]',
            '["Plings", "IKEA", "Coca-Cola"]', '[1, 2, 3, 4, 5, 6]'
        )
        $$,
        'of an incident, what is about one''s own manufacturers'
    );

RESET ROLE;
INSERT INTO identity.organizations (name) VALUES ('acme');
SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        format(
            $$
            SELECT
                (
                    SELECT count(*)
                    FROM paths.list_incidents(given.organization_id('acme'), NULL, NULL, 9)
                ),
                (SELECT count(*) FROM paths.get_incident(given.organization_id('acme'), NULL, %1$L)),
                (
                    SELECT count(*)
                    FROM paths.list_incidents(given.organization_id('acme'), NULL, %1$L, 9)
                ),
                (SELECT count(*) FROM paths.list_incidents(given.organization_id('ikea'), NULL, NULL, 9))
            $$,
            :'incident'
        ),
        $$ VALUES (0::bigint, 0::bigint, 0::bigint, 1::bigint) $$,
        'whom an incident does not touch is not told of it'
    );

SELECT
    results_eq(
        format(
            $$
            SELECT
                asker.who,
                (SELECT count(*) FROM paths.list_proposals(asker.user_id, NULL, 9)),
                (SELECT count(*) FROM paths.get_proposal(asker.user_id, %L))
            FROM askers AS asker
            ORDER BY asker.nth
            $$,
            :'proposal'
        ),
        $$
        VALUES
        ('owner', 0::bigint, 0::bigint), ('machine', 0, 0), ('stranger', 0, 0), ('super-admin', 1, 1)
        $$,
        'proposals are super-admins'' business'
    );

-- What changes something

SELECT
    throws_ok(
        format(
            $$
            SELECT moved.* FROM paths.continue_transfer(
                given.organization_id('coke'), given.user_id('cid'), %L, 1
            ) AS moved
            $$,
            :'ours'
        ),
        'TL218',
        'transfer does not exist',
        'another''s transfer is not there to be continued'
    );

SELECT count(step) AS steps
FROM paths.continue_transfer(NULL, given.user_id('sue'), :'ours', 9) AS step \gset

SELECT
    results_eq(
        $$
        SELECT
            asker.who,
            paths.verify_across_wallets(asker.organization_id, asker.user_id, 1, '2.4', 3)
        FROM askers AS asker
        ORDER BY asker.nth
        $$,
        $$ VALUES ('owner', TRUE), ('machine', TRUE), ('stranger', FALSE), ('super-admin', TRUE) $$,
        'another''s path was moved nowhere'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
