"""/v1/transfers and /v1/incidents: moving to another wallet, in peace and in haste."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.database import Pool, paths
from service.database.paths import Actor, Viewer, Written
from service.errors import refusal
from service.http.registry import (
    PAGING,
    Page,
    actor_of,
    decimal_path,
    found,
    get_operation,
    given,
    id_of,
    page_of,
    read,
    viewer_of,
    write,
    write_operation,
    written,
)
from service.http.replies import Json
from service.http.requests import principal_of, read_json, read_query
from service.http.spec import ID, Operations, query
from service.http.state import State
from service.parsing import invalid
from service.types_paths import (
    CrossWalletOrder,
    CrossWalletVerification,
    Incident,
    IncidentList,
    IncidentOrder,
    Transfer,
    TransferList,
    TransferOrder,
    TransferProgress,
    TransferStep,
)

TRANSFERS: Final = "/v1/transfers"
INCIDENTS: Final = "/v1/incidents"

_TRANSFER: Final = msgspec.json.Decoder(TransferOrder)
_STEP: Final = msgspec.json.Decoder(TransferStep)
_CROSS_WALLET: Final = msgspec.json.Decoder(CrossWalletOrder)
_INCIDENT: Final = msgspec.json.Decoder(IncidentOrder)


class TransferQuery(Page, frozen=True, kw_only=True):
    """Query of a list of transfers."""

    is_open: bool | None = None


# Transfers


async def open_transfer(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:admin")
    order = await read_json(request, _TRANSFER)
    actor = actor_of(request, principal, order)
    done = await write(request, actor, _transfer(request.state["pool"], actor, order))
    return written(done, status=201, location=f"{TRANSFERS}/{id_of(done.answer)}")


def _transfer(pool: Pool, actor: Actor, order: TransferOrder) -> Callable[[], Awaitable[Written]]:
    """The one of the two calls that the order asks for."""
    path, index = given(order.base_path), given(order.manufacturer_index)
    if path is not None and index is None:
        decimal_path(path, "base_path")
        return lambda: paths.transfer_path(
            pool,
            actor,
            wallet_version=order.wallet_version,
            base_path=path,
            target_wallet=order.target_wallet,
            assignment_reason=order.assignment_reason,
        )
    if path is None and index is not None:
        return lambda: paths.transfer_manufacturer(
            pool,
            actor,
            wallet_version=order.wallet_version,
            manufacturer_index=index,
            target_wallet=order.target_wallet,
            assignment_reason=order.assignment_reason,
        )
    raise invalid("give manufacturer_index or base_path, one of the two", field="manufacturer_index")


async def continue_transfer(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:admin")
    order = await read_json(request, _STEP)
    actor = actor_of(request, principal, order)
    call = partial(
        paths.continue_transfer,
        request.state["pool"],
        organization_id=actor.organization_id,
        user_id=actor.user_id,
        transfer_id=_id(request),
        max_paths=order.max_paths,
    )
    transfer, moved = await write(request, actor, call)
    return Json(msgspec.json.encode({"moved": moved, "transfer": msgspec.Raw(transfer)}))


async def get_transfer(request: Request[State]) -> Response:
    viewer = await viewer_of(request)
    item = await read(paths.get_transfer(request.state["pool"], viewer, transfer_id=_id(request)))
    return found(item, refusal("transfer_not_found"))


async def list_transfers(request: Request[State]) -> Response:
    viewer = await viewer_of(request)
    asked = read_query(request, TransferQuery)
    items = await read(
        paths.list_transfers(
            request.state["pool"],
            viewer,
            after_id=asked.after(str),
            max_count=asked.limit,
            is_open=asked.is_open,
        )
    )
    return page_of("transfers", items, asked.limit)


async def verify_across_wallets(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:read")
    order = await read_json(request, _CROSS_WALLET)
    decimal_path(order.base_path, "base_path")
    call = partial(
        paths.verify_across_wallets,
        request.state["pool"],
        Viewer(principal.organization_id, principal.user_id),
        source_wallet=order.source_wallet,
        base_path=order.base_path,
        target_wallet=order.target_wallet,
    )
    is_transferred = await write(request, actor_of(request, principal, order), call)
    return Json(msgspec.json.encode(CrossWalletVerification(is_transferred=is_transferred)))


# Incidents


async def respond_to_key_compromise(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:admin")
    order = await read_json(request, _INCIDENT)
    actor = actor_of(request, principal, order)
    call = partial(
        paths.respond_to_key_compromise,
        request.state["pool"],
        actor,
        wallet_version=order.wallet_version,
        reason=order.reason,
        successor_master_key_id=order.successor_master_key_id,
        successor_name=given(order.successor_name),
        is_dry_run=order.is_dry_run,
    )
    done = await write(request, actor, call)
    if order.is_dry_run:
        return Json(done.answer)
    return written(done, status=201, location=f"{INCIDENTS}/{id_of(done.answer)}")


async def get_incident(request: Request[State]) -> Response:
    viewer = await viewer_of(request)
    item = await read(paths.get_incident(request.state["pool"], viewer, incident_id=_id(request)))
    return found(item, refusal("incident_not_found"))


async def list_incidents(request: Request[State]) -> Response:
    viewer = await viewer_of(request)
    asked = read_query(request, Page)
    items = await read(
        paths.list_incidents(request.state["pool"], viewer, after_id=asked.after(str), max_count=asked.limit)
    )
    return page_of("incidents", items, asked.limit)


def _id(request: Request[State]) -> str:
    text: str = request.path_params["id"]
    return text.replace("\0", "")


ROUTES: Final = (
    Route(TRANSFERS, open_transfer, methods=["POST"]),
    Route(TRANSFERS, list_transfers, methods=["GET"]),
    Route(f"{TRANSFERS}/verify", verify_across_wallets, methods=["POST"]),
    Route(f"{TRANSFERS}/{{id}}", get_transfer, methods=["GET"]),
    Route(f"{TRANSFERS}/{{id}}/continue", continue_transfer, methods=["POST"]),
    Route(INCIDENTS, respond_to_key_compromise, methods=["POST"]),
    Route(INCIDENTS, list_incidents, methods=["GET"]),
    Route(f"{INCIDENTS}/{{id}}", get_incident, methods=["GET"]),
)

TYPES: Final = (
    CrossWalletOrder,
    CrossWalletVerification,
    Incident,
    IncidentList,
    IncidentOrder,
    Transfer,
    TransferList,
    TransferOrder,
    TransferProgress,
    TransferStep,
)

OPERATIONS: Final[Operations] = {
    TRANSFERS: {
        "post": write_operation(
            "openTransfer",
            "Move one path, or begin to move a manufacturer with all its paths.",
            "Transfer",
            body="TransferOrder",
            status=201,
        ),
        "get": get_operation(
            "listTransfers",
            "Transfers, newest first.",
            "TransferList",
            query(
                "is_open", {"type": "boolean"}, "Only those that are not finished, or only those that are."
            ),
            *PAGING,
        ),
    },
    f"{TRANSFERS}/verify": {
        "post": write_operation(
            "verifyAcrossWallets",
            "Whether a path was moved to another wallet; the question is recorded.",
            "CrossWalletVerification",
            body="CrossWalletOrder",
            has_key=False,
        )
    },
    f"{TRANSFERS}/{{id}}": {
        "get": get_operation("getTransfer", "One transfer.", "Transfer", ID, missing=True)
    },
    f"{TRANSFERS}/{{id}}/continue": {
        "post": write_operation(
            "continueTransfer",
            "Move some more paths. Call it until the transfer is `transferred`; calling again is never wrong.",
            "TransferProgress",
            ID,
            body="TransferStep",
            has_key=False,
        )
    },
    INCIDENTS: {
        "post": write_operation(
            "respondToKeyCompromise",
            "Mark a wallet compromised, put a successor in its place, begin to move everybody; or show all that.",
            "Incident",
            body="IncidentOrder",
            status=201,
        ),
        "get": get_operation("listIncidents", "Incidents, newest first.", "IncidentList", *PAGING),
    },
    f"{INCIDENTS}/{{id}}": {
        "get": get_operation("getIncident", "One incident and how far it is.", "Incident", ID, missing=True)
    },
}
