"""`pgtill`: the service, its database, and what operators do."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from service import demo, embedded, migrations, server
from service.auth import SCOPES, make_key
from service.config import Settings, database_url
from service.database import Pool, create_pool, identity
from service.database import app as app_schema
from service.derivation import AddressDeriver, DerivationError
from service.errors import ApiError, ConfigError, StartupError, from_database
from service.keysets import PUBLISHED_TEST_KEYSETS, parse_keysets
from service.startup import SCHEMES, TEMPLATE

T = TypeVar("T")

app = typer.Typer(
    help="A payments core that lives in PostgreSQL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="The schema: sqitch on the database of DATABASE_URL.", no_args_is_help=True)
merchant = typer.Typer(help="Organizations that may ask for payments.", no_args_is_help=True)
api_key = typer.Typer(help="Keys with which they ask.", no_args_is_help=True)
catalog = typer.Typer(help="What may be asked for.", no_args_is_help=True)
address = typer.Typer(help="Addresses, without handing one out.", no_args_is_help=True)
for name, group in (
    ("db", db),
    ("merchant", merchant),
    ("api-key", api_key),
    ("catalog", catalog),
    ("address", address),
):
    app.add_typer(group, name=name)

AsJson = Annotated[bool, typer.Option("--json", help="Answer one JSON value, for programs.")]


@app.command()
def serve(
    workers: Annotated[int, typer.Option(min=1, max=64, help="Server processes on the one port.")] = 1,
) -> None:
    """
    Serve the API on 127.0.0.1:$PORT (8080), on the database of DATABASE_URL.

    Everything that could hand out a wrong address is checked first; any failure ends with exit
    status 1 before the port opens. SIGTERM and Ctrl-C finish what is under way, then stop.
    """
    server.serve(Settings.from_env(), workers=workers)


@app.command()
def run() -> None:
    """
    Start everything for a first look: database, schema, a demo merchant, the service.

    Uses the embedded PostgreSQL with its data in .data/, or the server of DATABASE_URL. Without
    PAYMENT_REQUEST_DEVTEST_KEYSETS_JSON it uses published test keys: anyone can spend what is sent
    to their addresses.
    """
    demo.run()


@db.command("deploy")
def db_deploy() -> None:
    """Deploy what sqitch.plan has and the database lacks, and verify every change."""
    migrations.deploy(_database_url())


@db.command("status")
def db_status() -> None:
    """Show what is deployed and what is not."""
    migrations.status(_database_url())


@db.command("revert")
def db_revert(
    to: Annotated[str | None, typer.Option(help="Keep this change and all before it.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take changes back, all of them unless --to says otherwise. What their tables hold is lost."""
    if not yes:
        typer.confirm("Revert, and lose what the tables hold?", abort=True)
    migrations.revert(_database_url(), to=to)


@merchant.command("create")
def merchant_create(name: str, as_json: AsJson = False) -> None:
    """Create an organization with NAME and a first API key of all scopes; the key is shown once."""

    async def work(pool: Pool) -> dict[str, Any]:
        organization_id = await identity.create_organization(pool, name=name)
        key = await _create_key(pool, organization_id, list(SCOPES))
        return {"organization_id": organization_id, "name": name, **key}

    _show(_operate(work), as_json)


