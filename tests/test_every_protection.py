"""
Every constraint, index and trigger of the catalogue, taken away one at a time: `sqitch verify` must say so.

Nothing is listed here by hand, so that what is added tomorrow is held, too. Each removal is a
transaction that is rolled back, in which the verify scripts that speak of the thing are run.
"""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from tests.conftest import Database
from tests.database import ROOT

OURS = "(SELECT oid FROM pg_namespace WHERE nspowner = 'pgtill_owner'::regrole)"

REMOVALS = {
    "constraints": f"""
        SELECT rule.conname, format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', rule.conrelid::regclass, rule.conname)
          FROM pg_constraint AS rule
         WHERE rule.connamespace IN {OURS} AND rule.conrelid <> 0
           AND rule.contype IN ('c', 'f', 'p', 'u', 'x') AND rule.conparentid = 0
        """,
    "indexes": f"""
        SELECT rel.relname, format('DROP INDEX %s', rel.oid::regclass)
          FROM pg_index AS found JOIN pg_class AS rel ON rel.oid = found.indexrelid
         WHERE rel.relnamespace IN {OURS} AND NOT rel.relispartition
           AND NOT EXISTS (SELECT FROM pg_constraint AS rule WHERE rule.conindid = rel.oid
                            AND rule.contype IN ('p', 'u', 'x'))
        """,
    "triggers": f"""
        SELECT hook.tgname, format('DROP TRIGGER %I ON %s', hook.tgname, hook.tgrelid::regclass)
          FROM pg_trigger AS hook JOIN pg_class AS rel ON rel.oid = hook.tgrelid
         WHERE rel.relnamespace IN {OURS} AND NOT hook.tgisinternal AND hook.tgparentid = 0
        """,
    "triggers that replication does not switch off": f"""
        SELECT hook.tgname, format('ALTER TABLE %s ENABLE TRIGGER %I', hook.tgrelid::regclass, hook.tgname)
          FROM pg_trigger AS hook JOIN pg_class AS rel ON rel.oid = hook.tgrelid
         WHERE rel.relnamespace IN {OURS} AND NOT hook.tgisinternal AND hook.tgparentid = 0
           AND hook.tgenabled = 'A'
        """,
    "paths of definers": f"""
        SELECT fn.proname, format('ALTER FUNCTION %s SET search_path = pg_catalog', fn.oid::regprocedure)
          FROM pg_proc AS fn
         WHERE fn.pronamespace IN {OURS} AND fn.prosecdef AND fn.prokind = 'f'
        """,
    "grants to nobody but who needs them": f"""
        SELECT fn.proname, format('GRANT EXECUTE ON FUNCTION %s TO public', fn.oid::regprocedure)
          FROM pg_proc AS fn
         WHERE fn.pronamespace IN {OURS} AND fn.prokind = 'f'
        """,
}

SCRIPTS = {path: path.read_text() for path in sorted((ROOT / "db" / "verify").rglob("*.sql"))}


def scripts_about(name: str) -> dict[Path, str]:
    """Every verify script that speaks of it."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    return {path: text for path, text in SCRIPTS.items() if word.search(text)}


def is_noticed(conn: psycopg.Connection, removal: str, scripts: dict[Path, str]) -> bool:
    """Whether a script fails once the thing is gone; nothing of it stays."""
    try:
        conn.execute(removal.encode())
        for text in scripts.values():
            try:
                conn.execute(body(text))
            except psycopg.Error:
                return True
    finally:
        conn.rollback()
    return False


def body(script: str) -> bytes:
    """The script inside a transaction that is there already."""
    return re.sub(r"^(BEGIN|ROLLBACK);$", "", script, flags=re.MULTILINE).encode()


def test_with_everything_in_place_no_script_says_no(database: Database) -> None:
    with psycopg.connect(database.dsn()) as conn:
        for text in SCRIPTS.values():
            conn.execute(body(text))
            conn.rollback()


@pytest.mark.parametrize("kind", REMOVALS)
def test_what_is_taken_away_is_missed(database: Database, kind: str) -> None:
    with psycopg.connect(database.dsn()) as conn:
        found = conn.execute(REMOVALS[kind].encode()).fetchall()
        conn.rollback()
        assert found
        missed_by_nobody = [
            removal for name, removal in found if not is_noticed(conn, removal, scripts_about(name))
        ]
    assert missed_by_nobody == []
