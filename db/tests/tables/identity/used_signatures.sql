-- used_signatures: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table identity.used_signatures

SELECT plan(10);

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'signature', '\x' || repeat('0' || nth, 32), 'kept_until', '2026-01-01T00:00:00Z'
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('used_signatures_pk', jsonb_build_object('signature', '\x' || repeat('01', 32))),
('used_signatures_signature_length', jsonb_build_object('signature', '\x' || repeat('01', 31))),
('used_signatures_signature_length', jsonb_build_object('signature', '\x' || repeat('01', 33)));

\ir ../../support/refusals.psql

SELECT is(rel.relpersistence::text, 'p', 'a crash forgets no signature: the table is logged')
FROM pg_class AS rel
WHERE rel.oid = 'identity.used_signatures'::regclass;

SELECT * FROM finish();
ROLLBACK;
