-- House rules that a reviewer would otherwise have to remember, asked of the catalogue. Each rule
-- is a
-- query that answers what breaks it. After they were found to be kept, each is broken on purpose: a
-- rule
-- that says nothing then would prove nothing.
\ir support/begin.psql

SELECT count(*) > 0 AS has_plpgsql_check
FROM pg_extension AS extension
WHERE extension.extname = 'plpgsql_check' \gset

SELECT plan(42);

-- What the rules are about

CREATE TEMPORARY VIEW ours AS
SELECT namespace.oid
FROM pg_namespace AS namespace
WHERE namespace.nspname IN ('identity', 'app', 'wallets', 'paths', 'ledger');

CREATE TEMPORARY VIEW ours_functions AS
SELECT
    fn.oid,
    fn.oid::regprocedure AS name,
    fn.proowner,
    fn.prosecdef,
    fn.proconfig,
    fn.prorettype,
    fn.proname,
    fn.pronamespace::regnamespace AS namespace,
    CASE WHEN fn.prokind IN ('f', 'p') THEN pg_get_functiondef(fn.oid) END AS definition,
    coalesce(obj_description(fn.oid, 'pg_proc'), '') AS contract
FROM pg_proc AS fn
WHERE fn.pronamespace IN (SELECT ours.oid FROM ours);

CREATE TEMPORARY VIEW ours_relations AS
SELECT
    rel.oid,
    rel.oid::regclass AS name,
    rel.relname,
    rel.relkind,
    rel.relowner
FROM pg_class AS rel
WHERE
    rel.relnamespace IN (SELECT ours.oid FROM ours)
    AND rel.relkind IN ('r', 'p', 'v', 'm', 'S', 'f');

CREATE TEMPORARY VIEW roles AS
SELECT role.name
FROM (
    VALUES ('public'), ('pgtill_service'), ('pgtill_operator'), ('pgtill_auditor')
) AS role (name);

-- Each SQLSTATE that a function raises itself or through a function that it calls
CREATE TEMPORARY VIEW raised AS
WITH RECURSIVE known AS MATERIALIZED (
    SELECT
        fn.oid,
        fn.definition,
        format('%s.%s(', fn.namespace, fn.proname) AS call
    FROM ours_functions AS fn
),

calls AS MATERIALIZED (
    SELECT
        caller.oid AS caller,
        callee.oid AS callee
    FROM known AS caller
    INNER JOIN known AS callee
        ON caller.oid <> callee.oid AND strpos(caller.definition, callee.call) > 0
),

found (oid, sqlstate) AS (
    SELECT
        known.oid,
        CASE code.name[1] WHEN 'serialization_failure' THEN '40001' ELSE code.name[1] END
    FROM known
    CROSS JOIN LATERAL regexp_matches(known.definition, 'ERRCODE = ''(\w+)''', 'g') AS code (name)
    UNION
    SELECT
        calls.caller,
        found.sqlstate
    FROM found
    INNER JOIN calls ON found.oid = calls.callee
)

SELECT
    found.oid,
    found.sqlstate
FROM found;

-- The rules

CREATE TEMPORARY TABLE rules (rule text NOT NULL, query text NOT NULL);

