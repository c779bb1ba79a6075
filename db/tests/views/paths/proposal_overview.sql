-- proposal_overview: what super-admins asked for, and who decided it.
\ir ../../support/begin.psql

SELECT plan(2);

SELECT count(given.makers()) AS makers \gset

SET LOCAL ROLE pgtill_service;

SELECT
    given.proposed(
        'create_wallet_version', '{"master_key_id": "hsm:3", "version_name": "v3"}'
    ) AS proposal
\gset
SELECT count(done) AS done
FROM
    paths.reject(
        given.organization_id('ikea'), given.user_id('sam'), 'n', given.digest('n'), :'proposal'
    ) AS done
\gset

SET LOCAL ROLE pgtill_service;

SELECT
    throws_ok(
        'SELECT shown.* FROM paths.proposal_overview AS shown',
        '42501',
        'permission denied for view proposal_overview',
        'the service does not read it'
    );

SET LOCAL ROLE pgtill_auditor;

SELECT
    results_eq(
        $$
        SELECT
            shown.action, shown.arguments, shown.status, shown.proposed_by, shown.decided_by
        FROM paths.proposal_overview AS shown
        $$,
        $$
        VALUES (
            'create_wallet_version', '{"version_name": "v3"}'::jsonb, 'rejected',
            given.user_id('sue'), given.user_id('sam')
        )
        $$,
        'two people; where a key is kept is not shown'
    );

RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
