"""`pgtill paths`: wallets, manufacturers and their trees, for operators."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import msgspec
import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from service.cli.support import AsJson, operate, print_answer
from service.database import Pool
from service.database import paths as registry
from service.database.paths import TreeNode
from service.errors import ApiError, refusal
from service.paths.errors import PathError
from service.paths.notation import parse_decimal, parse_prefixed, to_decimal, to_prefixed
from service.paths.scan_url import parse_scan_url

paths = typer.Typer(help="Wallets, manufacturers, paths: the namespace of things.", no_args_is_help=True)

PAGE: Final = 100
NODES_A_CALL: Final = 1000
CELLS: Final = 10
"""Of a bar that shows how much of a whole something is."""

Wallet = Annotated[int, typer.Option("--wallet", "-w", min=1, help="Number of the wallet version.")]


# Looking


@paths.command("wallets")
def show_wallets(as_json: AsJson = False) -> None:
    """Show every wallet version: status, default, what was allocated today of how much."""

    async def work(pool: Pool) -> list[dict[str, Any]]:
        return [
            {
                name: wallet[name]
                for name in (
                    "version_id",
                    "version_name",
                    "environment",
                    "status",
                    "is_default",
                    "allocations_today",
                    "daily_allocation_limit",
                )
            }
            for wallet in await _all_wallets(pool)
        ]

    print_answer(operate(work), as_json)


@paths.command("manufacturers")
def show_manufacturers(wallet: Wallet, as_json: AsJson = False) -> None:
    """Show the manufacturers of a wallet."""

    async def work(pool: Pool) -> list[dict[str, Any]]:
        return [
            {
                "index": maker["manufacturer_index"],
                "name": maker["manufacturer_name"],
                "status": maker["status"],
                "organization_id": maker["organization_id"],
                "delegation": maker["key_delegation_level"],
                "public_key": maker["public_key"],
                "from_wallet": maker["transferred_from_wallet"],
            }
            for maker in await _all_manufacturers(pool, wallet)
        ]

    print_answer(operate(work), as_json)


@paths.command("tree")
def show_tree(
    manufacturer: Annotated[str, typer.Argument(help="Its name, or its index in the wallet.")],
    wallet: Wallet,
    depth: Annotated[int, typer.Option(min=1, max=20, help="How many levels below the manufacturer.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Draw a manufacturer's tree: names, ranges, and each place's share of all its things in the wallet."""

    async def work(pool: Pool) -> tuple[dict[str, Any], list[TreeNode]]:
        maker = await _manufacturer(pool, wallet, manufacturer)
        nodes: list[TreeNode] = []
        after: str | None = None
        while True:
            page = await registry.manufacturer_tree(
                pool,
                wallet_version=wallet,
                manufacturer_index=maker["manufacturer_index"],
                after_path=after,
                max_count=NODES_A_CALL,
            )
            nodes += [node for node in page if node.base_path.count(".") <= depth]
            if len(page) < NODES_A_CALL:
                return maker, nodes
            after = page[-1].base_path

    maker, nodes = operate(work)
    if as_json:
        print_answer([node._asdict() for node in nodes], True)
    else:
        # A pipe has no width; a line cut in two is no tree.
        width = None if sys.stdout.isatty() else 1_000
        Console(width=width, soft_wrap=True, highlight=False).print(_drawn(maker, nodes))


