"""`pgtill keyset`, `pgtill audit`, `pgtill gap-report`: that every address is of our keys."""

from __future__ import annotations

import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from service import audit, logs, startup
from service.catalog import Catalog
from service.cli.support import AsJson, keysets, operate, print_answer
from service.config import Settings
from service.database import Pool, operations
from service.derivation import TEMPLATE, AddressDeriver, DerivationError, load_account_key
from service.descriptors import wpkh_descriptor
from service.errors import ConfigError
from service.http.app import SERVICE_ROLE
from service.keysets import Keyset

keyset = typer.Typer(help="Extended public keys: verified, rotated, accounted for.", no_args_is_help=True)

HISTORIC_VARIABLE = "PGTILL_HISTORIC_KEYSETS_JSON"

EXIT_REFUSED = 2
EXIT_MISMATCH = 3


@keyset.command("verify")
def verify(
    chain: Annotated[str, typer.Option(help="bitcoin or ethereum.")],
    network: Annotated[str, typer.Option(help="Such as regtest.")],
    address_scheme: Annotated[str, typer.Option(help="bip84_p2wpkh or evm_bip44.")],
    extended_public_key: Annotated[str, typer.Option(help="The account key: xpub…, tpub… or vpub….")],
    expected_address: Annotated[str, typer.Option(help="The address that index 0 must give.")],
    keyset_id: Annotated[str, typer.Option(help="For the answer only.")] = "",
    as_json: AsJson = True,
) -> None:
    """
    Derive index 0 of a key and compare. Nothing is stored, no database is needed.

    Exit status 0: it matches. 2: key or arguments are refused. 3: the address is another.
    """
    answer: dict[str, Any] = {
        "match": False,
        "chain": chain.strip().lower(),
        "network": network.strip().lower(),
        "address_scheme": address_scheme.strip(),
        "keyset_id": keyset_id.strip() or None,
        "derivation_index": 0,
        "expected_address": expected_address.strip()[:120],
        "derived_address": None,
        "reason": None,
        "error_code": None,
    }
    status = EXIT_REFUSED
    if not expected_address.strip() or not extended_public_key.strip():
        answer |= {"reason": "a key and an expected address are required", "error_code": "invalid_input"}
    else:
        try:
            derived = AddressDeriver.for_account(
                chain=answer["chain"],
                network=answer["network"],
                address_scheme=answer["address_scheme"],
                template=TEMPLATE,
                extended_public_key=extended_public_key,
            ).derive(0)
        except DerivationError as exc:
            code = "unsupported_target" if exc.code == "unsupported_allocator_target" else exc.code
            answer |= {"reason": exc.reason, "error_code": code}
        else:
            answer["derived_address"] = derived
            answer["match"] = derived.lower() == expected_address.strip().lower()
            status = 0 if answer["match"] else EXIT_MISMATCH
            if not answer["match"]:
                answer |= {"reason": "derived address differs", "error_code": "address_mismatch"}
    print_answer(answer, as_json)
    raise typer.Exit(status)


