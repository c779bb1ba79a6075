"""A role that fell into wrong hands: every object of the catalogue, tried; every definer, shadowed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import Database
from tests.support import cloned, execute, rows

OURS = "SELECT oid FROM pg_namespace WHERE nspowner = 'pgtill_owner'::regrole"
ROLES = ("pgtill_service", "pgtill_operator", "pgtill_auditor")
DENIED = "42501"
READ_ONLY = "25006"
NO_TABLE = ("42809", "55000")
"""What is said of a view before the question of rights."""

SHADOWED = "EV1L1"


@pytest.fixture(scope="module")
def captured(cluster: object, template: str) -> Iterator[Database]:
    from service.embedded import Cluster
    from tests.database import close_to_public

    assert isinstance(cluster, Cluster)
    with cloned(cluster, template, "captured") as database:
        close_to_public(cluster, database.name)
        yield database


def sqlstate(dsn: str, statement: str, *before: str) -> str | None:
    """How the statement is refused; None when it is carried out. Nothing of it stays."""
    with psycopg.connect(dsn) as conn:
        try:
            for each in before:
                conn.execute(each.encode())
            conn.execute(statement.encode())
        except psycopg.Error as exc:
            return exc.sqlstate
        finally:
            conn.rollback()
    return None


ARGUMENTS = {
    "jsonb": """'[{"organization_id": 1, "idempotency_key": "k", "chain": "bitcoin"}]'""",
    "text": "'org_000000000000000000000000'",
    "text[]": "'{a}'",
    "bigint": "1",
    "bigint[]": "'{1}'",
    "integer": "1",
    "boolean": "true",
    "numeric": "1",
    "bytea": "'a'",
    "timestamp with time zone": "'2026-01-01T00:00:00Z'",
}
"""Something for each type; a function may refuse it, but must refuse it in the same way."""


def call(name: str, types: list[str]) -> str:
    return "{}({})".format(name, ", ".join(f"{ARGUMENTS.get(kind, 'NULL')}::{kind}" for kind in types))


# Tables, views, sequences


@pytest.mark.parametrize("role", ROLES)
def test_no_role_changes_a_table(captured: Database, role: str) -> None:
    tables = rows(
        captured.dsn(),
        f"SELECT oid::regclass::text, (SELECT attname FROM pg_attribute WHERE attrelid = pg_class.oid"
        f" AND attnum = 1) FROM pg_class WHERE relnamespace IN ({OURS}) AND relkind IN ('r', 'p', 'v', 'm')",
    )
    assert len(tables) > 15
    dsn = captured.dsn(role)
    for name, column in tables:
        for statement in (
            f"INSERT INTO {name} DEFAULT VALUES",
            f"UPDATE {name} SET {column} = DEFAULT",
            f"DELETE FROM {name}",
            f"TRUNCATE {name}",
            f"COPY {name} FROM STDIN",
            f"ALTER TABLE {name} DISABLE TRIGGER ALL",
            f"DROP TABLE {name}",
            f"CREATE TRIGGER evil BEFORE INSERT ON {name} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        ):
            assert sqlstate(dsn, statement) in (DENIED, READ_ONLY, *NO_TABLE), statement


def test_the_service_reads_no_table(captured: Database) -> None:
    relations = rows(
        captured.dsn(),
        f"SELECT oid::regclass::text, relkind FROM pg_class"
        f" WHERE relnamespace IN ({OURS}) AND relkind IN ('r', 'p', 'v', 'm', 'S')",
    )
    for name, _ in relations:
        for statement in (
            f"SELECT FROM {name}",
            f"COPY (SELECT FROM {name}) TO STDOUT",
            f"LOCK TABLE {name}",
        ):
            assert sqlstate(captured.dsn("pgtill_service"), statement) in (DENIED, "42809"), statement


@pytest.mark.parametrize("role", ROLES)
def test_no_role_calls_what_it_was_not_granted(captured: Database, role: str) -> None:
    functions = rows(
        captured.dsn(),
        f"""
        SELECT oid::regproc::text, array(SELECT format_type(unnest(proargtypes::oid[]), NULL))
          FROM pg_proc
         WHERE pronamespace IN ({OURS}) AND prokind = 'f' AND prorettype <> 'trigger'::regtype
           AND NOT has_function_privilege(%s, oid, 'execute')
        """,
        role,
    )
    assert functions
    for name, types in functions:
        assert sqlstate(captured.dsn(role), f"SELECT {call(name, types)}") == DENIED, name


# The server itself


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TEMPORARY TABLE keys (id text)",
        "CREATE TABLE public.keys (id text)",
        "CREATE SCHEMA evil",
        "CREATE FUNCTION public.evil() RETURNS int LANGUAGE sql RETURN 1",
        "CREATE EXTENSION pg_stat_statements",
        "CREATE ROLE evil SUPERUSER",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "GRANT pgtill_owner TO CURRENT_USER",
        "SET ROLE pgtill_owner",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "SET session_replication_role = replica",
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "COPY (SELECT 1) TO '/tmp/evil'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('.')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_export(1, '/tmp/evil')",
        "LOAD '/tmp/evil.so'",
        "SELECT rolpassword FROM pg_authid",
        "SELECT pg_reload_conf()",
        "CREATE SUBSCRIPTION evil CONNECTION '' PUBLICATION evil WITH (connect = false)",
        "CREATE PUBLICATION evil FOR ALL TABLES",
        "CREATE EVENT TRIGGER evil ON ddl_command_end EXECUTE FUNCTION app.refuse_cursor_rewind()",
        "CREATE OR REPLACE FUNCTION app.list_assets() RETURNS int LANGUAGE sql RETURN 1",
        "ALTER FUNCTION app.allocate_and_insert(jsonb, jsonb) SECURITY INVOKER",
        "DO $$ BEGIN UPDATE app.wallet_accounts SET next_index = 0; END $$",
        "DO $$ BEGIN EXECUTE 'SET ROLE pgtill_owner'; END $$",
    ],
)
def test_no_role_gets_further_than_its_functions(captured: Database, role: str, statement: str) -> None:
    refused = sqlstate(captured.dsn(role), statement)
    # 0A000 and 58P01 come before the question of rights; both mean that nothing happened.
    assert refused in (DENIED, READ_ONLY, "0A000", "58P01"), refused


@pytest.mark.parametrize("role", ROLES)
def test_no_role_changes_the_server(captured: Database, role: str) -> None:
    with (
        psycopg.connect(captured.dsn(role), autocommit=True) as conn,
        pytest.raises(psycopg.Error) as refused,
    ):
        conn.execute("ALTER SYSTEM SET fsync = off")
    assert refused.value.sqlstate in (DENIED, READ_ONLY)


def test_one_role_is_not_another(captured: Database) -> None:
    for mine in ROLES:
        for other in ROLES:
            if mine != other:
                assert sqlstate(captured.dsn(mine), f"SET ROLE {other}") == DENIED


# Shadows: whatever a caller puts before pg_catalog, a definer does not see


@pytest.fixture(scope="module")
def shadowed(captured: Database) -> Database:
    """A schema that every role may use, with a false friend of everything our functions speak of."""
    dsn = captured.dsn()
    execute(dsn, "CREATE SCHEMA evil", "GRANT USAGE ON SCHEMA evil TO public")
    bodies = " ".join(
        text
        for (text,) in rows(
            dsn,
            f"SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace IN ({OURS}) AND prokind = 'f'",
        )
    )
    words = sorted(set(re.findall(r"\b([a-z_][a-z0-9_]*)\(", bodies)))
    friends = rows(
        dsn,
        """
        SELECT proname, pg_get_function_identity_arguments(oid), proname || '(' || oidvectortypes(proargtypes) || ')',
               format_type(prorettype, NULL), oidvectortypes(proargtypes)
          FROM pg_proc
         WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' AND proname = ANY (%s)
           AND provariadic = 0 AND NOT proretset
           AND NOT EXISTS (SELECT FROM pg_type WHERE typtype = 'p' AND pg_type.oid = ANY (
                   proargtypes::oid[] || prorettype))
        """,
        words,
    )
    assert len(friends) > 30
    evil = f"LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'shadowed' USING ERRCODE = '{SHADOWED}'; END $$"
    for name, _, _, result, types in friends:
        execute(dsn, f'CREATE FUNCTION evil."{name}"({types}) RETURNS {result} {evil}')
    for left, right, result in (
        ("text", "text", "boolean"),
        ("bigint", "bigint", "boolean"),
        ("jsonb", "text", "jsonb"),
    ):
        execute(dsn, f"CREATE FUNCTION evil.operation({left}, {right}) RETURNS {result} {evil}")
        operators = ("->",) if left == "jsonb" else ("=", "<>", "<", ">", "<=", ">=")
        for operator in operators:
            execute(
                dsn,
                f"CREATE OPERATOR evil.{operator} (FUNCTION = evil.operation, LEFTARG = {left}, RIGHTARG = {right})",
            )
    names = {
        name
        for (name,) in rows(
            dsn, f"SELECT relname FROM pg_class WHERE relnamespace IN ({OURS}) AND relkind IN ('r', 'v')"
        )
    }
    for name in names | {"pg_class", "pg_proc", "pg_roles"}:
        execute(dsn, f'CREATE VIEW evil."{name}" AS SELECT 1 AS shadow')
    execute(dsn, f"GRANT TEMPORARY ON DATABASE {captured.name} TO public")
    execute(dsn, "GRANT SELECT ON ALL TABLES IN SCHEMA evil TO public")
    # What a careless definer would do, so that the trap is known to work.
    execute(
        dsn,
        "CREATE FUNCTION evil_victim() RETURNS int LANGUAGE plpgsql SECURITY DEFINER"
        " AS $$ BEGIN RETURN length(lower('A'::text)); END $$",
        "GRANT USAGE ON SCHEMA public TO public",
    )
    return captured


EVIL = (
    "CREATE TEMPORARY TABLE wallet_accounts (id text)",
    "CREATE TEMPORARY TABLE payment_requests (id text)",
    "CREATE TEMPORARY TABLE organizations (id text)",
    "SET LOCAL search_path = pg_temp, evil, pg_catalog, public",
)


def test_the_trap_catches_a_definer_that_does_not_pin_its_path(shadowed: Database) -> None:
    assert sqlstate(shadowed.dsn("pgtill_service"), "SELECT public.evil_victim()", *EVIL) == SHADOWED


def test_no_definer_sees_what_its_caller_puts_in_its_way(shadowed: Database) -> None:
    definers = rows(
        shadowed.dsn(),
        f"""
        SELECT oid::regproc::text, array(SELECT format_type(unnest(proargtypes::oid[]), NULL)), role.name
          FROM pg_proc
         CROSS JOIN unnest(%s::text[]) AS role (name)
         WHERE pronamespace IN ({OURS}) AND prosecdef AND has_function_privilege(role.name, oid, 'execute')
           AND prorettype <> 'trigger'::regtype
        """,
        list(ROLES[:2]),
    )
    assert len(definers) > 15
    for name, types, role in definers:
        dsn = shadowed.dsn(role)
        for asked in (f"{name}({', '.join(f'NULL::{kind}' for kind in types)})", call(name, types)):
            calm = sqlstate(dsn, f"SELECT {asked}")
            trapped = sqlstate(dsn, f"SELECT {asked}", *EVIL)
            assert trapped == calm, (asked, calm, trapped)
            assert trapped not in (SHADOWED, "42P01", "42883"), asked


# Triggers that say never


def test_what_is_append_only_is_so_for_everybody(captured: Database) -> None:
    """Also for a superuser, and where replication would switch ordinary triggers off."""
    guarded = rows(
        captured.dsn(),
        f"""
        SELECT DISTINCT tgrelid::regclass::text
          FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
         WHERE relnamespace IN ({OURS}) AND NOT tgisinternal AND tgtype & 32 > 0 AND tgenabled = 'A'
        """,
    )
    assert len(guarded) >= 2
    for (table,) in guarded:
        for role in ("origin", "replica"):
            refused = sqlstate(
                captured.dsn(), f"TRUNCATE {table} CASCADE", f"SET LOCAL session_replication_role = {role}"
            )
            assert refused is not None, (table, role)
            assert refused.startswith("TL"), (table, role, refused)
