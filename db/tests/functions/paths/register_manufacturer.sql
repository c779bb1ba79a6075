-- register_manufacturer(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(24);

-- Shape

SELECT
    is(
        given.shape(
            'paths.register_manufacturer(bigint, text, text, text, integer, text,'
            ' integer, text, text)'
        ),
        'volatile definer, pgtill_service',
        'callable by service only'
    );

-- Given IKEA in wallet 1, and two wallets more

SELECT count(given.makers()) AS makers \gset

INSERT INTO paths.wallet_versions (version_id, version_name, master_key_id)
VALUES (3, 'v3', 'plings_master_key_v3');

CREATE FUNCTION pg_temp.register(
    person text, key text, wallet integer, name text, index integer DEFAULT NULL,
    public_key text DEFAULT NULL, level text DEFAULT 'none'
)
RETURNS TABLE (replayed boolean, answer jsonb)
LANGUAGE sql
BEGIN ATOMIC
    SELECT
        made.replayed,
        made.answer
    FROM
        paths.register_manufacturer(
            given.organization_id(CASE register.person WHEN 'cid' THEN 'coke' ELSE 'ikea' END),
            given.user_id(register.person),
            register.key,
            given.digest(register.key),
            register.wallet,
            register.name,
            register.index,
            register.public_key,
            register.level
        ) AS made;
END;

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT made.replayed, made.answer ->> 'manufacturer_index', made.answer ->>
            'manufacturer_name', made.answer ->> 'status', made.answer ->> 'registered_by'
        FROM pg_temp.register('ann', 'k', NULL, ' ACME ') AS made
        $$,
        $$ VALUES (FALSE, '4', 'ACME', 'active', given.user_id('ann')) $$,
        'the index after the last, in the default wallet'
    );

SELECT
    results_eq(
        $$
        SELECT made.replayed, made.answer ->> 'manufacturer_index'
        FROM pg_temp.register('ann', 'k', NULL, ' ACME ') AS made
        $$,
        $$ VALUES (TRUE, '4') $$,
        'the key is answered again'
    );

SELECT
    results_eq(
        $$
        SELECT made.answer ->> 'manufacturer_index', made.answer ->> 'key_delegation_level'
        FROM pg_temp.register('ann', 'k1', 1, 'Rolex', 15, repeat('A', 44), 'full') AS made
        $$,
        $$ VALUES ('15', 'full') $$,
        'an index and a key that were given'
    );

SELECT
    results_eq(
        $$
        SELECT made.answer ->> 'manufacturer_index'
        FROM pg_temp.register('ann', 'k2', 2, 'IKEA') AS made
        $$,
        $$ VALUES ('2') $$,
        'a second home; the first of a wallet is 2'
    );

SELECT
    throws_ok(
        format('SELECT pg_temp.register(%s)', refused.asked),
        refused.code,
        refused.message,
        refused.description
    )
