"""
Schema paths: one typed function per stored function.

Writes that stand alone answer `Written`, carry their key in `Actor`, and raise psycopg's errors with
SQLSTATEs of class TL2; reads answer JSON text as the database made it, and the place in the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString, NamedTuple

import msgspec
from psycopg.rows import dict_row

from service.database import Pool, writing

# What writes take and answer


class Actor(NamedTuple):
    """In whose name a write comes, and under which key."""

    organization_id: int
    user_id: str | None
    idempotency_key: str
    request_hash: str


class Viewer(NamedTuple):
    """Whose key asks to be shown something: a super-admin's sees all, others what is their organization's."""

    organization_id: int
    user_id: str | None


class AllocationItem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One order of many; fields as paths.allocate_paths() documents them."""

    organization_id: int
    user_id: str | None = None
    idempotency_key: str
    request_hash: str
    wallet_version: int | None = None
    base_path: str | None = None
    parent_path: str | None = None
    allocation_type: str | None = None
    quantity: int | None = None
    range_start: int | None = None
    purpose: str | None = None


class Allocated(NamedTuple):
    """What became of one order; `path` is JSON text where there is one."""

    outcome: str
    path: bytes | None
    blocking_path: str | None


class Batched(NamedTuple):
    """What became of a batch; `answer` is JSON text."""

    outcome: str
    answer: bytes | None


class Written(NamedTuple):
    """The answer of a write as JSON text, and whether it was given before."""

    is_replay: bool
    answer: bytes


class Listed(NamedTuple):
    """One thing of a list as JSON text, and its place."""

    item: bytes
    place: Any


class Decoded(NamedTuple):
    """What one level of a path means."""

    path_level: int
    component: int
    level_name: str | None
    value_name: str | None
    value_description: str | None
    gs1_mapping: str | None
    gs1_code: str | None
    sku_reference: str | None
    is_known: bool


class VerificationFacts(NamedTuple):
    """What a signature over an instance of a path is judged by."""

    range_start: int
    range_end: int
    public_key: str | None
    key_delegation_level: str
    wallet_status: str
    manufacturer_status: str
    path_status: str


class TreeNode(NamedTuple):
    """A node of a manufacturer's tree; counts are of what is at and below it."""

    base_path: str
    kind: str
    component: int
    level_name: str | None
    value_name: str | None
    status: str | None
    quantity: int | None
    range_start: int | None
    range_end: int | None
    child_count: int
    allocated_count: int
    identifier_count: int


class LineageRow(NamedTuple):
    """One place in which a manufacturer was; `problem` is None where it fits."""

    step: int
    wallet_version: int
    manufacturer_index: int
    assignment_reason: str
    assignment_date: datetime
    status: str
    problem: str | None


