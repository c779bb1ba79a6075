"""/v1/wallets: users' wallets at payment providers, registered once."""

from __future__ import annotations

from typing import Final, get_args

import msgspec
from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.database.wallets import Registration
from service.errors import ApiError
from service.http.replies import Json, read_body
from service.http.requests import idempotency_header, principal_of, read_nothing, read_query
from service.http.spec import (
    ID,
    IDEMPOTENCY_KEY,
    LOCATION,
    NO_BODY,
    REPLAYED,
    Operations,
    json_content,
    query,
    refusals,
)
from service.http.state import State
from service.parsing import (
    MAX_BODY_BYTES,
    check_metadata,
    decode,
    decode_cursor,
    encode_cursor,
    idempotency_key,
    invalid,
)
from service.types_wallets import (
    MAX_PAGE,
    Provider,
    Wallet,
    WalletChanges,
    WalletId,
    WalletList,
    WalletQuery,
    WalletRegistration,
)

PATH: Final = "/v1/wallets"
READ: Final = "wallets:read"
WRITE: Final = "wallets:write"

_REGISTRATION: Final = msgspec.json.Decoder(WalletRegistration)
_CHANGES: Final = msgspec.json.Decoder(WalletChanges)
_WALLET: Final = msgspec.json.Decoder(Wallet)
_ENCODER: Final = msgspec.json.Encoder()


async def register_wallet(request: Request[State]) -> Response:
    principal = await principal_of(request, WRITE)
    body = await read_body(request, MAX_BODY_BYTES)
    asked = decode(_REGISTRATION, body)
    _check_lines(asked)
    if asked.metadata:
        check_metadata(asked.metadata, len(body))
    registered = await request.state["wallets"].register(
        Registration(
            organization_id=principal.organization_id,
            user_id=asked.user_id,
            provider=asked.provider,
            provider_account_id=asked.provider_account_id,
            provider_customer_id=asked.provider_customer_id,
            metadata=asked.metadata,
            idempotency_key=_key(request),
        )
    )
    wallet = _WALLET.decode(registered.wallet)
    headers = {"location": f"{PATH}/{wallet.id}"}
    if not registered.is_new:
        headers["x-idempotency-replayed"] = "true"
    return Json(_ENCODER.encode(wallet), status_code=201 if registered.is_new else 200, headers=headers)


async def get_wallet(request: Request[State]) -> Response:
    principal = await principal_of(request, READ)
    wallet_id = _id(request)
    return _answer(
        wallet_id,
        await request.state["wallets"].get(organization_id=principal.organization_id, wallet_id=wallet_id),
    )


async def list_wallets(request: Request[State]) -> Response:
    principal = await principal_of(request, READ)
    asked = read_query(request, WalletQuery)
    found = await request.state["wallets"].page(
        organization_id=principal.organization_id,
        user_id=asked.user_id,
        provider=asked.provider,
        is_active=asked.is_active,
        after_wallet_id=None if asked.cursor is None else _after(asked.cursor),
        max_count=asked.limit + 1,
    )
    page = [_WALLET.decode(wallet) for wallet in found[: asked.limit]]
    # One more than was asked for says that something follows.
    cursor = encode_cursor(page[-1].id) if len(found) > asked.limit else None
    return Json(_ENCODER.encode(WalletList(wallets=page, next_cursor=cursor)))


async def update_wallet(request: Request[State]) -> Response:
    principal = await principal_of(request, WRITE)
    wallet_id = _id(request)
    body = await read_body(request, MAX_BODY_BYTES)
    asked = decode(_CHANGES, body)
    _check_lines(asked)
    if asked.metadata is not UNSET:
        check_metadata(asked.metadata, len(body))
    return _answer(
        wallet_id,
        await request.state["wallets"].update(
            organization_id=principal.organization_id,
            wallet_id=wallet_id,
            changes=msgspec.to_builtins(asked),
        ),
    )


async def deactivate_wallet(request: Request[State]) -> Response:
    principal = await principal_of(request, WRITE)
    await read_nothing(request)
    wallet_id = _id(request)
    return _answer(
        wallet_id,
        await request.state["wallets"].deactivate(
            organization_id=principal.organization_id, wallet_id=wallet_id
        ),
    )


async def reactivate_wallet(request: Request[State]) -> Response:
    principal = await principal_of(request, WRITE)
    await read_nothing(request)
    wallet_id = _id(request)
    return _answer(
        wallet_id,
        await request.state["wallets"].reactivate(
            organization_id=principal.organization_id, wallet_id=wallet_id
        ),
    )


def _id(request: Request[State]) -> str:
    """The wallet of the path, as text that the database can hold."""
    wallet_id: str = request.path_params["id"]
    return wallet_id.replace("\0", "")


