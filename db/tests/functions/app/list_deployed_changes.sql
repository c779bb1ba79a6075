-- list_deployed_changes(): the contract its COMMENT promises.
\ir ../../support/begin.psql

SELECT plan(5);

-- Shape

SELECT
    is(
        given.shape('app.list_deployed_changes()'),
        'stable definer, pgtill_operator pgtill_service',
        'the service and operators call it'
    );

-- Given a change of another project in the same registry

INSERT INTO sqitch.projects (project, uri, creator_name, creator_email)
VALUES ('other', NULL, 'somebody', 'somebody@example.org');
INSERT INTO sqitch.changes (
    change_id, script_hash, change, project, note,
    committed_at, committer_name, committer_email, planned_at, planner_name, planner_email
)
VALUES (
    repeat('0', 40), NULL, 'schemas/other', 'other', '',
    now(), 'somebody', 'somebody@example.org', now(), 'somebody', 'somebody@example.org'
);

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    is(
        (array(SELECT deployed.change FROM app.list_deployed_changes() AS deployed))[1:2],
        ARRAY['roles/pgtill_owner', 'roles/pgtill_service'],
        'oldest first'
    );
SELECT
    is(
        count(*) FILTER (WHERE deployed.change = 'functions/app/list_deployed_changes'),
        1::bigint,
        'itself among them'
    )
FROM app.list_deployed_changes() AS deployed;
SELECT
    is(
        count(*) FILTER (WHERE deployed.change = 'schemas/other'),
        0::bigint,
        'nothing of other projects'
    )
FROM app.list_deployed_changes() AS deployed;

-- Refusals

SELECT
    throws_ok(
        'SELECT deployed.change FROM sqitch.changes AS deployed',
        '42501',
        'permission denied for schema sqitch',
        'the service reads the registry no other way'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