async def _write(
    pool: Pool, actor: Actor, function: LiteralString, arguments: LiteralString, *values: object
) -> Written:
    """Call a function that takes an actor and answers (replayed, answer)."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            f"""
            SELECT replayed, answer
              FROM paths.{function}(
                       organization_id => %s::bigint, user_id => %s::text,
                       idempotency_key => %s::text, request_hash => %s::text,
                       {arguments}
                   )
            """,
            (*actor, *values),
        )
        return Written._make(await anext(cursor))


async def _one(pool: Pool, query: LiteralString, *values: object) -> bytes | None:
    """The one JSON text of a query, or None."""
    async with pool.connection() as conn:
        row = await (await conn.execute(query, values)).fetchone()
        return None if row is None else row[0]


async def _list(pool: Pool, query: LiteralString, *values: object) -> list[Listed]:
    async with pool.connection() as conn:
        return [Listed._make(row) for row in await (await conn.execute(query, values)).fetchall()]


async def _rows(pool: Pool, query: LiteralString, *values: object) -> list[dict[str, Any]]:
    async with pool.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, values)
        return await cursor.fetchall()


# Paths


async def allocate_paths(pool: Pool, *, orders: Sequence[AllocationItem]) -> list[Allocated]:
    """Allocate a path an order: one transaction, one answer an order, in order."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT outcome, path, blocking_path
              FROM paths.allocate_paths(orders => %s::text::jsonb)
             ORDER BY order_position
            """,
            (msgspec.json.encode(orders).decode(),),
        )
        return [Allocated._make(row) for row in await cursor.fetchall()]


async def allocate_batch(
    pool: Pool, actor: Actor, *, wallet_version: int, orders: bytes, all_or_nothing: bool
) -> Batched:
    """Allocate many paths of one wallet as one request; `orders` is JSON text."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT outcome, answer
              FROM paths.allocate_batch(
                       organization_id => %s::bigint, user_id => %s::text,
                       idempotency_key => %s::text, request_hash => %s::text,
                       wallet_version => %s::integer, orders => %s::text::jsonb, all_or_nothing => %s::boolean
                   )
            """,
            (*actor, wallet_version, orders.decode(), all_or_nothing),
        )
        return Batched._make(await anext(cursor))


async def check_availability(
    pool: Pool, *, wallet_version: int, base_path: str
) -> tuple[bool, str, str | None]:
    """Whether the path could be allocated, why not, and which path is in the way."""
    async with pool.connection() as conn:
        cursor = await conn.execute(
            """
            SELECT is_available, reason, blocking_path
              FROM paths.check_availability(wallet_version => %s::integer, base_path => %s::text)
            """,
            (wallet_version, base_path),
        )
        return await anext(cursor)


async def get_path(pool: Pool, viewer: Viewer, *, wallet_version: int, base_path: str) -> bytes | None:
    """The path, or None when the viewer may not see it."""
    return await _one(
        pool,
        """
        SELECT path
          FROM paths.get_path(
                   organization_id => %s::bigint, user_id => %s::text,
                   wallet_version => %s::integer, base_path => %s::text
               )
        """,
        *viewer,
        wallet_version,
        base_path,
    )


async def list_paths(
    pool: Pool,
    viewer: Viewer,
    *,
    wallet_version: int,
    prefix: str | None,
    after_path: str | None,
    max_count: int,
) -> list[Listed]:
    """Paths at and below a prefix, in byte order."""
    return await _list(
        pool,
        """
        SELECT path, base_path
          FROM paths.list_paths(
                   organization_id => %s::bigint, user_id => %s::text,
                   wallet_version => %s::integer, prefix => %s::text, after_path => %s::text, max_count => %s::integer
               )
        """,
        *viewer,
        wallet_version,
        prefix,
        after_path,
        max_count,
    )


async def extend_path(
    pool: Pool, actor: Actor, *, wallet_version: int, base_path: str, additional_quantity: int
) -> Written:
    """Add instances at the end of an active path's range."""
    return await _write(
        pool,
        actor,
        "extend_path",
        "wallet_version => %s::integer, base_path => %s::text, additional_quantity => %s::integer",
        wallet_version,
        base_path,
        additional_quantity,
    )


async def exhaust_path(pool: Pool, actor: Actor, *, wallet_version: int, base_path: str) -> Written:
    """Say that an active path's instances are all made."""
    return await _write(
        pool,
        actor,
        "exhaust_path",
        "wallet_version => %s::integer, base_path => %s::text",
        wallet_version,
        base_path,
    )


async def retire_path(pool: Pool, actor: Actor, *, wallet_version: int, base_path: str) -> Written:
    """Retire a path; its place stays taken."""
    return await _write(
        pool,
        actor,
        "retire_path",
        "wallet_version => %s::integer, base_path => %s::text",
        wallet_version,
        base_path,
    )


# Wallet versions


async def list_wallet_versions(pool: Pool, *, after_version: int | None, max_count: int) -> list[Listed]:
    """Wallet versions in the order of their ids."""
    return await _list(
        pool,
        """
        SELECT wallet_version, version_id
          FROM paths.list_wallet_versions(after_version => %s::integer, max_count => %s::integer)
        """,
        after_version,
        max_count,
    )


async def get_wallet_version(pool: Pool, *, version_id: int) -> bytes | None:
    """One wallet version, or None."""
    return await _one(
        pool,
        "SELECT wallet_version FROM paths.get_wallet_version(version_id => %s::integer)",
        version_id,
    )