INSERT INTO rules (rule, query)
VALUES
(
    'every SECURITY DEFINER function pins its search_path, and runs as pgtill_owner',
    $$
    SELECT fn.name
    FROM ours_functions AS fn
    WHERE fn.prosecdef
        AND NOT (
            coalesce(fn.proconfig, '{}') @> ARRAY['search_path=pg_catalog, pg_temp']
            AND fn.proowner = 'pgtill_owner'::regrole
        )
    $$
),
(
    'everything is owned by pgtill_owner',
    $$
    SELECT fn.name::text FROM ours_functions AS fn WHERE fn.proowner <> 'pgtill_owner'::regrole
    UNION ALL
    SELECT rel.name::text FROM ours_relations AS rel WHERE rel.relowner <> 'pgtill_owner'::regrole
    UNION ALL
    SELECT namespace.nspname::text
    FROM pg_namespace AS namespace
    WHERE namespace.oid IN (SELECT ours.oid FROM ours) AND namespace.nspowner <> 'pgtill_owner'::regrole
    $$
),
(
    'nobody logs in as pgtill_owner, and none of the other roles may become it',
    $$
    SELECT role.rolname
    FROM pg_roles AS role
    WHERE role.rolname LIKE 'pgtill\_%'
        AND (
            role.rolsuper
            OR role.rolcreaterole
            OR role.rolcreatedb
            OR role.rolbypassrls
            OR role.rolreplication
            OR (role.rolname = 'pgtill_owner' AND role.rolcanlogin)
            OR (role.rolname <> 'pgtill_owner' AND pg_has_role(role.oid, 'pgtill_owner', 'member'))
        )
    $$
),
(
    'nothing is executable by PUBLIC',
    $$
    SELECT fn.name FROM ours_functions AS fn WHERE has_function_privilege('public', fn.oid, 'execute')
    $$
),
(
    'who may execute what is exactly this list',
    $$
    (
        SELECT role.name, fn.name::text
        FROM roles AS role
        CROSS JOIN ours_functions AS fn
        WHERE has_function_privilege(role.name, fn.oid, 'execute')
        EXCEPT
        SELECT allowed.role, allowed.name::regprocedure::text FROM allowed
    )
    UNION ALL
    (
        SELECT allowed.role, allowed.name::regprocedure::text FROM allowed
        EXCEPT
        SELECT role.name, fn.name::text
        FROM roles AS role
        CROSS JOIN ours_functions AS fn
        WHERE has_function_privilege(role.name, fn.oid, 'execute')
    )
    $$
),
(
    'the service has no right on any table, view, sequence or column',
    $$
    SELECT rel.name
    FROM ours_relations AS rel
    WHERE CASE rel.relkind
        WHEN 'S' THEN has_sequence_privilege('pgtill_service', rel.oid, 'usage, select, update')
        ELSE
            has_any_column_privilege(
                'pgtill_service',
                rel.oid,
                'select, insert, update, references'
            )
            OR has_table_privilege('pgtill_service', rel.oid, 'delete, truncate, trigger')
    END
    $$
),
(
    'operators and auditors read views, and have no other right on any relation',
    $$
    SELECT role.name, rel.name
    FROM roles AS role
    CROSS JOIN ours_relations AS rel
    WHERE CASE
        WHEN rel.relkind = 'S' THEN has_sequence_privilege(role.name, rel.oid, 'usage, select, update')
        ELSE
            has_any_column_privilege(role.name, rel.oid, 'insert, update, references')
            OR has_table_privilege(role.name, rel.oid, 'delete, truncate, trigger')
            OR (
                has_any_column_privilege(role.name, rel.oid, 'select')
                AND NOT (rel.relkind = 'v' AND role.name IN ('pgtill_operator', 'pgtill_auditor'))
            )
    END
    $$
),
(
    'nobody but the owner makes anything in the schemas, and nobody anything temporary',
    $$
    SELECT role.name
    FROM roles AS role
    CROSS JOIN ours
    WHERE has_schema_privilege(role.name, ours.oid, 'create')
        OR has_database_privilege(role.name, current_database(), 'create, temporary')
    $$
),
(
    'every function, relation, column and schema has a COMMENT',
    $$
    SELECT fn.name::text FROM ours_functions AS fn WHERE fn.contract = ''
    UNION ALL
    SELECT rel.name::text
    FROM ours_relations AS rel
    WHERE rel.relkind <> 'S' AND obj_description(rel.oid, 'pg_class') IS NULL
    UNION ALL
    SELECT format('%s.%I', rel.name, col.attname)
    FROM ours_relations AS rel
    INNER JOIN pg_attribute AS col ON col.attrelid = rel.oid
    WHERE rel.relkind <> 'S'
        AND col.attnum > 0
        AND NOT col.attisdropped
        AND col_description(rel.oid, col.attnum) IS NULL
    UNION ALL
    SELECT namespace.nspname::text
    FROM pg_namespace AS namespace
    WHERE namespace.oid IN (SELECT ours.oid FROM ours)
        AND obj_description(namespace.oid, 'pg_namespace') IS NULL
    $$
),
(
    'what a function raises stands in its COMMENT under Raises; for a private helper, in its'
    ' callers''',
    $$
    SELECT fn.name, raised.sqlstate
    FROM raised
    INNER JOIN ours_functions AS fn ON fn.oid = raised.oid
    WHERE substring(fn.contract FROM 'Raises\n.*') !~ format('\m%s\M', raised.sqlstate)
        OR (fn.contract !~ 'Raises\n' AND fn.contract !~ 'Private to ')
    $$
),
(
    'a COMMENT promises no SQLSTATE of ours that its function does not raise',
    $$
    SELECT fn.name, promised.code[1]
    FROM ours_functions AS fn
    CROSS JOIN LATERAL regexp_matches(fn.contract, '\n  (TL\d\d\d)  ', 'g') AS promised (code)
    WHERE NOT EXISTS (
        SELECT FROM raised
        WHERE raised.oid = fn.oid AND raised.sqlstate = promised.code[1]
    )
    $$
),
(
    'one SQLSTATE of ours has one message',
    $$
    SELECT found.said[2]
    FROM ours_functions AS fn
    CROSS JOIN LATERAL regexp_matches(
        fn.definition, 'RAISE EXCEPTION ''([^'']*)''\s+USING\s+ERRCODE = ''(TL\d\d\d)''', 'g'
    ) AS found (said)
    GROUP BY found.said[2]
    HAVING count(DISTINCT found.said[1]) > 1
    $$
),
(
    'no column, argument or answer has a type we regret',
    $$
    SELECT format('%s.%I', rel.name, col.attname)
    FROM ours_relations AS rel
    INNER JOIN pg_attribute AS col ON col.attrelid = rel.oid
    WHERE rel.relkind <> 'S'
        AND col.attnum > 0
        AND NOT col.attisdropped
        AND col.atttypid = ANY (ARRAY[
            'timestamp', 'timetz', 'money', 'json', 'bpchar', 'varchar', 'real', 'double precision',
            'timestamp[]', 'json[]', 'bpchar[]', 'varchar[]', 'real[]', 'double precision[]'
        ]::regtype[])
    UNION ALL
    SELECT fn.name::text
    FROM ours_functions AS fn
    WHERE format(
        '%s, %s', pg_get_function_arguments(fn.oid), pg_get_function_result(fn.oid)
    ) ~ '\m(timestamp without|time with|money|json|character|real|double precision)\M'
    $$
),
(
    'every foreign key leads an index, or one column of it does that alone names the row it points'
    ' at',
    $$
    SELECT con.conrelid::regclass, con.conname
    FROM pg_constraint AS con
    WHERE con.connamespace IN (SELECT ours.oid FROM ours)
        AND con.contype = 'f'
        AND NOT EXISTS (
            SELECT FROM pg_index AS idx
            WHERE idx.indrelid = con.conrelid
                -- Where it is NULL it points at nothing.
                AND coalesce(
                    pg_get_expr(idx.indpred, idx.indrelid) ~ '^\(\w+ IS NOT NULL\)$', TRUE
                )
                AND (
                    (idx.indkey::smallint[])[0:cardinality(con.conkey) - 1] @> con.conkey
                    -- A unique index over a part of it finds one row; the rest is a constant.
                    OR (idx.indisunique AND con.conkey @> idx.indkey::smallint[])
                    OR EXISTS (
                        SELECT FROM pg_index AS target
                        WHERE target.indrelid = con.confrelid
                            AND target.indisunique
                            AND target.indpred IS NULL
                            AND target.indnatts = 1
                            AND target.indkey[0] = con.confkey[array_position(con.conkey, idx.indkey[0])]
                    )
                )
        )
    $$
),
(
    'every constraint is named table_rule by hand',
    $$
    SELECT con.conrelid::regclass, con.conname
    FROM pg_constraint AS con
    INNER JOIN pg_class AS rel ON rel.oid = con.conrelid
    WHERE con.connamespace IN (SELECT ours.oid FROM ours)
        -- NOT NULL is a constraint with a name since PostgreSQL 18, triggers are elsewhere.
        AND con.contype NOT IN ('n', 't')
        AND (
            NOT starts_with(con.conname, rel.relname || '_')
            OR con.conname ~ CASE con.contype
                WHEN 'c' THEN '_check\d*$'
                WHEN 'f' THEN '(_fkey\d*|(?<!_fk))$'
                WHEN 'p' THEN '(?<!_pk)$'
                WHEN 'u' THEN '(?<!_unique)$'
                ELSE '_excl\d*$'
            END
        )
    $$
),
(
    'every index is named table_rule by hand, is a B-tree or a BRIN, and valid',
    $$
    SELECT idx.indexrelid::regclass
    FROM pg_index AS idx
    INNER JOIN pg_class AS index ON index.oid = idx.indexrelid
    INNER JOIN pg_am AS method ON method.oid = index.relam
    INNER JOIN ours_relations AS rel ON rel.oid = idx.indrelid
    WHERE method.amname NOT IN ('btree', 'brin')
        OR NOT idx.indisvalid
        OR NOT starts_with(index.relname, rel.relname || '_')
        OR index.relname !~ '_(idx|unique|pk)$'
    $$
),
(
    'no extension but those of the tests: the embedded server has none',
    $$
    SELECT extension.extname
    FROM pg_extension AS extension
    WHERE extension.extname <> 'plpgsql' AND extension.extnamespace <> 'tap'::regnamespace
    $$
),
(
    'a trigger that keeps a rule fires always, on replicas too',
    $$
    SELECT hook.tgrelid::regclass, hook.tgname
    FROM pg_trigger AS hook
    INNER JOIN ours_functions AS fn ON fn.oid = hook.tgfoid
    WHERE NOT hook.tgisinternal
        AND hook.tgenabled <> 'A'
        AND (fn.definition ~ 'RAISE EXCEPTION' OR fn.proname LIKE 'chain%')
    $$
),
(
    'every trigger function has a trigger',
    $$
    SELECT fn.name
    FROM ours_functions AS fn
    WHERE fn.prorettype = 'trigger'::regtype
        AND NOT EXISTS (SELECT FROM pg_trigger AS hook WHERE hook.tgfoid = fn.oid)
    $$
),
(
    'a view that must be empty calls nothing that keeps it from being read on every core',
    $$
    SELECT rel.name, fn.name
    FROM ours_relations AS rel
    INNER JOIN pg_rewrite AS rewrite ON rewrite.ev_class = rel.oid
    INNER JOIN pg_depend AS needed
        ON needed.classid = 'pg_rewrite'::regclass
            AND needed.objid = rewrite.oid
            AND needed.refclassid = 'pg_proc'::regclass
    INNER JOIN ours_functions AS fn ON fn.oid = needed.refobjid
    INNER JOIN pg_proc AS called ON called.oid = fn.oid
    WHERE rel.relname = 'anomalies' AND called.proparallel <> 's'
    $$
);