@api_key.command("create")
def api_key_create(
    organization_id: Annotated[str, typer.Argument(help="As `merchant create` showed it: org_…")],
    scope: Annotated[
        list[str] | None, typer.Option(help=f"May be given again. Default all: {', '.join(SCOPES)}.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make another API key of an organization; it is shown once and stored as a bcrypt hash."""
    _show(_operate(lambda pool: _create_key(pool, organization_id, scope or list(SCOPES))), as_json)


@api_key.command("revoke")
def api_key_revoke(
    key_id: Annotated[str, typer.Argument(help="The middle of the key: sk_test_<key id>_…")],
    as_json: AsJson = False,
) -> None:
    """Make a key worthless, at once in every running process, for good."""

    async def work(pool: Pool) -> dict[str, Any]:
        return {"key_id": key_id, "revoked_at": await identity.revoke_api_key(pool, key_id=key_id)}

    _show(_operate(work), as_json)


@catalog.command("list")
def catalog_list(as_json: AsJson = False) -> None:
    """Show every asset with its wallet account and where that account's cursor stands."""

    async def work(pool: Pool) -> list[dict[str, Any]]:
        return [
            {
                "chain": row.chain,
                "network": row.network,
                "asset": row.asset,
                "enabled": row.enabled,
                "default_expires_in_seconds": row.default_expires_in_seconds,
                "wallet_account_id": row.wallet_account_id,
                "keyset_id": row.keyset_id,
                "next_index": row.next_index,
            }
            for row in await app_schema.list_assets(pool)
        ]

    _show(_operate(work), as_json)


@catalog.command("set")
def catalog_set(
    chain: str,
    network: str,
    asset: str,
    enabled: Annotated[
        bool | None, typer.Option("--enable/--disable", help="Whether it may be asked for.")
    ] = None,
    expires: Annotated[int | None, typer.Option(help="Default expiry in seconds, 60 to 2592000.")] = None,
    wallet_account: Annotated[str | None, typer.Option(help="The account that answers: wa_…")] = None,
    approved_by: Annotated[str, typer.Option(help="Who approved the change.")] = "operator",
    source_ref: Annotated[str, typer.Option(help="Where the approval stands, such as a ticket.")] = "cli",
    as_json: AsJson = False,
) -> None:
    """Change one asset of the catalog. What is not given stays as it is; the database checks the rest."""

    async def work(pool: Pool) -> dict[str, Any]:
        await app_schema.set_asset(
            pool,
            chain=chain.lower(),
            network=network.lower(),
            asset=asset.upper(),
            approved_by=approved_by,
            source_ref=source_ref,
            enabled=enabled,
            default_expires_in_seconds=expires,
            wallet_account_id=wallet_account,
        )
        return {"chain": chain.lower(), "network": network.lower(), "asset": asset.upper(), "changed": True}

    _show(_operate(work), as_json)


@address.command("preview")
def address_preview(
    chain: Annotated[str, typer.Option(help="bitcoin or ethereum.")],
    network: Annotated[str, typer.Option(help="Such as regtest.")],
    count: Annotated[int, typer.Option(min=1, max=100_000, help="How many.")] = 5,
    first: Annotated[int, typer.Option(min=0, help="The first index.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Derive the addresses that the configured key will give, without a database and without using them up."""
    keysets = parse_keysets(
        os.environ.get("PAYMENT_REQUEST_DEVTEST_KEYSETS_JSON", "") or PUBLISHED_TEST_KEYSETS
    )
    keyset = next((item for item in keysets if (item.chain, item.network) == (chain, network)), None)
    if keyset is None:
        raise ConfigError(
            "CONFIG_DEVTEST_KEYSETS_INVALID", "no keyset is configured for that chain and network"
        )
    deriver = AddressDeriver.for_account(
        chain=chain,
        network=network,
        address_scheme=SCHEMES[chain],
        template=TEMPLATE,
        extended_public_key=keyset.extended_public_key,
    )
    derived = deriver.derive_many(first, count)
    _show(
        [{"derivation_index": first + number, "address": text} for number, text in enumerate(derived)],
        as_json,
    )


def main() -> None:
    """Entry point: errors are one line on standard error and exit status 1."""
    try:
        app()
    except (ConfigError, StartupError) as exc:
        _fail(f"{exc.code}: {exc}")
    except ApiError as exc:
        _fail(f"{exc.code}: {exc.message}")
    except DerivationError as exc:
        _fail(f"{exc.code}: {exc.reason}")
    except embedded.ClusterError as exc:
        _fail(str(exc))


def _fail(line: str) -> None:
    typer.echo(f"pgtill: {line}", err=True)
    sys.exit(1)


def _database_url() -> str:
    """DATABASE_URL, or the embedded server of this folder while `make run` runs."""
    running = (
        None if os.environ.get("DATABASE_URL") else embedded.running_dsn(migrations.ROOT, dbname="pgtill")
    )
    return running or database_url(os.environ)


def _operate(work: Callable[[Pool], Awaitable[T]]) -> T:
    """Do one thing as pgtill_operator."""

    async def connected() -> T:
        async with create_pool(_database_url(), size=1, role="pgtill_operator") as pool:
            return await work(pool)

    try:
        return asyncio.run(connected())
    except psycopg.errors.IntegrityError as exc:
        # An operator may know which rule it was; the row itself stays where it is.
        raise ApiError(
            "rule_violated", f"the database refuses: {exc.diag.constraint_name or exc.diag.column_name}"
        ) from None
    except psycopg.Error as exc:
        raise from_database(exc) from None


async def _create_key(pool: Pool, organization_id: str, scopes: list[str]) -> dict[str, Any]:
    key = make_key()
    await identity.create_api_key(
        pool, organization_id=organization_id, key_id=key.key_id, secret_hash=key.secret_hash, scopes=scopes
    )
    return {"key_id": key.key_id, "api_key": key.text, "scopes": scopes}


def _show(value: Any, as_json: bool) -> None:
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
    Console(width=None if sys.stdout.isatty() else 400).print(table)


def _text(cell: object) -> str:
    return ", ".join(cell) if isinstance(cell, list) else str(_plain(cell))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
