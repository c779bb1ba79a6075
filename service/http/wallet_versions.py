"""/v1/wallet-versions, and the proposals by which they are made and changed."""

from __future__ import annotations

from functools import partial
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.database import paths
from service.errors import refusal
from service.http.registry import (
    PAGING,
    Page,
    actor_of,
    found,
    get_operation,
    id_of,
    number_in_path,
    page_of,
    parameter,
    read,
    write,
    write_operation,
    written,
)
from service.http.requests import principal_of, read_json, read_nothing, read_query
from service.http.spec import ID, Operations
from service.http.state import State
from service.types_paths import (
    CreateWalletVersion,
    Proposal,
    ProposalList,
    ProposalOrder,
    SetDefaultWallet,
    SetWalletStatus,
    WalletVersion,
    WalletVersionList,
)

PATH: Final = "/v1/wallet-versions"
PROPOSALS: Final = f"{PATH}/proposals"

_ORDER: Final[msgspec.json.Decoder[CreateWalletVersion | SetDefaultWallet | SetWalletStatus]] = (
    msgspec.json.Decoder(ProposalOrder)
)


async def list_wallet_versions(request: Request[State]) -> Response:
    await principal_of(request, "paths:read")
    asked = read_query(request, Page)
    items = await read(
        paths.list_wallet_versions(
            request.state["pool"], after_version=asked.after(int), max_count=asked.limit
        )
    )
    return page_of("wallet_versions", items, asked.limit)


async def get_wallet_version(request: Request[State]) -> Response:
    await principal_of(request, "paths:read")
    missing = refusal("wallet_version_not_found")
    version_id = number_in_path(request, "version_id", missing)
    return found(await read(paths.get_wallet_version(request.state["pool"], version_id=version_id)), missing)


async def propose(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:admin")
    order = await read_json(request, _ORDER)
    actor = actor_of(request, principal, order)
    fields = msgspec.to_builtins(order)
    action = fields.pop("action")
    call = partial(
        paths.propose, request.state["pool"], actor, action=action, arguments=msgspec.json.encode(fields)
    )
    done = await write(request, actor, call)
    return written(done, status=201, location=f"{PROPOSALS}/{id_of(done.answer)}")


async def list_proposals(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:admin")
    asked = read_query(request, Page)
    items = await read(
        paths.list_proposals(
            request.state["pool"], user_id=principal.user_id, after_id=asked.after(str), max_count=asked.limit
        )
    )
    return page_of("proposals", items, asked.limit)


async def get_proposal(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:admin")
    item = await read(
        paths.get_proposal(request.state["pool"], user_id=principal.user_id, proposal_id=_id(request))
    )
    return found(item, refusal("proposal_not_found"))


async def approve(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:admin")
    await read_nothing(request)
    actor = actor_of(request, principal)
    call = partial(paths.approve, request.state["pool"], actor, proposal_id=_id(request))
    return written(await write(request, actor, call))


async def reject(request: Request[State]) -> Response:
    principal = await principal_of(request, "paths:admin")
    await read_nothing(request)
    actor = actor_of(request, principal)
    call = partial(paths.reject, request.state["pool"], actor, proposal_id=_id(request))
    return written(await write(request, actor, call))


def _id(request: Request[State]) -> str:
    text: str = request.path_params["id"]
    return text.replace("\0", "")


ROUTES: Final = (
    Route(PATH, list_wallet_versions, methods=["GET"]),
    Route(PROPOSALS, propose, methods=["POST"]),
    Route(PROPOSALS, list_proposals, methods=["GET"]),
    Route(f"{PROPOSALS}/{{id}}", get_proposal, methods=["GET"]),
    Route(f"{PROPOSALS}/{{id}}/approve", approve, methods=["POST"]),
    Route(f"{PROPOSALS}/{{id}}/reject", reject, methods=["POST"]),
    Route(f"{PATH}/{{version_id}}", get_wallet_version, methods=["GET"]),
)

TYPES: Final = (
    CreateWalletVersion,
    Proposal,
    ProposalList,
    SetDefaultWallet,
    SetWalletStatus,
    WalletVersion,
    WalletVersionList,
)

OPERATIONS: Final[Operations] = {
    PATH: {"get": get_operation("listWalletVersions", "Wallet versions.", "WalletVersionList", *PAGING)},
    f"{PATH}/{{version_id}}": {
        "get": get_operation(
            "getWalletVersion",
            "One wallet version.",
            "WalletVersion",
            parameter("version_id", "The wallet."),
            missing=True,
        )
    },
    PROPOSALS: {
        "post": write_operation(
            "proposeWalletChange",
            "Propose a wallet version, another default or another status; a second super-admin approves.",
            "Proposal",
            body=("CreateWalletVersion", "SetDefaultWallet", "SetWalletStatus"),
            status=201,
        ),
        "get": get_operation("listProposals", "Proposals, newest first.", "ProposalList", *PAGING),
    },
    f"{PROPOSALS}/{{id}}": {
        "get": get_operation("getProposal", "One proposal.", "Proposal", ID, missing=True)
    },
    f"{PROPOSALS}/{{id}}/approve": {
        "post": write_operation(
            "approveProposal", "Approve what another super-admin proposed, and carry it out.", "Proposal", ID
        )
    },
    f"{PROPOSALS}/{{id}}/reject": {
        "post": write_operation("rejectProposal", "Reject what was proposed.", "Proposal", ID)
    },
}
