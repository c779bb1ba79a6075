-- organization_members: each named rule refuses a bad row and a later wrong edit.
\ir ../../support/begin.psql
\set table identity.organization_members

SELECT plan(15);

INSERT INTO identity.organizations (id, name) OVERRIDING SYSTEM VALUE VALUES (-1, 'shop');
INSERT INTO identity.users (id, email) OVERRIDING SYSTEM VALUE
SELECT
    -nth AS id,
    format('user%s@example.org', nth) AS email
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE good AS
SELECT
    nth,
    jsonb_build_object(
        'organization_id', -1, 'user_id', -nth, 'role', (ARRAY['owner', 'admin', 'member'])[nth]
    ) AS fields
FROM generate_series(1, 3) AS nth;

CREATE TEMPORARY TABLE refused (rule, fields) AS
VALUES
('organization_members_pk', '{"user_id": -1}'::jsonb),
('organization_members_organization_fk', '{"organization_id": -2}'),
('organization_members_user_fk', '{"user_id": -4}'),
('organization_members_role_known', '{"role": "Owner"}'),
('organization_members_role_known', '{"role": ""}');

\ir ../../support/refusals.psql

SELECT
    throws_ok(
        'DELETE FROM identity.users WHERE id = -1',
        '23503',
        'update or delete on table "users" violates foreign key constraint'
        ' "organization_members_user_fk"'
        ' on table "organization_members"',
        'a user who belongs somewhere is not removed'
    );
SELECT
    throws_ok(
        'DELETE FROM identity.organizations WHERE id = -1',
        '23503',
        'update or delete on table "organizations" violates foreign key constraint'
        ' "organization_members_organization_fk" on table "organization_members"',
        'an organization that has members is not removed'
    );

SELECT * FROM finish();
ROLLBACK;
