"""`pgtill`: the service, its database, and what operators do."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from service import demo, embedded, migrations, server
from service.cli import addresses, incidents, keyset, ledger, paths, tenants, verification
from service.cli.support import AsJson, fail, print_answer, work_database_url
from service.config import Settings
from service.derivation import DerivationError
from service.errors import ApiError, ConfigError, ConfigErrors, StartupError

app = typer.Typer(
    help="A payments core that lives in PostgreSQL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="The schema: sqitch on the database of DATABASE_URL.", no_args_is_help=True)
config = typer.Typer(help="The environment this service reads.", no_args_is_help=True)
app.add_typer(db, name="db")
app.add_typer(config, name="config")
app.add_typer(tenants.merchant, name="merchant")
app.add_typer(tenants.user, name="user")
app.add_typer(tenants.api_key, name="api-key")
app.add_typer(addresses.catalog, name="catalog")
app.add_typer(addresses.address, name="address")
app.add_typer(keyset.keyset, name="keyset")
app.add_typer(ledger.ledger, name="ledger")
app.add_typer(paths.paths, name="paths")
app.add_typer(incidents.transfer, name="transfer")
app.add_typer(incidents.incident, name="incident")
app.command("gap-report")(keyset.gap_report)
app.command("audit")(keyset.audit_addresses)
app.command("verify")(verification.verify_promises)


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
def db_deploy(as_json: AsJson = False) -> None:
    """Deploy what sqitch.plan has and the database lacks, and verify every change."""
    url = work_database_url()
    migrations.deploy(url, aside=as_json)
    if as_json:
        print_answer(migrations.standing(url), True)


@db.command("status")
def db_status(as_json: AsJson = False) -> None:
    """Show what is deployed and what is not."""
    url = work_database_url()
    if as_json:
        print_answer(migrations.standing(url), True)
    else:
        migrations.status(url)


@db.command("revert")
def db_revert(
    to: Annotated[str | None, typer.Option(help="Keep this change and all before it.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take changes back, all of them unless --to says otherwise. What their tables hold is lost."""
    if not yes:
        typer.confirm("Revert, and lose what the tables hold?", abort=True, err=True)
    url = work_database_url()
    migrations.revert(url, to=to, aside=as_json)
    if as_json:
        print_answer(migrations.standing(url), True)


@config.command("check")
def config_check(
    as_json: AsJson = False,
) -> None:
    """Say everything that is wrong with the environment at once; exit status 1 if anything is."""
    problems: list[ConfigError] = []
    try:
        Settings.from_env(os.environ)
    except ConfigErrors as exc:
        problems = exc.problems
    rows = [{"code": problem.code, "problem": str(problem)} for problem in problems]
    if as_json or rows:
        print_answer(rows, as_json)
    else:
        typer.echo("the configuration is well formed")
    raise typer.Exit(1 if rows else 0)


def main() -> None:
    """Entry point: errors are lines on standard error and exit status 1."""
    if any(not _is_text(argument) for argument in sys.argv):
        fail("arguments must be text in UTF-8")
    try:
        app()
    except ConfigErrors as exc:
        fail(*(f"{problem.code}: {problem}" for problem in exc.problems))
    except (ConfigError, StartupError) as exc:
        fail(f"{exc.code}: {exc}")
    except ApiError as exc:
        fail(f"{exc.code}: {exc.message}")
    except DerivationError as exc:
        fail(f"{exc.code}: {exc.message}")
    except embedded.ClusterError as exc:
        fail(str(exc))


def _is_text(argument: str) -> bool:
    """Whether it was UTF-8 on the command line: what was not could be sent to no database."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True