async def propose(pool: Pool, actor: Actor, *, action: str, arguments: bytes) -> Written:
    """Propose an act that two super-admins must want; `arguments` is JSON text."""
    return await _write(
        pool,
        actor,
        "propose",
        "action => %s::text, arguments => %s::text::jsonb",
        action,
        arguments.decode(),
    )


async def approve(pool: Pool, actor: Actor, *, proposal_id: str) -> Written:
    """Approve another super-admin's proposal, and carry it out."""
    return await _write(pool, actor, "approve", "proposal_id => %s::text", proposal_id)


async def reject(pool: Pool, actor: Actor, *, proposal_id: str) -> Written:
    """Reject a proposal."""
    return await _write(pool, actor, "reject", "proposal_id => %s::text", proposal_id)


async def list_proposals(
    pool: Pool, *, user_id: str | None, after_id: str | None, max_count: int
) -> list[Listed]:
    """Proposals, newest first; none for who is no super-admin."""
    return await _list(
        pool,
        """
        SELECT proposal, proposal_id
          FROM paths.list_proposals(
                   user_id => %s::text, after_id => %s::text, max_count => %s::integer
               )
        """,
        user_id,
        after_id,
        max_count,
    )


async def get_proposal(pool: Pool, *, user_id: str | None, proposal_id: str) -> bytes | None:
    """One proposal, or None when there is none or the user is no super-admin."""
    return await _one(
        pool,
        "SELECT proposal FROM paths.get_proposal(user_id => %s::text, proposal_id => %s::text)",
        user_id,
        proposal_id,
    )


# Manufacturers


async def register_manufacturer(
    pool: Pool,
    actor: Actor,
    *,
    wallet_version: int | None,
    manufacturer_name: str,
    manufacturer_index: int | None,
    public_key: str | None,
    key_delegation_level: str,
) -> Written:
    """Register a manufacturer of the actor's organization, in the default wallet when none is named."""
    return await _write(
        pool,
        actor,
        "register_manufacturer",
        "wallet_version => %s::integer, manufacturer_name => %s::text, manufacturer_index => %s::integer, "
        "public_key => %s::text, key_delegation_level => %s::text",
        wallet_version,
        manufacturer_name,
        manufacturer_index,
        public_key,
        key_delegation_level,
    )


async def set_manufacturer_key(
    pool: Pool,
    actor: Actor,
    *,
    wallet_version: int,
    manufacturer_index: int,
    public_key: str | None,
    key_delegation_level: str,
) -> Written:
    """Give a manufacturer a key, and that key its rights."""
    return await _write(
        pool,
        actor,
        "set_manufacturer_key",
        "wallet_version => %s::integer, manufacturer_index => %s::integer, "
        "public_key => %s::text, key_delegation_level => %s::text",
        wallet_version,
        manufacturer_index,
        public_key,
        key_delegation_level,
    )


async def get_manufacturer(
    pool: Pool, viewer: Viewer, *, wallet_version: int, manufacturer_index: int
) -> bytes | None:
    """One manufacturer, or None."""
    return await _one(
        pool,
        """
        SELECT manufacturer
          FROM paths.get_manufacturer(
                   organization_id => %s::bigint, user_id => %s::text,
                   wallet_version => %s::integer, manufacturer_index => %s::integer
               )
        """,
        *viewer,
        wallet_version,
        manufacturer_index,
    )


async def list_manufacturers(
    pool: Pool, viewer: Viewer, *, wallet_version: int, after_index: int | None, max_count: int
) -> list[Listed]:
    """Manufacturers of a wallet in the order of their indexes."""
    return await _list(
        pool,
        """
        SELECT manufacturer, manufacturer_index
          FROM paths.list_manufacturers(
                   organization_id => %s::bigint, user_id => %s::text, wallet_version => %s::integer,
                   after_index => %s::integer, max_count => %s::integer
               )
        """,
        *viewer,
        wallet_version,
        after_index,
        max_count,
    )