FROM (
    VALUES
    (
        '''cid'', ''k3'', 2, ''ACME''', 'TL211',
        'manufacturer name belongs to another organization', 'a name is of one organization'
    ),
    (
        '''ann'', ''k3'', 1, ''ACME''', 'TL210',
        'manufacturer name or index is taken', 'a name once a wallet'
    ),
    (
        '''ann'', ''k3'', 1, ''New'', 15', 'TL210',
        'manufacturer name or index is taken', 'an index once a wallet'
    ),
    ('''ann'', ''k3'', 9, ''New''', 'TL204', 'wallet version does not exist', 'no such wallet'),
    (
        '''bob'', ''k3'', 1, ''New''', 'TL206',
        'user may not act for the organization', 'a member may not'
    ),
    (
        '''ann'', ''k3'', 2, ''New'', 1', 'TL229',
        'manufacturer index 1 is Plings, and Plings is 1', '1 is Plings'
    ),
    (
        '''ann'', ''k3'', 2, ''Plings'', 2', 'TL229',
        'manufacturer index 1 is Plings, and Plings is 1', 'and Plings is 1'
    ),
    (
        '''ann'', ''k3'', 2, ''Plings''', 'TL211',
        'manufacturer name belongs to another organization', 'nor is Plings anybody''s'
    )
) AS refused (asked, code, message, description);

SELECT
    throws_ok(
        $$
        SELECT paths.register_manufacturer(given.organization_id('ikea'),
            given.user_id('ann'), 'k', given.digest('x'), 1, 'New')
        $$,
        'TL215',
        'idempotency key was used for another request',
        'a key is for one request'
    );

RESET ROLE;

UPDATE paths.manufacturer_registry SET organization_id = given.organization_id('coke')
WHERE manufacturer_name = 'Plings';

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT made.answer ->> 'manufacturer_index'
        FROM pg_temp.register('cid', 'k9', 2, 'Plings') AS made
        $$,
        $$ VALUES ('1') $$,
        'who has the name need not say 1'
    );

SELECT
    lives_ok(
        $$
        SELECT pg_temp.register('ann', 'k4', 1, 'Last', 2147483647)
        $$, 'the last index'
    );

SELECT
    results_eq(
        $$
        SELECT made.answer ->> 'manufacturer_index' FROM (VALUES (1, 'One'), (2, 'Two'), (3,
            'Three')) AS asked (nth, name) CROSS JOIN LATERAL
            paths.register_manufacturer(given.organization_id('coke'), given.user_id('cid'),
            'k' || asked.nth, given.digest(asked.name), 1, asked.name) AS made
        $$,
        $$ VALUES ('16'), ('17'), ('18') $$,
        'which shuts nobody out: after the last that has room'
    );

SELECT
    lives_ok(
        $$
        SELECT pg_temp.register('ann', 'k7', 1, 'Near', 2147483645)
        $$, 'one before the end'
    );

SELECT
    results_eq(
        $$
        SELECT made.answer ->> 'manufacturer_index' FROM (VALUES (4, 'Four'), (5, 'Five'))
            AS asked (nth, name) CROSS JOIN LATERAL
            paths.register_manufacturer(given.organization_id('coke'), given.user_id('cid'),
            'k' || asked.nth, given.digest(asked.name), 1, asked.name) AS made
        $$,
        $$ VALUES ('2147483646'), ('19') $$,
        'the room between is used, then that below'
    );

SELECT
    lives_ok(
        $$
        SELECT pg_temp.register('ann', 'k8', 3, 'Last of three', 2147483647)
        $$, 'the last index, first of all in a wallet without a Plings'
    );

SELECT
    results_eq(
        $$
        SELECT made.answer ->> 'manufacturer_index'
        FROM pg_temp.register('cid', 'k6', 3, 'Six') AS made
        $$,
        $$ VALUES ('2') $$,
        'leaves 2 for the next'
    );

RESET ROLE;

UPDATE paths.wallet_versions SET status = 'deprecated'
WHERE version_id = 2;

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        $$
        SELECT pg_temp.register('ann', 'k6', 2, 'New')
        $$,
        'TL205',
        'wallet version is not active',
        'a wallet must be active'
    );

RESET ROLE;

SELECT
    results_eq(
        $$
        SELECT lineage.canonical_name, lineage.current_wallet_version,
            lineage.assignment_reason, lineage.status FROM paths.manufacturer_lineage AS lineage
            WHERE lineage.canonical_name IN ('ACME', 'IKEA') ORDER BY lineage.id
        $$,
        $$
        VALUES ('IKEA', 1, 'initial_setup', 'active'), ('ACME', 1, 'initial_setup',
            'active'), ('IKEA', 2, 'environment_separation', 'completed')
        $$,
        'the lineage says where a name is'
    );

SELECT
    results_eq(
        $$
        SELECT node.kind FROM paths.path_nodes AS node WHERE node.wallet_version = 1 AND
            node.base_path = '15'
        $$,
        $$ VALUES ('branch') $$,
        'each has the root of its branch'
    );

SELECT * FROM finish();
ROLLBACK;