-- Who may execute what

CREATE TEMPORARY TABLE allowed (role text NOT NULL, name text NOT NULL);

INSERT INTO allowed (role, name)
VALUES
(
    'pgtill_service',
    'ledger.book_authorization(bigint, text, text, text, text, text, text, numeric)'
),
(
    'pgtill_service',
    'ledger.book_capture(bigint, text, text, text, text, text, text, text, numeric, numeric)'
),
(
    'pgtill_service',
    'ledger.book_dispute_lost(bigint, text, text, text, text, text, text, text, numeric, numeric)'
),
(
    'pgtill_service',
    'ledger.book_dispute_opened(bigint, text, text, text, text, text, text, numeric)'
),
('pgtill_service', 'ledger.book_dispute_won(bigint, text, text, text, text, text, text, numeric)'),
('pgtill_service', 'ledger.book_refund(bigint, text, text, text, text, text, text, text, numeric)'),
('pgtill_service', 'ledger.book_void(bigint, text, text, text, text, text, text, numeric)'),
('pgtill_service', 'ledger.expire_holds(integer)'),
('pgtill_service', 'ledger.get_hold(bigint, text)'),
('pgtill_service', 'ledger.list_chart()'),
('pgtill_service', 'ledger.post_holds(jsonb)'),
('pgtill_service', 'ledger.resolve_holds(jsonb)'),
(
    'pgtill_operator',
    'ledger.book_authorization(bigint, text, text, text, text, text, text, numeric)'
),
(
    'pgtill_operator',
    'ledger.book_capture(bigint, text, text, text, text, text, text, text, numeric, numeric)'
),
(
    'pgtill_operator',
    'ledger.book_dispute_lost(bigint, text, text, text, text, text, text, text, numeric, numeric)'
),
(
    'pgtill_operator',
    'ledger.book_dispute_opened(bigint, text, text, text, text, text, text, numeric)'
),
('pgtill_operator', 'ledger.book_dispute_won(bigint, text, text, text, text, text, text, numeric)'),
(
    'pgtill_operator',
    'ledger.book_refund(bigint, text, text, text, text, text, text, text, numeric)'
),
('pgtill_operator', 'ledger.book_void(bigint, text, text, text, text, text, text, numeric)'),
('pgtill_operator', 'ledger.expire_holds(integer)'),
('pgtill_operator', 'ledger.get_hold(bigint, text)'),
('pgtill_operator', 'ledger.list_chart()'),
('pgtill_operator', 'ledger.post_holds(jsonb)'),
('pgtill_operator', 'ledger.resolve_holds(jsonb)'),
('pgtill_auditor', 'ledger.get_hold(bigint, text)'),
('pgtill_auditor', 'ledger.list_chart()'),
(
    'pgtill_service',
    'ledger.account_statement(bigint, text, bigint, integer, timestamptz, timestamptz)'
),
('pgtill_service', 'ledger.balance_at(bigint, text, timestamptz)'),
('pgtill_service', 'ledger.export_entries(bigint, timestamptz, timestamptz, text, integer)'),
('pgtill_service', 'ledger.get_account(bigint, text)'),
('pgtill_service', 'ledger.get_journal(bigint, text)'),
('pgtill_service', 'ledger.list_accounts(bigint, text, integer, text)'),
('pgtill_service', 'ledger.list_currencies()'),
('pgtill_service', 'ledger.list_journals(bigint, text, integer, text)'),
('pgtill_service', 'ledger.open_accounts(jsonb)'),
('pgtill_service', 'ledger.post_journals(jsonb, boolean)'),
('pgtill_service', 'ledger.reverse_journals(jsonb)'),
('pgtill_service', 'ledger.trial_balance(bigint, timestamptz, text, integer)'),
('pgtill_service', 'ledger.verify(bigint, text)'),
(
    'pgtill_operator',
    'ledger.account_statement(bigint, text, bigint, integer, timestamptz, timestamptz)'
),
('pgtill_operator', 'ledger.balance_at(bigint, text, timestamptz)'),
('pgtill_operator', 'ledger.export_entries(bigint, timestamptz, timestamptz, text, integer)'),
('pgtill_operator', 'ledger.get_account(bigint, text)'),
('pgtill_operator', 'ledger.get_journal(bigint, text)'),
('pgtill_operator', 'ledger.list_accounts(bigint, text, integer, text)'),
('pgtill_operator', 'ledger.list_answered_holds(text[], text[], boolean)'),
('pgtill_operator', 'ledger.list_books()'),
('pgtill_operator', 'ledger.list_currencies()'),
('pgtill_operator', 'ledger.list_first_answers(text[], text[])'),
('pgtill_operator', 'ledger.list_journals(bigint, text, integer, text)'),
('pgtill_operator', 'ledger.list_opened_accounts(text[], text[])'),
('pgtill_operator', 'ledger.open_accounts(jsonb)'),
('pgtill_operator', 'ledger.post_journals(jsonb, boolean)'),
('pgtill_operator', 'ledger.record_daily_balances(date)'),
('pgtill_operator', 'ledger.reverse_journals(jsonb)'),
('pgtill_operator', 'ledger.trial_balance(bigint, timestamptz, text, integer)'),
('pgtill_operator', 'ledger.verify(bigint, text)'),
(
    'pgtill_auditor',
    'ledger.account_statement(bigint, text, bigint, integer, timestamptz, timestamptz)'
),
('pgtill_auditor', 'ledger.balance_at(bigint, text, timestamptz)'),
('pgtill_auditor', 'ledger.export_entries(bigint, timestamptz, timestamptz, text, integer)'),
('pgtill_auditor', 'ledger.get_account(bigint, text)'),
('pgtill_auditor', 'ledger.get_journal(bigint, text)'),
('pgtill_auditor', 'ledger.list_accounts(bigint, text, integer, text)'),
('pgtill_auditor', 'ledger.list_answered_holds(text[], text[], boolean)'),
('pgtill_auditor', 'ledger.list_books()'),
('pgtill_auditor', 'ledger.list_currencies()'),
('pgtill_auditor', 'ledger.list_first_answers(text[], text[])'),
('pgtill_auditor', 'ledger.list_journals(bigint, text, integer, text)'),
('pgtill_auditor', 'ledger.list_opened_accounts(text[], text[])'),
('pgtill_auditor', 'ledger.trial_balance(bigint, timestamptz, text, integer)'),
('pgtill_auditor', 'ledger.verify(bigint, text)'),
('pgtill_service', 'app.allocate_and_insert(jsonb, jsonb)'),
('pgtill_service', 'app.catalog_violations(jsonb, jsonb, boolean)'),
('pgtill_service', 'app.get_payment_requests(bigint[], text[])'),
('pgtill_service', 'app.has_replayed(text)'),
('pgtill_service', 'app.list_assets()'),
('pgtill_service', 'app.list_deployed_changes()'),
('pgtill_service', 'app.read_token()'),
('pgtill_service', 'app.sync_wallet_account(text, text, text, text, text, text[], text)'),
('pgtill_service', 'app.verify_sync_event_chain()'),
('pgtill_service', 'identity.find_api_key(text)'),
('pgtill_service', 'paths.allocate_batch(bigint, text, text, text, integer, jsonb, boolean)'),
('pgtill_service', 'paths.allocate_paths(jsonb)'),
('pgtill_service', 'paths.approve(bigint, text, text, text, text)'),
('pgtill_service', 'paths.build_scan_url(text, text, text, text, text)'),
('pgtill_service', 'paths.check_availability(integer, text)'),
('pgtill_service', 'paths.class_pointer(text, text)'),
('pgtill_service', 'paths.continue_transfer(bigint, text, text, integer)'),
('pgtill_service', 'paths.decode_path(integer, text)'),
(
    'pgtill_service', 'paths.define_level_value(bigint, text, text, text, integer, integer,'
    ' integer, integer, text, text, text, text, boolean)'
),
(
    'pgtill_service', 'paths.define_path_schema(bigint, text, text, text, integer, integer,'
    ' integer, text, text, text, boolean, integer)'
),
('pgtill_service', 'paths.exhaust_path(bigint, text, text, text, integer, text)'),
('pgtill_service', 'paths.extend_path(bigint, text, text, text, integer, text, integer)'),
('pgtill_service', 'paths.find_by_gs1(bigint, text, text, integer)'),
('pgtill_service', 'paths.find_by_sku(bigint, text, text, integer)'),
('pgtill_service', 'paths.find_manufacturer(bigint, text, text)'),
('pgtill_service', 'paths.from_base58(text, boolean)'),
('pgtill_service', 'paths.get_incident(bigint, text, text)'),
('pgtill_service', 'paths.get_lineage(bigint, text, text)'),
('pgtill_service', 'paths.get_manufacturer(bigint, text, integer, integer)'),
('pgtill_service', 'paths.get_path(bigint, text, integer, text)'),
('pgtill_service', 'paths.get_proposal(text, text)'),
('pgtill_service', 'paths.get_public_key(integer, integer)'),
('pgtill_service', 'paths.get_transfer(bigint, text, text)'),
('pgtill_service', 'paths.get_verification_facts(integer, text)'),
('pgtill_service', 'paths.get_wallet_version(integer)'),
('pgtill_service', 'paths.hd_derivation_prefix(integer, text)'),
('pgtill_service', 'paths.is_path(text)'),
('pgtill_service', 'paths.list_incidents(bigint, text, text, integer)'),
(
    'pgtill_service', 'paths.list_level_values(bigint, text, integer, integer, integer, integer,'
    ' integer)'
),
('pgtill_service', 'paths.list_manufacturers(bigint, text, integer, integer, integer)'),
('pgtill_service', 'paths.list_path_schemas(bigint, text, integer, integer)'),
('pgtill_service', 'paths.list_paths(bigint, text, integer, text, text, integer)'),
('pgtill_service', 'paths.list_proposals(text, text, integer)'),
('pgtill_service', 'paths.list_transfers(bigint, text, text, integer, boolean)'),
('pgtill_service', 'paths.list_wallet_versions(integer, integer)'),
('pgtill_service', 'paths.parse_scan_url(text, text)'),
('pgtill_service', 'paths.propose(bigint, text, text, text, text, jsonb)'),
('pgtill_service', 'paths.record_health(integer, integer, integer, integer, integer)'),
(
    'pgtill_service', 'paths.register_manufacturer(bigint, text, text, text, integer, text,'
    ' integer, text, text)'
),
('pgtill_service', 'paths.reject(bigint, text, text, text, text)'),
(
    'pgtill_service', 'paths.respond_to_key_compromise(bigint, text, text, text, integer, text,'
    ' text, text, boolean)'
),
('pgtill_service', 'paths.retire_path(bigint, text, text, text, integer, text)'),
(
    'pgtill_service', 'paths.set_manufacturer_key(bigint, text, text, text, integer, integer,'
    ' text, text)'
),
('pgtill_service', 'paths.to_base58(text, integer)'),
(
    'pgtill_service', 'paths.transfer_manufacturer(bigint, text, text, text, integer, integer,'
    ' integer, text)'
),
('pgtill_service', 'paths.transfer_path(bigint, text, text, text, integer, text, integer, text)'),
('pgtill_service', 'paths.verify_across_wallets(bigint, text, integer, text, integer)'),
('pgtill_service', 'identity.find_signing_secret(text)'),
('pgtill_service', 'identity.use_signatures(bytea [], timestamptz [])'),
('pgtill_service', 'wallets.deactivate_wallet(bigint, text)'),
('pgtill_service', 'wallets.get_wallet(bigint, text)'),
('pgtill_service', 'wallets.list_wallets(bigint, text, text, boolean, text, integer)'),
('pgtill_service', 'wallets.reactivate_wallet(bigint, text)'),
('pgtill_service', 'wallets.register_wallet(bigint, text, text, text, text, jsonb, text)'),
('pgtill_service', 'wallets.register_wallets(jsonb)'),
('pgtill_service', 'wallets.update_wallet(bigint, text, jsonb)'),
('pgtill_operator', 'app.catalog_violations(jsonb, jsonb, boolean)'),
('pgtill_operator', 'app.gap_report()'),
('pgtill_operator', 'app.list_assets()'),
('pgtill_operator', 'app.list_deployed_changes()'),
('pgtill_operator', 'app.list_first_answers(text[], text[])'),
('pgtill_operator', 'app.list_issued_addresses(text, bigint, integer)'),
('pgtill_operator', 'app.list_wallet_accounts()'),
('pgtill_operator', 'app.payment_request_payload(app.payment_requests)'),
('pgtill_operator', 'app.set_asset(text, text, text, text, text, boolean, bigint, text)'),
('pgtill_operator', 'app.set_mainnet_override(boolean)'),
('pgtill_operator', 'app.verify_sync_event_chain()'),
('pgtill_operator', 'identity.create_api_key(text, text, text, text[], text)'),
('pgtill_operator', 'identity.create_organization(text)'),
('pgtill_operator', 'identity.create_signing_secret(text, bytea)'),
('pgtill_operator', 'identity.create_user(text, text, text)'),
('pgtill_operator', 'identity.get_organization_id(text)'),
('pgtill_operator', 'identity.list_organizations()'),
('pgtill_operator', 'identity.list_users(text)'),
('pgtill_operator', 'identity.revoke_api_key(text)'),
('pgtill_operator', 'paths.build_scan_url(text, text, text, text, text)'),
('pgtill_operator', 'paths.check_availability(integer, text)'),
('pgtill_operator', 'paths.class_pointer(text, text)'),
('pgtill_operator', 'paths.continue_transfer(bigint, text, text, integer)'),
('pgtill_operator', 'paths.decode_path(integer, text)'),
('pgtill_operator', 'paths.find_by_gs1(bigint, text, text, integer)'),
('pgtill_operator', 'paths.find_by_sku(bigint, text, text, integer)'),
('pgtill_operator', 'paths.find_manufacturer(bigint, text, text)'),
('pgtill_operator', 'paths.from_base58(text, boolean)'),
('pgtill_operator', 'paths.get_incident(bigint, text, text)'),
('pgtill_operator', 'paths.get_manufacturer(bigint, text, integer, integer)'),
('pgtill_operator', 'paths.get_transfer(bigint, text, text)'),
('pgtill_operator', 'paths.get_wallet_version(integer)'),
('pgtill_operator', 'paths.grant_super_admin(text, text, text)'),
('pgtill_operator', 'paths.hd_derivation_prefix(integer, text)'),
('pgtill_operator', 'paths.is_path(text)'),
('pgtill_operator', 'paths.list_first_answers(text[], text[])'),
('pgtill_operator', 'paths.list_incidents(bigint, text, text, integer)'),
(
    'pgtill_operator', 'paths.list_level_values(bigint, text, integer, integer, integer, integer,'
    ' integer)'
),
('pgtill_operator', 'paths.list_manufacturers(bigint, text, integer, integer, integer)'),
('pgtill_operator', 'paths.list_path_schemas(bigint, text, integer, integer)'),
('pgtill_operator', 'paths.list_proposals(text, text, integer)'),
('pgtill_operator', 'paths.list_transfers(bigint, text, text, integer, boolean)'),
('pgtill_operator', 'paths.list_wallet_versions(integer, integer)'),
('pgtill_operator', 'paths.manufacturer_tree(integer, integer, text, integer)'),
('pgtill_operator', 'paths.parse_scan_url(text, text)'),
(
    'pgtill_operator', 'paths.respond_to_key_compromise(bigint, text, text, text, integer, text,'
    ' text, text, boolean)'
),
('pgtill_operator', 'paths.revoke_super_admin(text, text)'),
('pgtill_operator', 'paths.set_manufacturer_organization(integer, integer, text)'),
('pgtill_operator', 'paths.to_base58(text, integer)'),
('pgtill_operator', 'paths.verify_lineage(text)'),
('pgtill_operator', 'wallets.list_registered(text[], text[], text[])'),
('pgtill_auditor', 'app.gap_report()'),
('pgtill_auditor', 'app.list_first_answers(text[], text[])'),
('pgtill_auditor', 'app.list_issued_addresses(text, bigint, integer)'),
('pgtill_auditor', 'app.list_wallet_accounts()'),
('pgtill_auditor', 'app.payment_request_payload(app.payment_requests)'),
('pgtill_auditor', 'app.verify_sync_event_chain()'),
('pgtill_auditor', 'paths.build_scan_url(text, text, text, text, text)'),
('pgtill_auditor', 'paths.check_availability(integer, text)'),
('pgtill_auditor', 'paths.class_pointer(text, text)'),
('pgtill_auditor', 'paths.decode_path(integer, text)'),
('pgtill_auditor', 'paths.find_by_gs1(bigint, text, text, integer)'),
('pgtill_auditor', 'paths.find_by_sku(bigint, text, text, integer)'),
('pgtill_auditor', 'paths.find_manufacturer(bigint, text, text)'),
('pgtill_auditor', 'paths.from_base58(text, boolean)'),
('pgtill_auditor', 'paths.get_incident(bigint, text, text)'),
('pgtill_auditor', 'paths.get_manufacturer(bigint, text, integer, integer)'),
('pgtill_auditor', 'paths.get_transfer(bigint, text, text)'),
('pgtill_auditor', 'paths.get_wallet_version(integer)'),
('pgtill_auditor', 'paths.hd_derivation_prefix(integer, text)'),
('pgtill_auditor', 'paths.is_path(text)'),
('pgtill_auditor', 'paths.list_first_answers(text[], text[])'),
('pgtill_auditor', 'paths.list_incidents(bigint, text, text, integer)'),
(
    'pgtill_auditor', 'paths.list_level_values(bigint, text, integer, integer, integer, integer,'
    ' integer)'
),
('pgtill_auditor', 'paths.list_manufacturers(bigint, text, integer, integer, integer)'),
('pgtill_auditor', 'paths.list_path_schemas(bigint, text, integer, integer)'),
('pgtill_auditor', 'paths.list_proposals(text, text, integer)'),
('pgtill_auditor', 'paths.list_transfers(bigint, text, text, integer, boolean)'),
('pgtill_auditor', 'paths.list_wallet_versions(integer, integer)'),
('pgtill_auditor', 'paths.manufacturer_tree(integer, integer, text, integer)'),
('pgtill_auditor', 'paths.parse_scan_url(text, text)'),
('pgtill_auditor', 'paths.to_base58(text, integer)'),
('pgtill_auditor', 'paths.verify_lineage(text)'),
('pgtill_auditor', 'wallets.list_registered(text[], text[], text[])');