async def find_manufacturer(pool: Pool, viewer: Viewer, *, manufacturer_name: str) -> bytes | None:
    """Where the manufacturer of that name is now, or None."""
    return await _one(
        pool,
        """
        SELECT manufacturer
          FROM paths.find_manufacturer(
                   organization_id => %s::bigint, user_id => %s::text, manufacturer_name => %s::text
               )
        """,
        *viewer,
        manufacturer_name,
    )


async def get_public_key(pool: Pool, *, wallet_version: int, manufacturer_index: int) -> str | None:
    """A manufacturer's public key, whoever asks; None when there is none."""
    async with pool.connection() as conn:
        cursor = await conn.execute(
            """
            SELECT public_key
              FROM paths.get_public_key(wallet_version => %s::integer, manufacturer_index => %s::integer)
            """,
            (wallet_version, manufacturer_index),
        )
        row = await cursor.fetchone()
        return None if row is None else row[0]


async def get_verification_facts(
    pool: Pool, *, wallet_version: int, base_path: str
) -> VerificationFacts | None:
    """What an instance of a path is judged by, whoever asks; None when the path is not allocated."""
    async with pool.connection() as conn:
        cursor = await conn.execute(
            """
            SELECT range_start, range_end, public_key, key_delegation_level, wallet_status,
                   manufacturer_status, path_status
              FROM paths.get_verification_facts(wallet_version => %s::integer, base_path => %s::text)
            """,
            (wallet_version, base_path),
        )
        row = await cursor.fetchone()
        return None if row is None else VerificationFacts._make(row)


async def get_lineage(pool: Pool, viewer: Viewer, *, canonical_name: str) -> list[LineageRow]:
    """Where the manufacturer was, oldest first, and what does not fit; nothing when it is another's."""
    return await _lineage(
        pool,
        "get_lineage(organization_id => %s::bigint, user_id => %s::text, canonical_name => %s::text)",
        *viewer,
        canonical_name,
    )


async def verify_lineage(pool: Pool, *, canonical_name: str) -> list[LineageRow]:
    """The same of every manufacturer, for operators."""
    return await _lineage(pool, "verify_lineage(canonical_name => %s::text)", canonical_name)


async def _lineage(pool: Pool, call: LiteralString, *values: object) -> list[LineageRow]:
    async with pool.connection() as conn:
        cursor = await conn.execute(
            f"""
            SELECT step, wallet_version, manufacturer_index, assignment_reason, assignment_date, status, problem
              FROM paths.{call}
             ORDER BY step
            """,
            values,
        )
        return [LineageRow._make(row) for row in await cursor.fetchall()]


async def manufacturer_tree(
    pool: Pool, *, wallet_version: int, manufacturer_index: int, after_path: str | None, max_count: int
) -> list[TreeNode]:
    """Nodes of a manufacturer's tree in byte order, which keeps subtrees together."""
    async with pool.connection() as conn:
        cursor = await conn.execute(
            """
            SELECT base_path, kind, component, level_name, value_name, status, quantity, range_start, range_end,
                   child_count, allocated_count, identifier_count::bigint
              FROM paths.manufacturer_tree(
                       wallet_version => %s::integer, manufacturer_index => %s::integer,
                       after_path => %s::text, max_count => %s::integer
                   )
            """,
            (wallet_version, manufacturer_index, after_path, max_count),
        )
        return [TreeNode._make(row) for row in await cursor.fetchall()]


# Meaning


async def define_path_schema(
    pool: Pool,
    actor: Actor,
    *,
    wallet_version: int,
    manufacturer_index: int,
    path_level: int,
    level_name: str,
    level_description: str | None,
    gs1_mapping: str | None,
    is_required: bool,
    sort_order: int | None,
) -> Written:
    """Say what a level of a manufacturer's paths is, anew or for the first time."""
    return await _write(
        pool,
        actor,
        "define_path_schema",
        "wallet_version => %s::integer, manufacturer_index => %s::integer, path_level => %s::integer, "
        "level_name => %s::text, level_description => %s::text, gs1_mapping => %s::text, "
        "is_required => %s::boolean, sort_order => %s::integer",
        wallet_version,
        manufacturer_index,
        path_level,
        level_name,
        level_description,
        gs1_mapping,
        is_required,
        sort_order,
    )


