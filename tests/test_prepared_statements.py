"""Statements are prepared once a session (but behind a pooler: tests/ha/test_pooler.py), and stay right."""

from __future__ import annotations

import asyncio
from typing import Any

from service.database import create_pool
from tests.conftest import Database
from tests.support import execute

ASKED = "SELECT answer FROM app.prepared_or_not() AS answer"
FUNCTION = """
    CREATE FUNCTION app.prepared_or_not({arguments}) RETURNS SETOF integer LANGUAGE sql AS 'SELECT {answer}';
    GRANT EXECUTE ON FUNCTION app.prepared_or_not TO PUBLIC
"""


def test_a_statement_is_prepared_once_and_survives_a_function_made_anew(database: Database) -> None:
    def deploy(answer: int, arguments: str = "") -> None:
        execute(database.dsn(), "DROP FUNCTION IF EXISTS app.prepared_or_not")
        execute(database.dsn(), FUNCTION.format(answer=answer, arguments=arguments))

    async def ask() -> list[Any]:
        deploy(1)
        async with (
            create_pool(database.dsn(), size=1, role="pgtill_service") as pool,
            pool.connection() as conn,
        ):
            answers = [await (await conn.execute(ASKED)).fetchone() for _ in range(3)]
            deploy(2)
            answers.append(await (await conn.execute(ASKED)).fetchone())
            deploy(3, "factor integer DEFAULT 1")
            answers.append(await (await conn.execute(ASKED)).fetchone())
            prepared = await conn.execute(
                "SELECT count(*)::integer FROM pg_prepared_statements WHERE statement = %s", (ASKED,)
            )
            return [*answers, await prepared.fetchone()]

    try:
        assert asyncio.run(ask()) == [(1,), (1,), (1,), (2,), (3,), (1,)]
    finally:
        execute(database.dsn(), "DROP FUNCTION app.prepared_or_not")