def _key(request: Request[State]) -> str | None:
    """The Idempotency-Key, or None without one: the wallet itself is what is not registered twice."""
    header = idempotency_header(request)
    return idempotency_key(header) if header is not None and header.strip() else None


def _after(cursor: str) -> str:
    return decode_cursor(cursor, WalletId)


def _check_lines(asked: WalletRegistration | WalletChanges) -> None:
    for field in ("user_id", "provider_account_id", "provider_customer_id"):
        text = getattr(asked, field, None)
        if isinstance(text, str) and text.endswith("\n"):  # Python's $ lets one pass
            raise invalid("line ends are not allowed", field=field)


def _answer(wallet_id: str, wallet: bytes | None) -> Response:
    if wallet is None:
        raise ApiError("wallet_not_found", "wallet does not exist", id=wallet_id[:64])
    return Json(_ENCODER.encode(_WALLET.decode(wallet)))


ROUTES: Final = (
    Route(PATH, register_wallet, methods=["POST"]),
    Route(PATH, list_wallets, methods=["GET"]),
    Route(f"{PATH}/{{id}}", get_wallet, methods=["GET"]),
    Route(f"{PATH}/{{id}}", update_wallet, methods=["PATCH"]),
    Route(f"{PATH}/{{id}}/deactivate", deactivate_wallet, methods=["POST"]),
    Route(f"{PATH}/{{id}}/reactivate", reactivate_wallet, methods=["POST"]),
)

TYPES: Final = (Wallet, WalletChanges, WalletList, WalletRegistration)

_THE_WALLET: Final = {"description": "The wallet as it is then.", "content": json_content("Wallet")}

OPERATIONS: Final[Operations] = {
    PATH: {
        "post": {
            "operationId": "registerWallet",
            "summary": "Register a user's wallet at a payment provider, once.",
            "parameters": [IDEMPOTENCY_KEY],
            "requestBody": {"required": True, "content": json_content("WalletRegistration")},
            "responses": {
                "201": {
                    "description": "Registered.",
                    "headers": {"Location": LOCATION},
                    "content": json_content("Wallet"),
                },
                "200": {
                    "description": "It was registered before, with this key, another or none.",
                    "headers": {
                        "Location": LOCATION,
                        "X-Idempotency-Replayed": REPLAYED
                        | {"description": "`true`: the wallet was there; nothing was changed."},
                    },
                    "content": json_content("Wallet"),
                },
                **refusals(400, 401, 403, 404, 408, 409, 413, 500, 503),
            },
        },
        "get": {
            "operationId": "listWallets",
            "summary": "Wallets of the organization's users, page by page.",
            "parameters": [
                query("user_id", {"type": "string", "pattern": "^usr_[0-9a-f]{24}$"}, "Of one user."),
                query("provider", {"type": "string", "enum": list(get_args(Provider))}, "At one provider."),
                query("is_active", {"type": "boolean"}, "Those in use, or those that are not."),
                query("cursor", {"type": "string"}, "The `next_cursor` of the page before."),
                query(
                    "limit",
                    {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 50},
                    "Wallets a page.",
                ),
            ],
            "responses": {
                "200": {"description": "A page.", "content": json_content("WalletList")},
                **refusals(400, 401, 403, 404, 500, 503),
            },
        },
    },
    f"{PATH}/{{id}}": {
        "get": {
            "operationId": "getWallet",
            "summary": "Read a wallet.",
            "parameters": [ID],
            "responses": {"200": _THE_WALLET, **refusals(401, 403, 404, 500, 503)},
        },
        "patch": {
            "operationId": "updateWallet",
            "summary": "Change customer id and metadata.",
            "parameters": [ID],
            "requestBody": {"required": True, "content": json_content("WalletChanges")},
            "responses": {"200": _THE_WALLET, **refusals(400, 401, 403, 404, 408, 409, 413, 500, 503)},
        },
    },
    f"{PATH}/{{id}}/deactivate": {
        "post": {
            "operationId": "deactivateWallet",
            "summary": "Take a wallet out of use.",
            "description": NO_BODY,
            "parameters": [ID],
            "responses": {"200": _THE_WALLET, **refusals(400, 401, 403, 404, 408, 409, 413, 500, 503)},
        }
    },
    f"{PATH}/{{id}}/reactivate": {
        "post": {
            "operationId": "reactivateWallet",
            "summary": "Bring a wallet back into use.",
            "description": NO_BODY,
            "parameters": [ID],
            "responses": {"200": _THE_WALLET, **refusals(400, 401, 403, 404, 408, 409, 413, 500, 503)},
        }
    },
}