async def define_level_value(
    pool: Pool,
    actor: Actor,
    *,
    wallet_version: int,
    manufacturer_index: int,
    path_level: int,
    level_value: int,
    value_name: str,
    value_description: str | None,
    gs1_code: str | None,
    sku_reference: str | None,
    is_active: bool,
) -> Written:
    """Say what a number at a level means, anew or for the first time."""
    return await _write(
        pool,
        actor,
        "define_level_value",
        "wallet_version => %s::integer, manufacturer_index => %s::integer, path_level => %s::integer, "
        "level_value => %s::integer, value_name => %s::text, value_description => %s::text, "
        "gs1_code => %s::text, sku_reference => %s::text, is_active => %s::boolean",
        wallet_version,
        manufacturer_index,
        path_level,
        level_value,
        value_name,
        value_description,
        gs1_code,
        sku_reference,
        is_active,
    )


async def list_path_schemas(
    pool: Pool, viewer: Viewer, *, wallet_version: int, manufacturer_index: int
) -> list[Listed]:
    """The levels of a manufacturer's paths, in order."""
    return await _list(
        pool,
        """
        SELECT path_schema, path_level
          FROM paths.list_path_schemas(
                   organization_id => %s::bigint, user_id => %s::text,
                   wallet_version => %s::integer, manufacturer_index => %s::integer
               )
        """,
        *viewer,
        wallet_version,
        manufacturer_index,
    )


async def list_level_values(
    pool: Pool,
    viewer: Viewer,
    *,
    wallet_version: int,
    manufacturer_index: int,
    path_level: int,
    after_value: int | None,
    max_count: int,
) -> list[Listed]:
    """What the numbers at a level mean, in order."""
    return await _list(
        pool,
        """
        SELECT level_value, value
          FROM paths.list_level_values(
                   organization_id => %s::bigint, user_id => %s::text, wallet_version => %s::integer,
                   manufacturer_index => %s::integer, path_level => %s::integer, after_value => %s::integer, max_count => %s::integer
               )
        """,
        *viewer,
        wallet_version,
        manufacturer_index,
        path_level,
        after_value,
        max_count,
    )


async def decode_path(pool: Pool, *, wallet_version: int, base_path: str) -> list[Decoded]:
    """What a path means, level by level; TL204 when there is no such wallet version."""
    async with pool.connection() as conn:
        cursor = await conn.execute(
            """
            SELECT path_level, component, level_name, value_name, value_description, gs1_mapping, gs1_code,
                   sku_reference, is_known
              FROM paths.decode_path(wallet_version => %s::integer, base_path => %s::text)
            """,
            (wallet_version, base_path),
        )
        return [Decoded._make(row) for row in await cursor.fetchall()]


async def find_by_gs1(pool: Pool, viewer: Viewer, *, gs1_code: str, max_count: int) -> list[dict[str, Any]]:
    """Values with that GS1 code."""
    return await _products(pool, viewer, "find_by_gs1", "gs1_code", gs1_code, max_count)


async def find_by_sku(
    pool: Pool, viewer: Viewer, *, sku_reference: str, max_count: int
) -> list[dict[str, Any]]:
    """Values with that SKU."""
    return await _products(pool, viewer, "find_by_sku", "sku_reference", sku_reference, max_count)


async def _products(
    pool: Pool, viewer: Viewer, function: LiteralString, argument: LiteralString, code: str, max_count: int
) -> list[dict[str, Any]]:
    return await _rows(
        pool,
        f"""
        SELECT wallet_version, manufacturer_index, manufacturer_name, path_level, level_name, level_value,
               value_name, gs1_code, sku_reference, is_active
          FROM paths.{function}(
                   organization_id => %s::bigint, user_id => %s::text,
                   {argument} => %s::text, max_count => %s::integer
               )
        """,
        *viewer,
        code,
        max_count,
    )


# Transfers and incidents


