"""What commands share: a database to work on, and answers for people or programs."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, NoReturn, TypeVar

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from service import demo, embedded, migrations
from service.config import SIGNING_VARIABLE, configured_keysets, database_url, signing_secrets
from service.database import Pool, create_pool
from service.errors import ApiError, ConfigError, from_database
from service.keysets import PUBLISHED_TEST_KEYSETS, Keyset, parse_keysets
from service.signatures import Seals

T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="Answer one JSON value, for programs.")]

OPERATOR_ROLE = "pgtill_operator"


def work_database_url() -> str:
    """DATABASE_URL, or the embedded server of this folder while `make run` runs."""
    if not os.environ.get("DATABASE_URL"):
        running = embedded.running_dsn(migrations.ROOT, dbname="pgtill")
        if running:
            return running
    return database_url()


def signing_seals() -> Seals:
    """What seals signing secrets: PGTILL_SIGNING_SECRET, or while `make run` runs the one it made."""
    found = signing_secrets()
    if not found and not os.environ.get("DATABASE_URL"):
        found = demo.signing_secrets()
    if not found:
        raise ConfigError(
            "CONFIG_VALUE_INVALID",
            f"{SIGNING_VARIABLE} is not set; example: the output of: openssl rand -hex 32",
        )
    return Seals(found)


def keysets() -> tuple[Keyset, ...]:
    """The configured keysets; the published ones where there is no configuration, and a word about it."""
    found = configured_keysets()
    if not found:
        typer.echo("pgtill: published test keys: anyone can spend what is sent to their addresses", err=True)
    return found or parse_keysets(PUBLISHED_TEST_KEYSETS)


def operate(work: Callable[[Pool], Awaitable[T]], *, role: str = OPERATOR_ROLE) -> T:
    """Do one thing in the database, as the role that may."""
    # What is told at the end is enough: not each attempt to connect.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)

    async def connected() -> T:
        async with create_pool(work_database_url(), size=1, role=role) as pool:
            return await work(pool)

    try:
        return asyncio.run(connected())
    except psycopg.errors.IntegrityError as exc:
        # An operator may know which rule it was; the row itself stays where it is.
        rule = exc.diag.constraint_name or exc.diag.column_name
        raise ApiError("rule_violated", f"the database refuses: {rule}") from None
    except psycopg.DataError:
        raise ApiError("invalid_request", "a value is not one that the database can hold") from None
    except psycopg.Error as exc:
        raise from_database(exc) from None


def print_answer(value: Any, as_json: bool) -> None:
    """A dictionary or a list of such: one JSON value, or a table."""
    if as_json:
        typer.echo(json.dumps(value, default=_plain))
        return
    rows = value if isinstance(value, list) else [value]
    table = Table(box=None, pad_edge=False)
    for column in rows[0] if rows else ():
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_text(cell) for cell in row.values()))
    # A pipe has no width; a key cut in two would be of no use.
    Console(width=None if sys.stdout.isatty() else 1_000, soft_wrap=True).print(table)


def fail(*lines: str) -> NoReturn:
    """Say what is wrong on standard error and end with status 1."""
    for line in lines:
        typer.echo(f"pgtill: {line}", err=True)
    sys.exit(1)


def _text(cell: object) -> str:
    if cell is None:
        return "-"
    return ", ".join(cell) if isinstance(cell, list) else str(_plain(cell))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