\if :has_plpgsql_check
INSERT INTO rules (rule, query)
VALUES
(
    'plpgsql_check finds nothing to say',
    $$
    SELECT found.functionid::regprocedure, found.lineno, found.level, found.message
    FROM (
        -- A trigger function is checked with its table; one without is another rule's business.
        SELECT
            proc.oid,
            coalesce(hook.tgrelid, 0) AS relid,
            hook.tgoldtable AS oldtable,
            hook.tgnewtable AS newtable
        FROM ours_functions AS fn
        INNER JOIN pg_proc AS proc ON proc.oid = fn.oid
        INNER JOIN pg_language AS lang ON lang.oid = proc.prolang AND lang.lanname = 'plpgsql'
        LEFT JOIN pg_trigger AS hook ON hook.tgfoid = fn.oid
        WHERE fn.prorettype <> 'trigger'::regtype OR hook.oid IS NOT NULL
        OFFSET 0
    ) AS checked
    CROSS JOIN LATERAL plpgsql_check_function_tb(
        checked.oid,
        relid => checked.relid,
        oldtable => checked.oldtable,
        newtable => checked.newtable,
        fatal_errors => FALSE,
        extra_warnings => TRUE,
        performance_warnings => TRUE,
        security_warnings => TRUE
    ) AS found
    $$
);
\else
SELECT skip('plpgsql_check is not on this server: bodies were not checked here', 2);
\endif

