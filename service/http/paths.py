"""/v1/paths: allocate, look up, extend, exhaust, retire, decode, verify."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import msgspec
from msgspec import UNSET, Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.database import Pool, paths
from service.database.paths import Actor, AllocationItem, Written
from service.errors import ApiError, refusal
from service.http.registry import (
    PAGING,
    TEXT,
    WALLET,
    Page,
    actor_of,
    decimal_path,
    found,
    get_operation,
    given,
    invalid_part,
    number_in_path,
    page_of,
    parameter,
    read,
    required,
    viewer_of,
    write,
    write_operation,
    written,
)
from service.http.replies import Json, read_body
from service.http.requests import principal_of, read_json, read_nothing, read_query
from service.http.spec import ID, Operations, query
from service.http.state import State
from service.parsing import decode, invalid
from service.paths.delegation import Level, Verdict, instance_statement
from service.paths.errors import PathError
from service.paths.instances import Facts, Grant, judge
from service.paths.notation import (
    Path,
    derivation_path,
    parse_prefixed,
    to_decimal,
    to_prefixed,
)
from service.paths.pointer import find_class
from service.paths.scan_url import Scan, parse_scan_url
from service.registry import CONFLICTS, outcome_error
from service.types_paths import (
    Availability,
    DecimalPath,
    DecodedLevel,
    DecodedPath,
    ExtensionOrder,
    PathBatch,
    PathBatchOrder,
    PathList,
    PathOrder,
    RegisteredPath,
    Verification,
    VerificationOrder,
    WalletPathOrder,
    WalletVersionId,
)

PATH: Final = "/v1/paths"
MAX_BATCH_BYTES: Final = 1024 * 1024
"""Ten thousand paths are more than what other bodies may have."""

_ORDER: Final = msgspec.json.Decoder(WalletPathOrder)
_BATCH: Final = msgspec.json.Decoder(PathBatchOrder)
_EXTENSION: Final = msgspec.json.Decoder(ExtensionOrder)
_VERIFICATION: Final = msgspec.json.Decoder(VerificationOrder)


class PathQuery(Page, frozen=True, kw_only=True):
    """Query of a list of paths."""

    wallet_version: WalletVersionId
    prefix: DecimalPath | None = None


class AvailabilityQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Query of one path's availability."""

    wallet_version: WalletVersionId
    base_path: DecimalPath


class DecodeQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A path in one of three spellings."""

    wallet_version: WalletVersionId | None = None
    path: DecimalPath | None = None
    base58: str | None = None
    scan_url: str | None = None


# Allocating


async def allocate_path(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:write")
    order = await read_json(request, _ORDER)
    _check_place(order)
    actor = actor_of(request, principal, order)
    item = AllocationItem(
        organization_id=principal.organization_id,
        user_id=principal.user_id,
        idempotency_key=actor.idempotency_key,
        request_hash=actor.request_hash,
        wallet_version=given(order.wallet_version),
        base_path=given(order.base_path),
        parent_path=given(order.parent_path),
        allocation_type=order.allocation_type,
        quantity=order.quantity,
        range_start=order.range_start,
        purpose=given(order.purpose),
    )
    registry, started = request.state["paths"], time.monotonic()
    try:
        done = await registry.allocate(item)
    except ApiError as error:
        if item.wallet_version is not None and error.code in CONFLICTS:
            registry.health.count(item.wallet_version, errors=1)
        if error.code == "outcome_unknown":
            error.details.setdefault("idempotency_key", actor.idempotency_key)
        raise
    answer = done.path or b""
    place = msgspec.json.decode(answer, type=_Place)
    if done.outcome == "allocated":
        registry.health.count(place.wallet_version, allocations=1, seconds=time.monotonic() - started)
    return written(
        Written(done.outcome == "replayed", answer),
        status=201,
        location=f"{PATH}/{place.wallet_version}/{place.base_path}",
    )


async def allocate_batch(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:write")
    order = decode(_BATCH, await read_body(request, MAX_BATCH_BYTES))
    actor = actor_of(request, principal, order)
    for item in order.paths:
        _check_place(item)
    call = partial(
        paths.allocate_batch,
        request.state["pool"],
        actor,
        wallet_version=order.wallet_version,
        orders=msgspec.json.encode(order.paths),
        all_or_nothing=order.all_or_nothing,
    )
    started = time.monotonic()
    done = await write(request, actor, call)
    if done.outcome == "refused":
        told = msgspec.json.decode(done.answer or b"{}")
        refused = [path for path in told.get("paths", []) if path["outcome"] not in ("allocated", "not_done")]
        raise refusal(
            "batch_refused",
            refused_count=told.get("refused_count", len(refused)),
            paths=refused[:100],
        )
    if done.outcome not in ("allocated", "replayed"):
        raise outcome_error(done.outcome, actor.idempotency_key, None)
    answer = done.answer or b"{}"
    if done.outcome == "allocated":
        made = msgspec.json.decode(answer, type=_Made)
        request.state["paths"].health.count(
            order.wallet_version,
            allocations=made.allocated_count,
            errors=made.refused_count,
            seconds=time.monotonic() - started,
        )
    return written(Written(done.outcome == "replayed", answer), status=201)


def _check_place(order: PathOrder) -> None:
    """Refuse an order of both a path and the next child of one, or of neither."""
    if (order.base_path is UNSET) == (order.parent_path is UNSET):
        raise invalid("give base_path or parent_path, one of the two", field="base_path")


class _Place(Struct):
    wallet_version: int
    base_path: str


class _Made(Struct):
    allocated_count: int
    refused_count: int


# Paths as they are


async def get_path(request: Request[State]) -> Response:
    viewer = await viewer_of(request)
    wallet, path = _place(request)
    item = await read(
        paths.get_path(
            request.state["pool"],
            viewer,
            wallet_version=wallet,
            base_path=path,
        )
    )
    return found(item, _no_path())


async def list_paths(request: Request[State]) -> Response:
    viewer = await viewer_of(request)
    asked = read_query(request, PathQuery)
    if asked.prefix is not None:
        decimal_path(asked.prefix, "prefix")
    items = await read(
        paths.list_paths(
            request.state["pool"],
            viewer,
            wallet_version=asked.wallet_version,
            prefix=asked.prefix,
            after_path=asked.after(str),
            max_count=asked.limit,
        )
    )
    return page_of("paths", items, asked.limit)


async def check_availability(request: Request[State]) -> Response:
    await principal_of(request, "paths:read")
    asked = read_query(request, AvailabilityQuery)
    decimal_path(asked.base_path, "base_path")
    is_available, reason, blocking_path = await read(
        paths.check_availability(
            request.state["pool"], wallet_version=asked.wallet_version, base_path=asked.base_path
        )
    )
    answer = Availability(
        wallet_version=asked.wallet_version,
        base_path=asked.base_path,
        is_available=is_available,
        reason=reason,
        blocking_path=blocking_path,
    )
    return Json(msgspec.json.encode(answer))


async def extend_path(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:write")
    order = await read_json(request, _EXTENSION)
    actor = actor_of(request, principal, order)
    change = partial(paths.extend_path, additional_quantity=order.additional_quantity)
    return await _change(request, actor, change)


async def exhaust_path(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:write")
    await read_nothing(request)
    return await _change(request, actor_of(request, principal), paths.exhaust_path)


async def retire_path(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:write")
    await read_nothing(request)
    return await _change(request, actor_of(request, principal), paths.retire_path)


async def _change(
    request: Request[State], actor: Actor, change: Callable[..., Awaitable[Written]]
) -> Response:
    wallet, path = _place(request)
    call = partial(change, request.state["pool"], actor, wallet_version=wallet, base_path=path)
    return written(await write(request, actor, call))


def _place(request: Request[State]) -> tuple[int, str]:
    """Wallet and path of the route; what is neither names nothing that there could be."""
    wallet = number_in_path(request, "wallet_version", _no_path())
    try:
        return wallet, to_decimal(decimal_path(request.path_params["base_path"], "base_path"))
    except ApiError:
        raise _no_path() from None


def _no_path() -> ApiError:
    return refusal("path_not_found")


# What paths and things are


async def decode_path(request: Request[State]) -> Response:
    await principal_of(request, "paths:read")
    wallet, path, scan = _asked(read_query(request, DecodeQuery))
    pool = request.state["pool"]
    levels = await read(paths.decode_path(pool, wallet_version=wallet, base_path=to_decimal(path)))
    class_path = None
    if scan and scan.class_pointer:
        public_key = await read(paths.get_public_key(pool, wallet_version=wallet, manufacturer_index=path[0]))
        if public_key:
            class_path = find_class(public_key, path, scan.class_pointer)
    answer = DecodedPath(
        wallet_version=wallet,
        base_path=to_decimal(path),
        base58=to_prefixed(wallet, path),
        derivation_path=derivation_path(wallet, path),
        levels=[DecodedLevel(**level._asdict()) for level in levels],
        carrier=scan.carrier.value if scan else None,
        instance_key=scan.instance_key if scan else None,
        class_pointer=scan.class_pointer if scan else None,
        class_path=to_decimal(class_path) if class_path else None,
    )
    return Json(msgspec.json.encode(answer))


def _asked(asked: DecodeQuery) -> tuple[int, Path, Scan | None]:
    """Wallet and path of the one spelling that was sent."""
    spellings = {"path": asked.path, "base58": asked.base58, "scan_url": asked.scan_url}
    [name, *more] = [name for name, text in spellings.items() if text is not None] or [""]
    if not name or more:
        raise invalid("give path, base58 or scan_url, one of the three", field=more[0] if more else "path")
    try:
        if asked.base58 is not None:
            if asked.wallet_version is not None:
                raise invalid("a Base58 path names its wallet", field="wallet_version")
            return *parse_prefixed(asked.base58), None
        if asked.wallet_version is None:
            raise invalid("the path does not say which wallet it is of", field="wallet_version")
        if asked.path is not None:
            return asked.wallet_version, decimal_path(asked.path, "path"), None
        scan = parse_scan_url(asked.scan_url or "")
    except PathError as exc:
        raise invalid_part(exc, name) from None
    return asked.wallet_version, scan.path, scan


async def verify_instance(request: Request[State]) -> Response:
    await principal_of(request, "paths:read")
    order = await read_json(request, _VERIFICATION)
    path = decimal_path(order.base_path, "base_path")
    started = time.monotonic()
    facts = await _facts(request.state["pool"], order.wallet_version, path)
    grant = given(order.producer)
    try:
        verdict = judge(
            facts,
            order.instance,
            order.signature,
            Grant(**msgspec.structs.asdict(grant)) if grant else None,
        )
    except PathError as exc:
        raise invalid_part(exc, "producer" if grant else "signature") from None
    request.state["paths"].health.count(
        order.wallet_version,
        verifications=1,
        errors=verdict is not Verdict.VERIFIED,
        seconds=time.monotonic() - started,
    )
    answer = Verification(
        is_verified=verdict is Verdict.VERIFIED,
        verdict=verdict.value,
        statement=instance_statement(order.wallet_version, path, order.instance).decode(),
    )
    return Json(msgspec.json.encode(answer))


async def _facts(pool: Pool, wallet_version: int, path: Path) -> Facts:
    """What the registry knows of a path, whoever asks; raises `ApiError` path_not_found."""
    known = await read(
        paths.get_verification_facts(pool, wallet_version=wallet_version, base_path=to_decimal(path))
    )
    if known is None:
        raise _no_path()
    return Facts(
        wallet_version=wallet_version,
        path=path,
        range_start=known.range_start,
        range_end=known.range_end,
        public_key=known.public_key,
        level=Level(known.key_delegation_level),
        wallet_status=known.wallet_status,
        manufacturer_status=known.manufacturer_status,
        path_status=known.path_status,
    )


_ONE: Final = f"{PATH}/{{wallet_version}}/{{base_path}}"

ROUTES: Final = (
    Route(PATH, allocate_path, methods=["POST"]),
    Route(PATH, list_paths, methods=["GET"]),
    Route(f"{PATH}/batch", allocate_batch, methods=["POST"]),
    Route(f"{PATH}/availability", check_availability, methods=["GET"]),
    Route(f"{PATH}/decode", decode_path, methods=["GET"]),
    Route(f"{PATH}/verify", verify_instance, methods=["POST"]),
    Route(_ONE, get_path, methods=["GET"]),
    Route(f"{_ONE}/extend", extend_path, methods=["POST"]),
    Route(f"{_ONE}/exhaust", exhaust_path, methods=["POST"]),
    Route(f"{_ONE}/retire", retire_path, methods=["POST"]),
)

TYPES: Final = (
    Availability,
    DecodedPath,
    ExtensionOrder,
    PathBatch,
    PathBatchOrder,
    PathList,
    RegisteredPath,
    Verification,
    VerificationOrder,
    WalletPathOrder,
)

_OF_PATH: Final = (
    parameter("wallet_version", "The wallet."),
    {**ID, "name": "base_path", "description": "Decimal, such as 2.3.4.5.10."},
)
_DECIMAL: Final = {"type": "string", "maxLength": 220, "examples": ["2.3.4.5.10"]}

OPERATIONS: Final[Operations] = {
    PATH: {
        "post": write_operation(
            "allocatePath",
            "Allocate a path that nobody has, above or below which nobody can have one.",
            "RegisteredPath",
            body="WalletPathOrder",
            status=201,
        ),
        "get": get_operation(
            "listPaths",
            "Paths of one's own organization.",
            "PathList",
            required("wallet_version", WALLET, "The wallet."),
            query("prefix", _DECIMAL, "Only this path and what is below it."),
            *PAGING,
        ),
    },
    f"{PATH}/batch": {
        "post": write_operation(
            "allocatePaths",
            "Allocate up to 10,000 paths in one transaction. The body may have 1 MiB.",
            "PathBatch",
            body="PathBatchOrder",
            status=201,
            has_location=False,
        )
    },
    f"{PATH}/availability": {
        "get": get_operation(
            "checkAvailability",
            "Whether a path could be allocated, and what is in the way.",
            "Availability",
            required("wallet_version", WALLET, "The wallet."),
            required("base_path", _DECIMAL, "The path."),
        )
    },
    f"{PATH}/decode": {
        "get": get_operation(
            "decodePath",
            "What a path means, level by level; of a decimal path, a Base58 path or a scan URL.",
            "DecodedPath",
            query("wallet_version", WALLET, "The wallet, of a decimal path or a scan URL."),
            query("path", _DECIMAL, "Decimal."),
            query("base58", TEXT, "Base58, with the wallet in front."),
            query("scan_url", TEXT, "As it stands on a tag."),
            missing=True,
        )
    },
    f"{PATH}/verify": {
        "post": write_operation(
            "verifyInstance",
            "Whether an instance of anybody's path was signed by whom the registry says.",
            "Verification",
            body="VerificationOrder",
            has_key=False,
        )
    },
    _ONE: {
        "get": get_operation(
            "getPath", "Read a path of one's own organization.", "RegisteredPath", *_OF_PATH, missing=True
        )
    },
    f"{_ONE}/extend": {
        "post": write_operation(
            "extendPath", "Add instances at the end.", "RegisteredPath", *_OF_PATH, body="ExtensionOrder"
        )
    },
    f"{_ONE}/exhaust": {
        "post": write_operation(
            "exhaustPath", "Say that all instances are made.", "RegisteredPath", *_OF_PATH
        )
    },
    f"{_ONE}/retire": {
        "post": write_operation(
            "retirePath", "Retire a path; its place stays taken.", "RegisteredPath", *_OF_PATH
        )
    },
}