async def transfer_manufacturer(
    pool: Pool,
    actor: Actor,
    *,
    wallet_version: int,
    manufacturer_index: int,
    target_wallet: int,
    assignment_reason: str,
) -> Written:
    """Open the transfer of a manufacturer with all its paths; nothing has moved yet."""
    return await _write(
        pool,
        actor,
        "transfer_manufacturer",
        "wallet_version => %s::integer, manufacturer_index => %s::integer, target_wallet => %s::integer, "
        "assignment_reason => %s::text",
        wallet_version,
        manufacturer_index,
        target_wallet,
        assignment_reason,
    )


async def transfer_path(
    pool: Pool,
    actor: Actor,
    *,
    wallet_version: int,
    base_path: str,
    target_wallet: int,
    assignment_reason: str,
) -> Written:
    """Move one path, whole."""
    return await _write(
        pool,
        actor,
        "transfer_path",
        "wallet_version => %s::integer, base_path => %s::text, target_wallet => %s::integer, "
        "assignment_reason => %s::text",
        wallet_version,
        base_path,
        target_wallet,
        assignment_reason,
    )


async def continue_transfer(
    pool: Pool, *, organization_id: int, user_id: str | None, transfer_id: str, max_paths: int
) -> tuple[bytes, int]:
    """Move some more paths of a transfer; the transfer, and how many this call moved."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT transfer, moved
              FROM paths.continue_transfer(
                       organization_id => %s::bigint, user_id => %s::text, transfer_id => %s::text,
                       max_paths => %s::integer
                   )
            """,
            (organization_id, user_id, transfer_id, max_paths),
        )
        return await anext(cursor)


async def get_transfer(pool: Pool, viewer: Viewer, *, transfer_id: str) -> bytes | None:
    """One transfer, or None."""
    return await _one(
        pool,
        """
        SELECT transfer
          FROM paths.get_transfer(
                   organization_id => %s::bigint, user_id => %s::text, transfer_id => %s::text
               )
        """,
        *viewer,
        transfer_id,
    )


async def list_transfers(
    pool: Pool, viewer: Viewer, *, after_id: str | None, max_count: int, is_open: bool | None
) -> list[Listed]:
    """Transfers, newest first; open ones, finished ones, or all."""
    return await _list(
        pool,
        """
        SELECT transfer, transfer_id
          FROM paths.list_transfers(
                   organization_id => %s::bigint, user_id => %s::text, after_id => %s::text,
                   max_count => %s::integer, is_open => %s::boolean
               )
        """,
        *viewer,
        after_id,
        max_count,
        is_open,
    )


async def respond_to_key_compromise(
    pool: Pool,
    actor: Actor,
    *,
    wallet_version: int,
    reason: str,
    successor_master_key_id: str,
    successor_name: str | None,
    is_dry_run: bool,
) -> Written:
    """Mark a wallet compromised, put a successor in its place, open what must move; or show all that."""
    return await _write(
        pool,
        actor,
        "respond_to_key_compromise",
        "wallet_version => %s::integer, reason => %s::text, successor_master_key_id => %s::text, "
        "successor_name => %s::text, is_dry_run => %s::boolean",
        wallet_version,
        reason,
        successor_master_key_id,
        successor_name,
        is_dry_run,
    )


async def get_incident(pool: Pool, viewer: Viewer, *, incident_id: str) -> bytes | None:
    """One incident with its progress, or None."""
    return await _one(
        pool,
        """
        SELECT incident
          FROM paths.get_incident(
                   organization_id => %s::bigint, user_id => %s::text, incident_id => %s::text
               )
        """,
        *viewer,
        incident_id,
    )


async def list_incidents(pool: Pool, viewer: Viewer, *, after_id: str | None, max_count: int) -> list[Listed]:
    """Incidents, newest first."""
    return await _list(
        pool,
        """
        SELECT incident, incident_id
          FROM paths.list_incidents(
                   organization_id => %s::bigint, user_id => %s::text, after_id => %s::text,
                   max_count => %s::integer
               )
        """,
        *viewer,
        after_id,
        max_count,
    )


