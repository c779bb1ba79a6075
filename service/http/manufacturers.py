"""/v1/manufacturers: who has which branch of which wallet, with which key, and since when."""

from __future__ import annotations

from functools import partial
from typing import Final

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.database import paths
from service.errors import ApiError, refusal
from service.http.registry import (
    PAGING,
    TEXT,
    WALLET,
    Page,
    actor_of,
    found,
    get_operation,
    given,
    instant,
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
from service.http.replies import Json
from service.http.requests import principal_of, read_json, read_query
from service.http.spec import Operations
from service.http.state import State
from service.parsing import invalid
from service.paths.delegation import load_public_key
from service.paths.errors import PathError
from service.types_paths import (
    Line,
    Lineage,
    LineageStep,
    Manufacturer,
    ManufacturerKeyOrder,
    ManufacturerList,
    ManufacturerOrder,
    WalletVersionId,
)

PATH: Final = "/v1/manufacturers"

_ORDER: Final = msgspec.json.Decoder(ManufacturerOrder)
_KEY: Final = msgspec.json.Decoder(ManufacturerKeyOrder)


class ManufacturerQuery(Page, frozen=True, kw_only=True):
    """Query of a list of manufacturers."""

    wallet_version: WalletVersionId


class NameQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A manufacturer, whichever wallet it is in."""

    name: Line


class _Place(Struct):
    wallet_version: int
    manufacturer_index: int


async def register_manufacturer(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:write")
    order = await read_json(request, _ORDER)
    _check_key(given(order.public_key), order.key_delegation_level)
    actor = actor_of(request, principal, order)
    call = partial(
        paths.register_manufacturer,
        request.state["pool"],
        actor,
        wallet_version=given(order.wallet_version),
        manufacturer_name=order.manufacturer_name,
        manufacturer_index=given(order.manufacturer_index),
        public_key=given(order.public_key),
        key_delegation_level=order.key_delegation_level,
    )
    done = await write(request, actor, call)
    place = msgspec.json.decode(done.answer, type=_Place)
    return written(done, status=201, location=f"{PATH}/{place.wallet_version}/{place.manufacturer_index}")


async def set_manufacturer_key(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:write")
    wallet, index = place_of(request)
    order = await read_json(request, _KEY)
    _check_key(order.public_key, order.key_delegation_level)
    actor = actor_of(request, principal, order)
    call = partial(
        paths.set_manufacturer_key,
        request.state["pool"],
        actor,
        wallet_version=wallet,
        manufacturer_index=index,
        public_key=order.public_key,
        key_delegation_level=order.key_delegation_level,
    )
    return written(await write(request, actor, call))


async def get_manufacturer(request: Request[State]) -> Response:
    viewer = await viewer_of(request)
    wallet, index = place_of(request)
    item = await read(
        paths.get_manufacturer(request.state["pool"], viewer, wallet_version=wallet, manufacturer_index=index)
    )
    return found(item, no_manufacturer())


async def list_manufacturers(request: Request[State]) -> Response:
    viewer = await viewer_of(request)
    asked = read_query(request, ManufacturerQuery)
    items = await read(
        paths.list_manufacturers(
            request.state["pool"],
            viewer,
            wallet_version=asked.wallet_version,
            after_index=asked.after(int),
            max_count=asked.limit,
        )
    )
    return page_of("manufacturers", items, asked.limit)


async def find_manufacturer(request: Request[State]) -> Response:
    viewer = await viewer_of(request)
    name = read_query(request, NameQuery).name
    item = await read(paths.find_manufacturer(request.state["pool"], viewer, manufacturer_name=name))
    return found(item, no_manufacturer())


async def show_lineage(request: Request[State]) -> Response:
    viewer = await viewer_of(request)
    name = read_query(request, NameQuery).name
    rows = await read(paths.get_lineage(request.state["pool"], viewer, canonical_name=name))
    if not rows:
        raise no_manufacturer()
    answer = Lineage(
        manufacturer_name=name,
        is_whole=all(row.problem is None for row in rows),
        steps=[
            LineageStep(**row._asdict() | {"assignment_date": instant(row.assignment_date)}) for row in rows
        ],
    )
    return Json(msgspec.json.encode(answer))


def place_of(request: Request[State]) -> tuple[int, int]:
    """Wallet and manufacturer of the route."""
    return (
        number_in_path(request, "wallet_version", no_manufacturer()),
        number_in_path(request, "manufacturer_index", no_manufacturer()),
    )


def no_manufacturer() -> ApiError:
    return refusal("manufacturer_not_found")


def _check_key(public_key: str | None, level: str) -> None:
    """What SQL cannot see: whether the text is a point of the curve, and one that proves anything."""
    if public_key is None:
        if level != "none":
            raise invalid("nothing can be delegated without a key", field="public_key")
        return
    try:
        load_public_key(public_key)
    except PathError as exc:
        raise invalid_part(exc, "public_key") from None


_ONE: Final = f"{PATH}/{{wallet_version}}/{{manufacturer_index}}"

ROUTES: Final = (
    Route(PATH, register_manufacturer, methods=["POST"]),
    Route(PATH, list_manufacturers, methods=["GET"]),
    Route(f"{PATH}/current", find_manufacturer, methods=["GET"]),
    Route(f"{PATH}/lineage", show_lineage, methods=["GET"]),
    Route(_ONE, get_manufacturer, methods=["GET"]),
    Route(f"{_ONE}/key", set_manufacturer_key, methods=["PUT"]),
)

TYPES: Final = (Lineage, Manufacturer, ManufacturerKeyOrder, ManufacturerList, ManufacturerOrder)

OF_MANUFACTURER: Final = (
    parameter("wallet_version", "The wallet."),
    parameter("manufacturer_index", "The manufacturer's index in it."),
)
_NAME: Final = required("name", {**TEXT, "minLength": 1, "maxLength": 100}, "The manufacturer's name.")

OPERATIONS: Final[Operations] = {
    PATH: {
        "post": write_operation(
            "registerManufacturer",
            "Register a manufacturer, with a branch of its own.",
            "Manufacturer",
            body="ManufacturerOrder",
            status=201,
        ),
        "get": get_operation(
            "listManufacturers",
            "Manufacturers of a wallet.",
            "ManufacturerList",
            required("wallet_version", WALLET, "The wallet."),
            *PAGING,
        ),
    },
    f"{PATH}/current": {
        "get": get_operation(
            "findManufacturer", "Where a manufacturer is now.", "Manufacturer", _NAME, missing=True
        )
    },
    f"{PATH}/lineage": {
        "get": get_operation(
            "showLineage",
            "Where a manufacturer was, and whether it fits together.",
            "Lineage",
            _NAME,
            missing=True,
        )
    },
    _ONE: {
        "get": get_operation(
            "getManufacturer", "One manufacturer.", "Manufacturer", *OF_MANUFACTURER, missing=True
        )
    },
    f"{_ONE}/key": {
        "put": write_operation(
            "setManufacturerKey",
            "Give a manufacturer a key, and that key its rights.",
            "Manufacturer",
            *OF_MANUFACTURER,
            body="ManufacturerKeyOrder",
        )
    },
}
