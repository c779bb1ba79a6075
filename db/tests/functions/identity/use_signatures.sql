-- use_signatures(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(22);

-- Shape

SELECT
    is(
        given.shape('identity.use_signatures(bytea[], timestamptz[])'),
        'volatile definer, pgtill_service',
        'only the service calls it'
    );

CREATE FUNCTION pg_temp.used(names text[], seconds_ago numeric DEFAULT 0)
RETURNS boolean[]
LANGUAGE sql
AS $function$
SELECT identity.use_signatures(
    ARRAY(
        SELECT decode(given.digest(item.name), 'hex')
        FROM unnest(names) WITH ORDINALITY AS item (name, place) ORDER BY item.place
    ),
    ARRAY(
        SELECT date_trunc('second', now()) - make_interval(secs => seconds_ago::double precision)
        FROM unnest(names)
    )
)
$function$;

GRANT EXECUTE ON FUNCTION pg_temp.used(text[], numeric) TO public;

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT is(pg_temp.used(asked.names, asked.seconds_ago), asked.answers, asked.label)
FROM (
    VALUES
    (ARRAY['a'], 0, ARRAY[TRUE], 'a new signature is good'),
    (ARRAY['a'], 0, ARRAY[FALSE], 'once'),
    (ARRAY['a'], 10, ARRAY[FALSE], 'whatever time is said to be its own'),
    (
        ARRAY['c', 'b', 'a', 'b', 'c', 'd'], 0, ARRAY[TRUE, TRUE, FALSE, FALSE, FALSE, TRUE],
        'one answer an item, in order; twice in one call is once'
    ),
    (ARRAY['e'], 300, ARRAY[TRUE], '300 seconds old is good'),
    (ARRAY['f'], 300.001, ARRAY[FALSE], 'older is not'),
    (ARRAY['f'], 0, ARRAY[TRUE], 'and was not used up by that'),
    (ARRAY['g'], -300, ARRAY[TRUE], '300 seconds ahead is good'),
    (ARRAY['h'], -301, ARRAY[FALSE], 'further is not'),
    ('{}', 0, '{}', 'no items, no answers')
) AS asked (names, seconds_ago, answers, label);

-- Refusals

SELECT
    throws_ok(
        'SELECT identity.use_signatures(ARRAY[''\x01''::bytea], ARRAY[now()])',
        '23514',
        'new row for relation "used_signatures" violates check constraint'
        ' "used_signatures_signature_length"',
        'what is no signature is refused'
    );

SET LOCAL ROLE pgtill_operator;

SELECT
    throws_ok(
        'SELECT identity.use_signatures(NULL, NULL)',
        '42501', 'permission denied for function use_signatures', 'operators use none up'
    );

RESET ROLE;

-- State after, and how it stays small

SELECT
    results_eq(
        $$
        SELECT count(*), min(used.kept_until) = date_trunc('second', now()) + interval '61 seconds',
            max(used.kept_until) = date_trunc('second', now()) + interval '661 seconds'
        FROM identity.used_signatures AS used
        $$,
        'VALUES (7::bigint, TRUE, TRUE)',
        'each is kept a minute longer than it is good'
    );

UPDATE identity.used_signatures SET kept_until = now() - interval '1 second'
WHERE signature <> decode(given.digest('a'), 'hex');

SELECT is(pg_temp.used(ARRAY['x', 'y']), ARRAY[TRUE, TRUE], 'two come');
SELECT is(count(*), 5::bigint, 'and four that are worthless go') FROM identity.used_signatures;
SELECT is(pg_temp.used(ARRAY['a', 'z']), ARRAY[FALSE, TRUE], 'another comes');
SELECT is(count(*), 4::bigint, 'the last two go; what is good stays')
FROM identity.used_signatures AS used
WHERE used.kept_until > now();

UPDATE identity.used_signatures AS used
SET kept_until = now() - make_interval(secs => kept.age)
FROM (VALUES ('x', 2), ('y', 1), ('z', 3), ('a', 0)) AS kept (name, age)
WHERE used.signature = decode(given.digest(kept.name), 'hex');

SELECT is(pg_temp.used(ARRAY['q']), ARRAY[TRUE], 'one more comes');
SELECT
    bag_eq(
        'SELECT used.signature FROM identity.used_signatures AS used',
        format(
            'SELECT decode(given.digest(kept.name), ''hex'')'
            ' FROM unnest(%L::text[]) AS kept (name)',
            '{a,q,y}'
        ),
        'the oldest two go; one whose time ends now does not'
    );

SELECT is(pg_temp.used(ARRAY['r']), ARRAY[TRUE], 'and another');
SELECT
    bag_eq(
        'SELECT used.signature FROM identity.used_signatures AS used',
        format(
            'SELECT decode(given.digest(kept.name), ''hex'')'
            ' FROM unnest(%L::text[]) AS kept (name)',
            '{a,q,r}'
        ),
        '… not even where two may go'
    );

SELECT * FROM finish();
ROLLBACK;
