"""`pgtill catalog`, `pgtill address`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from service.cli.support import AsJson, keysets, operate, print_answer
from service.database import Pool
from service.database import app as app_schema
from service.derivation import TEMPLATE, AddressDeriver
from service.errors import ConfigError
from service.keysets import SCHEMES, VARIABLE

catalog = typer.Typer(help="What may be asked for.", no_args_is_help=True)
address = typer.Typer(help="Addresses, without handing one out.", no_args_is_help=True)


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

    print_answer(operate(work), as_json)


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
    place = {"chain": chain.lower(), "network": network.lower(), "asset": asset.upper()}

    async def work(pool: Pool) -> dict[str, Any]:
        await app_schema.set_asset(
            pool,
            **place,
            approved_by=approved_by,
            source_ref=source_ref,
            enabled=enabled,
            default_expires_in_seconds=expires,
            wallet_account_id=wallet_account,
        )
        return {**place, "changed": True}

    print_answer(operate(work), as_json)


@address.command("preview")
def address_preview(
    chain: Annotated[str, typer.Option(help="bitcoin or ethereum.")],
    network: Annotated[str, typer.Option(help="Such as regtest.")],
    count: Annotated[int, typer.Option(min=1, max=100_000, help="How many.")] = 5,
    first: Annotated[int, typer.Option(min=0, help="The first index.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Derive the addresses that the configured key will give, without a database and without using them up."""
    place = chain.strip().lower(), network.strip().lower()
    keyset = next((item for item in keysets() if (item.chain, item.network) == place), None)
    if keyset is None:
        raise ConfigError(
            "CONFIG_DEVTEST_KEYSETS_INVALID", f"{VARIABLE} has no keyset for that chain and network"
        )
    deriver = AddressDeriver.for_account(
        chain=keyset.chain,
        network=keyset.network,
        address_scheme=SCHEMES.get(keyset.chain, ""),
        template=TEMPLATE,
        extended_public_key=keyset.extended_public_key,
    )
    derived = deriver.derive_many(first, count)
    print_answer(
        [{"derivation_index": first + place, "address": text} for place, text in enumerate(derived)], as_json
    )