@paths.command("decode")
def decode(
    text: Annotated[
        str, typer.Argument(help="A decimal path, a Base58 path with its wallet, or a scan URL.")
    ],
    wallet: Annotated[
        int | None, typer.Option("--wallet", "-w", min=1, help="Of a decimal path or a scan URL.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a path means, level by level. Without --wallet it is read as Base58."""
    try:
        if wallet is None:
            wallet_version, path = parse_prefixed(text)
        else:
            wallet_version = wallet
            path = parse_scan_url(text).path if text.startswith("https:") else parse_decimal(text)
    except PathError as exc:
        raise ApiError("invalid_path", exc.message) from None
    shown = to_prefixed(wallet_version, path)

    async def work(pool: Pool) -> list[dict[str, Any]]:
        levels = await registry.decode_path(pool, wallet_version=wallet_version, base_path=to_decimal(path))
        return [
            {
                "level": level.path_level,
                "number": level.component,
                "base58": digits,
                "is": level.level_name,
                "means": level.value_name if level.is_known else "unknown",
                "gs1": level.gs1_code,
                "sku": level.sku_reference,
            }
            for level, digits in zip(levels, shown.split("."), strict=True)
        ]

    print_answer(operate(work), as_json)


@paths.command("lineage")
def show_lineage(name: str, as_json: AsJson = False) -> None:
    """Show in which wallets a manufacturer was, oldest first; exit status 1 if it does not fit together."""

    async def work(pool: Pool) -> list[dict[str, Any]]:
        return [row._asdict() for row in await registry.verify_lineage(pool, canonical_name=name)]

    rows = operate(work)
    print_answer(rows, as_json)
    if not rows or any(row["problem"] for row in rows):
        raise typer.Exit(1)


@paths.command("assign")
def assign(
    manufacturer: Annotated[str, typer.Argument(help="Its name, or its index in the wallet.")],
    organization: Annotated[str, typer.Argument(help="To whom it belongs from now on: org_…")],
    wallet: Wallet,
    as_json: AsJson = False,
) -> None:
    """Give a manufacturer to an organization, whose owners and admins may then allocate its paths."""

    async def work(pool: Pool) -> dict[str, Any]:
        maker = await _manufacturer(pool, wallet, manufacturer)
        await registry.set_manufacturer_organization(
            pool,
            wallet_version=wallet,
            manufacturer_index=maker["manufacturer_index"],
            organization_id=organization,
        )
        return {"manufacturer_name": maker["manufacturer_name"], "organization_id": organization}

    print_answer(operate(work), as_json)


@paths.command("grant-super-admin")
def grant_super_admin(
    user: Annotated[str, typer.Argument(help="usr_…")],
    granted_by: Annotated[str, typer.Option(help="Who decided it.")] = "operator",
    source_ref: Annotated[str, typer.Option(help="Where the decision stands, such as a ticket.")] = "cli",
    as_json: AsJson = False,
) -> None:
    """Let a user propose and approve wallets, and respond to incidents. Two are needed to change anything."""

    async def work(pool: Pool) -> dict[str, Any]:
        await registry.grant_super_admin(pool, user_id=user, granted_by=granted_by, source_ref=source_ref)
        return {"user_id": user, "super_admin": True}

    print_answer(operate(work), as_json)


@paths.command("revoke-super-admin")
def revoke_super_admin(
    user: Annotated[str, typer.Argument(help="usr_…")],
    revoked_by: Annotated[str, typer.Option(help="Who decided it.")] = "operator",
    as_json: AsJson = False,
) -> None:
    """Take that right away again."""

    async def work(pool: Pool) -> dict[str, Any]:
        await registry.revoke_super_admin(pool, user_id=user, revoked_by=revoked_by)
        return {"user_id": user, "super_admin": False}

    print_answer(operate(work), as_json)


# Reading whole lists


async def _all_wallets(pool: Pool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: int | None = None
    while True:
        page = await registry.list_wallet_versions(pool, after_version=after, max_count=PAGE)
        found += [msgspec.json.decode(item.item) for item in page]
        if len(page) < PAGE:
            return found
        after = page[-1].place


async def _all_manufacturers(pool: Pool, wallet: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = await registry.every_manufacturer(
            pool,
            wallet_version=wallet,
            after_index=found[-1]["manufacturer_index"] if found else 0,
            max_count=PAGE,
        )
        found += page
        if len(page) < PAGE:
            return found


async def _manufacturer(pool: Pool, wallet: int, text: str) -> dict[str, Any]:
    """The one of that index, or of that name."""
    for maker in await _all_manufacturers(pool, wallet):
        if text in (str(maker["manufacturer_index"]), maker["manufacturer_name"]):
            return maker
    raise refusal("manufacturer_not_found")


# Showing


@dataclass(slots=True)
class _Branch:
    node: TreeNode
    children: list[_Branch] = field(default_factory=list)


def _drawn(maker: dict[str, Any], nodes: list[TreeNode]) -> Tree:
    """The nodes as a tree; a parent comes before its children in byte order."""
    by_path: dict[str, _Branch] = {}
    for node in nodes:
        branch = by_path[node.base_path] = _Branch(node)
        parent = by_path.get(node.base_path.rpartition(".")[0])
        if parent:
            parent.children.append(branch)
    root = by_path.get(str(maker["manufacturer_index"]))
    title = Text.assemble(
        (maker["manufacturer_name"], "bold"),
        f"  wallet {maker['wallet_version']}, index {maker['manufacturer_index']}",
    )
    if root is None:
        return Tree(title)
    title.append(
        f"  {counted(root.node.allocated_count, 'path')}, {counted(root.node.identifier_count, 'thing')}"
    )
    drawn = Tree(title)
    _add(drawn, root, root.node.identifier_count)
    return drawn


def _add(drawn: Tree, branch: _Branch, total: int) -> None:
    for child in sorted(branch.children, key=lambda item: item.node.component):
        _add(drawn.add(_line(child.node, total)), child, total)


def _line(node: TreeNode, total: int) -> Text:
    line = Text.assemble((str(node.component), "bold cyan"))
    if node.level_name or node.value_name:
        line.append(f"  {node.level_name or '?'}: {node.value_name or '?'}")
    if node.kind == "allocated":
        line.append(f"  {node.range_start}…{node.range_end}", "green" if node.status == "active" else "dim")
        if node.status != "active":
            line.append(f"  {node.status}", "yellow")
    else:
        line.append(
            f"  {counted(node.allocated_count, 'path')}, {counted(node.identifier_count, 'thing')}", "dim"
        )
    share = node.identifier_count / total if total else 0.0
    filled = max(round(share * CELLS), 1 if share else 0)
    percent = "<1%" if 0 < share < 0.005 else f"{share:.0%}"
    line.append(f"  {'█' * filled}{'░' * (CELLS - filled)} {percent} of all", "dim")
    return line


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