-- They are kept

SELECT is_empty(kept.query, kept.rule) FROM rules AS kept;

-- Broken on purpose

CREATE TABLE app.bad (
    a varchar(3) UNIQUE CHECK (a <> ''),
    b bigint REFERENCES identity.organizations,
    c timestamp
);
CREATE INDEX ON app.bad USING hash (a);
GRANT SELECT ON app.bad TO pgtill_service;
SELECT format('GRANT TEMPORARY ON DATABASE %I TO pgtill_operator', current_database()) \gexec
ALTER ROLE pgtill_owner LOGIN;
UPDATE pg_extension SET extname = 'hstore'
WHERE extname = 'plpgsql';

CREATE FUNCTION app.bad(a json)
RETURNS void
LANGUAGE plpgsql
SECURITY DEFINER
AS $function$
BEGIN
    PERFORM bad.missing FROM app.bad;
    RAISE EXCEPTION 'one' USING
        ERRCODE = 'TL999';
    RAISE EXCEPTION 'two' USING
        ERRCODE = 'TL999';
END
$function$;

CREATE FUNCTION app.bad_trigger()
RETURNS trigger
LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'one' USING ERRCODE = 'TL999';
END
$function$;
COMMENT ON FUNCTION app.bad_trigger()
IS 'Trigger.

Raises
  TL998  something it does not';

CREATE FUNCTION app.bad_orphan()
RETURNS trigger
LANGUAGE plpgsql
AS $function$
BEGIN
    RETURN NULL;
END
$function$;

ALTER FUNCTION app.payment_request_payload(app.payment_requests) PARALLEL UNSAFE;

CREATE TRIGGER bad BEFORE INSERT ON app.bad FOR EACH ROW EXECUTE FUNCTION app.bad_trigger();

SELECT isnt_empty(kept.query, 'broken on purpose: ' || kept.rule) FROM rules AS kept;

SELECT * FROM finish();
ROLLBACK;
