-- open_accounts(): the contract its COMMENT promises, clause by clause.
\ir ../../support/begin.psql

SELECT plan(22);

-- Shape

SELECT
    is(
        given.shape('ledger.open_accounts(jsonb)'),
        'volatile definer, pgtill_operator pgtill_service',
        'service and operators open'
    );

-- Given an organization

INSERT INTO identity.organizations (name) VALUES ('shop');
SELECT tenant.id AS shop FROM identity.organizations AS tenant
WHERE tenant.name = 'shop' \gset

-- One account to open; `fields` adds fields or replaces them.
CREATE FUNCTION given.wanted(name text, fields jsonb DEFAULT '{}')
RETURNS jsonb
LANGUAGE sql
STABLE
SECURITY DEFINER
BEGIN ATOMIC
    SELECT
        jsonb_build_object(
            'organization_id',
            tenant.id,
            'name',
            wanted.name,
            'type',
            'liability',
            'currency',
            'USD'
        ) || wanted.fields
    FROM identity.organizations AS tenant
    WHERE tenant.name = 'shop';
END;

CREATE FUNCTION given.opened(VARIADIC accounts jsonb[])
RETURNS text
LANGUAGE sql
BEGIN ATOMIC
    SELECT string_agg(answer.outcome, ', ' ORDER BY answer.account_position)
    FROM ledger.open_accounts(to_jsonb(opened.accounts)) AS answer;
END;

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA given TO public;

-- Acting as the service

SET LOCAL ROLE pgtill_service;

SELECT
    results_eq(
        $$
        SELECT answer.account_position, answer.outcome, answer.account_id ~ '^acc_[0-9a-f]{24}$'
        FROM ledger.open_accounts(
            jsonb_build_array(
                given.wanted('merchant:m_1', '{"floor": "-5", "ceiling": 5}'), given.wanted('fees')
            )
        ) AS answer
        $$,
        $$ VALUES (1, 'opened', TRUE), (2, 'opened', TRUE) $$,
        'a row an account, in order'
    );
SELECT
    results_eq(
        format(
            $$
            SELECT
                listed.name COLLATE "default", listed.type, listed.normal_side,
                listed.floor, listed.ceiling, listed.balance, listed.version
            FROM ledger.list_accounts(%s, NULL, 9) AS listed
            $$,
            :shop
        ),
        $$
        VALUES
        (
            'fees', 'liability', 'CREDIT', NULL::numeric, NULL::numeric,
            0::numeric, 0::bigint
        ),
        ('merchant:m_1', 'liability', 'CREDIT', -5, 5, 0, 0)
        $$,
        'as they were asked for, with nothing in them'
    );
SELECT
    results_eq(
        $$
        SELECT answer.outcome, answer.account_id
        FROM ledger.open_accounts(jsonb_build_array(given.wanted('fees'))) AS answer
        $$,
        format(
            $$
            SELECT 'replayed', listed.account_id
            FROM ledger.list_accounts(%s, NULL, 9, 'fees') AS listed
            $$,
            :shop
        ),
        'the same again: the account that is there'
    );
SELECT
    is(
        given.opened(
            given.wanted('fees', '{"type": "revenue"}'), given.wanted('fees', '{"floor": 0}'),
            given.wanted('fees', '{"ceiling": 0}'), given.wanted('merchant:m_1', '{"floor": -5}')
        ),
        'account_conflict, account_conflict, account_conflict, account_conflict',
        'another type, other limits or fewer of them: what they are never changes'
    );
SELECT
    is(
        (
            SELECT answer.account_id
            FROM ledger.open_accounts(
                jsonb_build_array(given.wanted('fees', '{"type": "revenue"}'))
            ) AS answer
        ),
        (
            SELECT listed.account_id FROM ledger.list_accounts(:shop, NULL, 9, 'fees') AS listed
        ),
        '… and which it is, is told'
    );
SELECT
    is(
        given.opened(
            given.wanted('fees', '{"currency": "EUR"}'),
            given.wanted('fees', '{"currency": "XXX"}'),
            given.wanted('fees', '{"currency": null}'), given.wanted('fees', '{"currency": "eur"}')
        ),
        'opened, unknown_currency, unknown_currency, unknown_currency',
        'one name in each currency that there is; refused, it leaves its neighbours alone'
    );
SELECT
    is(
        given.opened(
            given.wanted('twice'), given.wanted('twice'), given.wanted('twice', '{"type": "asset"}')
        ),
        'opened, replayed, account_conflict',
        'thrice in a batch: the first leads'
    );
SELECT
    is(
        given.opened(
            given.wanted(
                'wide',
                jsonb_build_object('floor', '-' || repeat('9', 78), 'ceiling', repeat('9', 78))
            )
        ),
        'opened',
        'limits have 78 digits'
    );
SELECT
    is_empty(
        format('SELECT answer.* FROM ledger.open_accounts(%L) AS answer', nothing.accounts),
        'none asked, no rows'
    )
FROM (
    VALUES ('[]'), (NULL)
) AS nothing (accounts);

-- Refusals that raise

SELECT
    throws_ok(
        format('SELECT given.opened(given.wanted(%L, %L))', 'bad', bad.fields),
        bad.code, bad.message, bad.label
    )
FROM (
    VALUES
    (
        '{"type": "money"}', '22P02',
        'invalid input value for enum ledger.account_type: "money"',
        'a type that is none'
    ),
    (
        '{"floor": "low"}', '22P02',
        'invalid input syntax for type numeric: "low"',
        'a floor that is no number'
    ),
    (
        '{"name": null}', '23502',
        'null value in column "name" of relation "accounts" violates not-null constraint',
        'no name'
    ),
    (
        '{"type": null}', '23502',
        'null value in column "type" of relation "accounts" violates not-null constraint',
        'no type'
    ),
    (
        '{"organization_id": null}', '23502',
        'null value in column "organization_id" of relation "accounts"'
        ' violates not-null constraint',
        'no organization'
    ),
    (
        '{"organization_id": -1}', '23503',
        'insert or update on table "accounts"'
        ' violates foreign key constraint "accounts_organization_fk"',
        'an organization that does not exist'
    ),
    (
        '{"name": "a b"}', '23514',
        'new row for relation "accounts" violates check constraint "accounts_name_shape"',
        'a name that is no path'
    ),
    (
        '{"floor": 1}', '23514',
        'new row for relation "accounts" violates check constraint "accounts_floor_kept"',
        'a floor above zero'
    ),
    (
        '{"ceiling": -1}', '23514',
        'new row for relation "accounts" violates check constraint "accounts_ceiling_kept"',
        'a ceiling below zero'
    )
) AS bad (fields, code, message, label);

RESET ROLE;
SET LOCAL ROLE pgtill_auditor;

SELECT
    throws_ok(
        'SELECT answer.* FROM ledger.open_accounts(''[]'') AS answer',
        '42501', 'permission denied for function open_accounts', 'auditors do not open'
    );

RESET ROLE;

SELECT
    is(
        (
            SELECT count(*) FROM ledger.accounts AS account
            WHERE account.name = 'bad'
        ),
        0::bigint,
        'refused calls opened nothing'
    );

SELECT * FROM finish();
ROLLBACK;