@keyset.command("rotate")
def rotate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Make the configured keys the active ones, as a start of the service would.

    Verifies every configured keyset first. With --dry-run everything is done in a transaction that
    is rolled back, so that the answer is exactly what would happen.
    """
    settings = Settings.from_env()
    logs.configure("error")
    verified = startup.verify_keysets(settings)

    async def work(pool: Pool) -> list[dict[str, Any]]:
        catalog = Catalog(pool, settings.keysets)
        synced = await startup.sync_wallet_accounts(settings, pool, catalog, verified, dry_run=dry_run)
        return [
            {
                "chain": target.chain,
                "network": target.network,
                "keyset_id": target.keyset_id,
                "action": result.action,
                "match_source": result.match_source,
                # A new account's id is made when it is made.
                "wallet_account_id": None
                if dry_run and result.action == "rotated"
                else result.wallet_account_id,
                "next_index": result.next_index,
                "previous_wallet_account_id": result.previous_wallet_account_id,
                "done": not dry_run,
            }
            for target, result in synced
        ]

    print_answer(operate(work, role=SERVICE_ROLE), as_json)


@keyset.command("status")
def status(as_json: AsJson = False) -> None:
    """Show wallet accounts: cursor, active or not, digest prefix, last event; and whether the chain is whole."""

    async def work(pool: Pool) -> tuple[list[dict[str, Any]], tuple[int, str] | None]:
        rows = [
            {
                "wallet_account_id": row.wallet_account_id,
                "chain": row.chain,
                "network": row.network,
                "keyset_id": row.keyset_id,
                "active": row.is_active,
                "next_index": row.next_index,
                "hash_prefix": (row.key_material_hash or "")[:12] or None,
                "last_event_id": row.last_event_id,
                "last_action": row.last_action,
                "last_event_at": row.last_event_at,
            }
            for row in await operations.list_wallet_accounts(pool)
        ]
        return rows, await operations.verify_sync_event_chain(pool)

    rows, broken = operate(work)
    print_answer(rows, as_json)
    if broken:
        typer.echo(f"pgtill: the event chain is broken at event {broken[0]}: {broken[1]}", err=True)
        raise typer.Exit(1)


@keyset.command("export")
def export(
    master_fingerprint: Annotated[
        str, typer.Option(help="Of the master key, 8 hex digits; zeros say it is not known.")
    ] = "00000000",
    as_json: AsJson = True,
) -> None:
    """
    Write what restores every address in another wallet: keys, absolute cursors, output descriptors.

    The answer holds extended public keys: who has it sees every address.
    """
    if len(master_fingerprint) != 8 or not all(
        digit in "0123456789abcdefABCDEF" for digit in master_fingerprint
    ):
        raise ConfigError(
            "CONFIG_VALUE_INVALID", "--master-fingerprint must be 8 hex digits; example: 73c5da0a"
        )
    keysets = _configured_keysets()

    async def work(pool: Pool) -> list[dict[str, Any]]:
        accounts = await operations.list_wallet_accounts(pool)
        keys = {
            (
                item.chain,
                item.network,
                load_account_key(item.chain, item.network, item.extended_public_key).digest,
            ): item
            for item in keysets
        }
        return [
            {
                "wallet_account_id": account.wallet_account_id,
                "chain": account.chain,
                "network": account.network,
                "active": account.is_active,
                "next_index": account.next_index,
                **_restoration(
                    keys.get((account.chain, account.network, account.parent_key_digest or "")),
                    master_fingerprint,
                ),
            }
            for account in accounts
        ]

    print_answer(operate(work), as_json)


def gap_report(as_json: AsJson = False) -> None:
    """Show what gap limit another wallet needs to find every address handed out."""

    async def work(pool: Pool) -> list[dict[str, Any]]:
        return [asdict(row) for row in await operations.gap_report(pool)]

    print_answer(operate(work), as_json)


def audit_addresses(
    resume: Annotated[Path | None, typer.Option(help="File that keeps how far it came.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    Derive every address handed out again, with the key of its account, and compare.

    Keys of earlier rotations are given in PGTILL_HISTORIC_KEYSETS_JSON, an array of {chain, network,
    keyset_id, extended_public_key}. Exit status 0 only when every stored address matches.
    """
    logs.configure("error")
    keysets = _configured_keysets()
    checkpoint = audit.Checkpoint(resume)
    started = time.monotonic()

    async def work(pool: Pool) -> audit.Report:
        accounts = await operations.list_wallet_accounts(pool)
        with _progress_bar(hidden=as_json) as bar:
            tasks = {
                account.wallet_account_id: bar.add_task(
                    account.wallet_account_id,
                    total=account.next_index,
                    completed=min(account.next_index, checkpoint.next_index(account.wallet_account_id)),
                )
                for account in accounts
                if account.next_index
            }
            return await audit.audit(
                pool, keysets, checkpoint, lambda name, count: bar.advance(tasks[name], count)
            )

    report = operate(work)
    seconds = time.monotonic() - started
    answer = {
        "good": report.is_good,
        "checked": report.checked,
        "seconds": round(seconds, 3),
        "mismatches": report.mismatches,
        "unverifiable_accounts": report.unverifiable,
    }
    if as_json:
        print_answer(answer, True)
    else:
        _tell(report, seconds)
    raise typer.Exit(0 if report.is_good else 1)


def _tell(report: audit.Report, seconds: float) -> None:
    for mismatch in report.mismatches:
        typer.echo("MISMATCH " + " ".join(f"{name}={value}" for name, value in mismatch.items()))
    for account in report.unverifiable:
        typer.echo(f"NO KEY   {account}: give its key in {HISTORIC_VARIABLE}")
    verdict = "every address matches" if report.is_good else "NOT every address could be matched"
    typer.echo(f"{report.checked} addresses derived again in {seconds:.1f} s: {verdict}")


def _progress_bar(*, hidden: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), disable=hidden)


def _configured_keysets() -> tuple[Keyset, ...]:
    """The configured keysets (the published ones where there is no configuration) and historic ones."""
    return keysets() + _historic_keysets(os.environ.get(HISTORIC_VARIABLE, ""))


def _historic_keysets(text: str) -> tuple[Keyset, ...]:
    try:
        entries = msgspec.json.decode(text or "[]", type=list[dict[str, str]])
        return tuple(
            Keyset(
                chain=entry["chain"].strip().lower(),
                network=entry["network"].strip().lower(),
                keyset_id=entry.get("keyset_id", ""),
                extended_public_key=entry["extended_public_key"].strip(),
                expected_index0_address="",
            )
            for entry in entries
        )
    except (msgspec.DecodeError, KeyError):
        raise ConfigError(
            "CONFIG_VALUE_INVALID",
            f"{HISTORIC_VARIABLE} is not an array of keysets; example: "
            '[{"chain": "bitcoin", "network": "regtest", "extended_public_key": "tpub…"}]',
        ) from None


def _restoration(keyset: Keyset | None, master_fingerprint: str) -> dict[str, str | None]:
    if keyset is None:
        return {"extended_public_key": None, "path": None, "descriptor": None}
    account = load_account_key(keyset.chain, keyset.network, keyset.extended_public_key)
    index = account.child_number - 2**31
    if keyset.chain == "bitcoin":
        coin = 0 if keyset.network == "mainnet" else 1
        path = f"m/84h/{coin}h/{index}h/0/*"
        descriptor = wpkh_descriptor(keyset.network, keyset.extended_public_key, master_fingerprint)
    else:
        path, descriptor = f"m/44h/60h/{index}h/0/*", None
    return {"extended_public_key": account.serialize(), "path": path, "descriptor": descriptor}