async def verify_across_wallets(
    pool: Pool, viewer: Viewer, *, source_wallet: int, base_path: str, target_wallet: int
) -> bool:
    """Whether the path was moved to the target wallet; the question is recorded."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT paths.verify_across_wallets(
                organization_id => %s::bigint, user_id => %s::text,
                source_wallet => %s::integer, base_path => %s::text, target_wallet => %s::integer
            )
            """,
            (*viewer, source_wallet, base_path, target_wallet),
        )
        return bool((await anext(cursor))[0])


async def record_health(
    pool: Pool,
    *,
    wallet_version: int,
    allocations_count: int,
    verifications_count: int,
    error_count: int,
    average_response_time_ms: int,
) -> None:
    """Add to what a wallet did today."""
    async with writing(pool) as conn:
        await conn.execute(
            """
            SELECT paths.record_health(
                wallet_version => %s::integer, allocations_count => %s::integer,
                verifications_count => %s::integer, error_count => %s::integer,
                average_response_time_ms => %s::integer
            )
            """,
            (wallet_version, allocations_count, verifications_count, error_count, average_response_time_ms),
        )


# Operators


async def every_manufacturer(
    pool: Pool, *, wallet_version: int, after_index: int, max_count: int
) -> list[dict[str, Any]]:
    """Manufacturers of a wallet in the order of their indexes, whosever they are."""
    return await _rows(
        pool,
        """
        SELECT wallet_version, manufacturer_index, manufacturer_name, organization_id, status, public_key,
               key_delegation_level, transferred_from_wallet
          FROM paths.manufacturers
         WHERE wallet_version = %s AND manufacturer_index > %s
         ORDER BY manufacturer_index
         LIMIT %s
        """,
        wallet_version,
        after_index,
        max_count,
    )


async def every_transfer(
    pool: Pool, *, before: int | None, max_count: int, is_open: bool | None
) -> list[dict[str, Any]]:
    """Transfers, newest first, whosever they are; open ones, finished ones, or all."""
    return await _rows(
        pool,
        """
        SELECT place, transfer_id, manufacturer_name, source_wallet, source_index, target_wallet, target_index,
               base_path, status, paths_moved, paths_total, completion_percentage, assignment_reason
          FROM paths.transfer_overview
         WHERE (%s::bigint IS NULL OR place < %s) AND (%s::boolean IS NULL OR %s = (status = 'transferring'))
         ORDER BY place DESC
         LIMIT %s
        """,
        before,
        before,
        is_open,
        is_open,
        max_count,
    )


async def every_incident(pool: Pool, *, max_count: int) -> list[dict[str, Any]]:
    """Incidents, newest first, and how far all their transfers are."""
    return await _rows(
        pool,
        """
        SELECT incident_id AS id, wallet_version AS wallet, successor_version AS successor, reported_at, reason,
               transfers_open, transfers_done, paths_total::bigint, paths_moved::bigint,
               completion_percentage::integer
          FROM paths.incident_overview
         ORDER BY place DESC
         LIMIT %s
        """,
        max_count,
    )


async def grant_super_admin(pool: Pool, *, user_id: str, granted_by: str, source_ref: str) -> None:
    """Make a user a super-admin; TL905 when there is no such user."""
    async with writing(pool) as conn:
        await conn.execute(
            """
            SELECT paths.grant_super_admin(
                user_id => %s::text, granted_by => %s::text, source_ref => %s::text
            )
            """,
            (user_id, granted_by, source_ref),
        )


async def revoke_super_admin(pool: Pool, *, user_id: str, revoked_by: str) -> None:
    """Make a user no super-admin any more; TL905 when there is no such user."""
    async with writing(pool) as conn:
        await conn.execute(
            "SELECT paths.revoke_super_admin(user_id => %s::text, revoked_by => %s::text)",
            (user_id, revoked_by),
        )


async def set_manufacturer_organization(
    pool: Pool, *, wallet_version: int, manufacturer_index: int, organization_id: str
) -> None:
    """Give a manufacturer to an organization."""
    async with writing(pool) as conn:
        await conn.execute(
            """
            SELECT paths.set_manufacturer_organization(
                wallet_version => %s::integer, manufacturer_index => %s::integer, organization_id => %s::text
            )
            """,
            (wallet_version, manufacturer_index, organization_id),
        )
