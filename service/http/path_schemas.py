"""/v1/path-schemas: what the levels of a manufacturer's paths are, and what their numbers mean."""

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
from service.http.manufacturers import OF_MANUFACTURER, place_of
from service.http.registry import (
    PAGING,
    TEXT,
    Page,
    actor_of,
    get_operation,
    given,
    number_in_path,
    page_of,
    parameter,
    read,
    viewer_of,
    write,
    write_operation,
    written,
)
from service.http.replies import Json
from service.http.requests import principal_of, read_json, read_query
from service.http.spec import Operations, query
from service.http.state import State
from service.parsing import invalid
from service.paths.notation import MAX_COMPONENTS
from service.types_paths import (
    Code,
    LevelValue,
    LevelValueList,
    LevelValueOrder,
    PathSchema,
    Product,
    ProductList,
    SchemaLevel,
    SchemaLevelOrder,
)

PATH: Final = "/v1/path-schemas"
MAX_PRODUCTS: Final = 100

LEVELS: Final = frozenset({*range(3, MAX_COMPONENTS + 2), 999})
"""Component n of a path is level n + 1; 999 is for classes, which once stood in paths."""

_LEVEL: Final = msgspec.json.Decoder(SchemaLevelOrder)
_VALUE: Final = msgspec.json.Decoder(LevelValueOrder)


class ProductQuery(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A code that goods have elsewhere."""

    gs1_code: Code | None = None
    sku_reference: Code | None = None


async def define_path_schema(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:write")
    wallet, index = place_of(request)
    level = number_in_path(request, "path_level", no_level())
    if level not in LEVELS:
        raise no_level()
    order = await read_json(request, _LEVEL)
    actor = actor_of(request, principal, order)
    call = partial(
        paths.define_path_schema,
        request.state["pool"],
        actor,
        wallet_version=wallet,
        manufacturer_index=index,
        path_level=level,
        level_name=order.level_name,
        level_description=given(order.level_description),
        gs1_mapping=given(order.gs1_mapping),
        is_required=order.is_required,
        sort_order=given(order.sort_order),
    )
    return written(await write(request, actor, call))


async def define_level_value(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:write")
    wallet, index = place_of(request)
    level, value = (number_in_path(request, name, no_level()) for name in ("path_level", "level_value"))
    order = await read_json(request, _VALUE)
    actor = actor_of(request, principal, order)
    call = partial(
        paths.define_level_value,
        request.state["pool"],
        actor,
        wallet_version=wallet,
        manufacturer_index=index,
        path_level=level,
        level_value=value,
        value_name=order.value_name,
        value_description=given(order.value_description),
        gs1_code=given(order.gs1_code),
        sku_reference=given(order.sku_reference),
        is_active=order.is_active,
    )
    return written(await write(request, actor, call))


async def show_path_schema(request: Request[State]) -> Response:
    viewer = await viewer_of(request)
    wallet, index = place_of(request)
    items = await read(
        paths.list_path_schemas(
            request.state["pool"], viewer, wallet_version=wallet, manufacturer_index=index
        )
    )
    return Json(msgspec.json.encode({"levels": [msgspec.Raw(item.item) for item in items]}))


async def list_level_values(request: Request[State]) -> Response:
    viewer = await viewer_of(request)
    wallet, index = place_of(request)
    level = number_in_path(request, "path_level", no_level())
    asked = read_query(request, Page)
    items = await read(
        paths.list_level_values(
            request.state["pool"],
            viewer,
            wallet_version=wallet,
            manufacturer_index=index,
            path_level=level,
            after_value=asked.after(int),
            max_count=asked.limit,
        )
    )
    return page_of("values", items, asked.limit)


async def find_products(request: Request[State]) -> Response:
    viewer = await viewer_of(request)
    asked = read_query(request, ProductQuery)
    pool = request.state["pool"]
    if (asked.gs1_code is None) == (asked.sku_reference is None):
        raise invalid("give gs1_code or sku_reference, one of the two", field="gs1_code")
    if asked.gs1_code is not None:
        rows = await read(paths.find_by_gs1(pool, viewer, gs1_code=asked.gs1_code, max_count=MAX_PRODUCTS))
    else:
        sku = asked.sku_reference or ""
        rows = await read(paths.find_by_sku(pool, viewer, sku_reference=sku, max_count=MAX_PRODUCTS))
    return Json(msgspec.json.encode(ProductList(products=[Product(**row) for row in rows])))


def no_level() -> ApiError:
    return refusal("path_level_not_found")


_ONE: Final = f"{PATH}/{{wallet_version}}/{{manufacturer_index}}"
_LEVELS: Final = f"{_ONE}/levels/{{path_level}}"
_VALUES: Final = f"{_LEVELS}/values"

ROUTES: Final = (
    Route(f"{PATH}/products", find_products, methods=["GET"]),
    Route(_ONE, show_path_schema, methods=["GET"]),
    Route(_LEVELS, define_path_schema, methods=["PUT"]),
    Route(_VALUES, list_level_values, methods=["GET"]),
    Route(f"{_VALUES}/{{level_value}}", define_level_value, methods=["PUT"]),
)

TYPES: Final = (
    LevelValue,
    LevelValueList,
    LevelValueOrder,
    PathSchema,
    ProductList,
    SchemaLevel,
    SchemaLevelOrder,
)

_OF_LEVEL: Final = (*OF_MANUFACTURER, parameter("path_level", "3 for the component after the manufacturer."))

OPERATIONS: Final[Operations] = {
    f"{PATH}/products": {
        "get": get_operation(
            "findProducts",
            "What a GS1 code or an SKU leads to.",
            "ProductList",
            query("gs1_code", TEXT, "GTIN, GLN …"),
            query("sku_reference", TEXT, "The manufacturer's own code."),
        )
    },
    _ONE: {
        "get": get_operation(
            "showPathSchema",
            "The levels of a manufacturer's paths.",
            "PathSchema",
            *OF_MANUFACTURER,
            missing=True,
        )
    },
    _LEVELS: {
        "put": write_operation(
            "definePathSchema", "Say what a level is.", "SchemaLevel", *_OF_LEVEL, body="SchemaLevelOrder"
        )
    },
    _VALUES: {
        "get": get_operation(
            "listLevelValues",
            "What the numbers at a level mean.",
            "LevelValueList",
            *_OF_LEVEL,
            *PAGING,
            missing=True,
        )
    },
    f"{_VALUES}/{{level_value}}": {
        "put": write_operation(
            "defineLevelValue",
            "Say what a number at a level means.",
            "LevelValue",
            *_OF_LEVEL,
            parameter("level_value", "The number."),
            body="LevelValueOrder",
        )
    },
}
