"""`pgtill transfer`, `pgtill incident`: moving manufacturers to another wallet, in peace and in haste."""

from __future__ import annotations

import hashlib
import sys
from typing import Annotated, Any, Final

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from service.cli.paths import PAGE, Wallet, counted
from service.cli.support import AsJson, operate, print_answer
from service.database import Pool, identity
from service.database import paths as registry
from service.database.paths import Actor
from service.types_paths import Incident

transfer = typer.Typer(help="Manufacturers on their way to another wallet.", no_args_is_help=True)
incident = typer.Typer(help="When a master key is no longer only ours.", no_args_is_help=True)

MOVED_A_CALL: Final = 1000

Organization = Annotated[str, typer.Option(help="In whose name: org_…")]
User = Annotated[str, typer.Option(help="Who: usr_…")]


# Transfers


@transfer.command("list")
def list_transfers(
    is_open: Annotated[bool | None, typer.Option("--open/--finished", help="Only those.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show transfers, newest first, and how far they are."""

    async def work(pool: Pool) -> list[dict[str, Any]]:
        return [_transfer_row(found) for found in await _all_transfers(pool, is_open)]

    print_answer(operate(work), as_json)


@transfer.command("run")
def run_transfers(
    organization: Organization,
    user: User,
    transfer_id: Annotated[
        list[str] | None, typer.Argument(help="trf_…; all that are open when none is named.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Move what open transfers still have to move, a thousand paths a call.

    Stopping it, or its machine, loses nothing: run it again, anywhere.
    """

    async def work(pool: Pool) -> list[dict[str, Any]]:
        organization_id = await identity.get_organization_id(pool, organization_id=organization)
        chosen = [
            found
            for found in await _all_transfers(pool, True)
            if not transfer_id or found["transfer_id"] in transfer_id
        ]
        with _progress_bar(hidden=as_json) as bar:
            return [
                _transfer_row(await _run(pool, bar, organization_id, user, found))
                for found in reversed(chosen)
            ]

    print_answer(operate(work), as_json)


async def _run(
    pool: Pool, bar: Progress, organization_id: int, user: str, found: dict[str, Any]
) -> dict[str, Any]:
    task = bar.add_task(
        found["manufacturer_name"], total=found["paths_total"], completed=found["paths_moved"]
    )
    while found["status"] != "transferred":
        answer, moved = await registry.continue_transfer(
            pool,
            organization_id=organization_id,
            user_id=user,
            transfer_id=found["transfer_id"],
            max_paths=MOVED_A_CALL,
        )
        found |= msgspec.json.decode(answer)
        bar.advance(task, moved)
    return found


# Incidents


@incident.command("compromise")
def compromise(
    wallet: Wallet,
    reason: Annotated[str, typer.Option(help="What happened, for the record.")],
    successor_key: Annotated[str, typer.Option(help="Where the successor's master key is.")],
    organization: Organization,
    user: User,
    successor_name: Annotated[str | None, typer.Option(help="Default: v and the next number.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Respond to the compromise of a wallet's master key.

    Marks the wallet compromised, makes a successor and the default of it, moves Plings, and opens a
    transfer for every active manufacturer. With --dry-run all of it is done and taken back. Then
    `pgtill transfer run` moves the paths.
    """
    about = f"{wallet}:{reason}:{successor_key}:{successor_name}"

    async def work(pool: Pool) -> Incident:
        actor = Actor(
            organization_id=await identity.get_organization_id(pool, organization_id=organization),
            user_id=user,
            # Typed twice in the heat of the night, it is one incident.
            idempotency_key=f"cli_compromise_{wallet}_{hashlib.sha256(about.encode()).hexdigest()[:16]}",
            request_hash=hashlib.sha256(about.encode()).hexdigest(),
        )
        done = await registry.respond_to_key_compromise(
            pool,
            actor,
            wallet_version=wallet,
            reason=reason,
            successor_master_key_id=successor_key,
            successor_name=successor_name,
            is_dry_run=dry_run,
        )
        return msgspec.json.decode(done.answer, type=Incident)

    answer = operate(work)
    if as_json:
        print_answer(msgspec.to_builtins(answer), True)
    else:
        _tell(answer)


@incident.command("list")
def list_incidents(as_json: AsJson = False) -> None:
    """Show incidents, newest first, and how far their transfers are."""

    async def work(pool: Pool) -> list[dict[str, Any]]:
        return await registry.every_incident(pool, max_count=PAGE)

    print_answer(operate(work), as_json)


# Reading and showing


async def _all_transfers(pool: Pool, is_open: bool | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        before = found[-1]["place"] if found else None
        page = await registry.every_transfer(pool, before=before, max_count=PAGE, is_open=is_open)
        found += page
        if len(page) < PAGE:
            return found


def _transfer_row(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": found["transfer_id"],
        "manufacturer": found["manufacturer_name"],
        "from": f"{found['source_wallet']}/{found['source_index']}",
        "to": f"{found['target_wallet']}/{found['target_index']}",
        "path": found["base_path"],
        "status": found["status"],
        "paths": f"{found['paths_moved']}/{found['paths_total']}",
        "percent": found["completion_percentage"],
        "reason": found["assignment_reason"],
    }


def _tell(found: Incident) -> None:
    for step in found.steps:
        typer.echo(
            "  ".join(str(part) for part in (step.step, step.action, step.subject, step.detail) if part)
        )
    total = sum(item.paths_total for item in found.transfers)
    typer.echo(f"{counted(len(found.transfers), 'transfer')}, {counted(total, 'path')} to move")
    if found.is_dry_run:
        typer.echo("nothing was done: this was a dry run")
    else:
        typer.echo(f"incident {found.id}; now: pgtill transfer run")


def _progress_bar(*, hidden: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), disable=hidden or not sys.stderr.isatty())
