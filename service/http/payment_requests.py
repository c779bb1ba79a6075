"""POST /v1/payment-requests, GET /v1/payment-requests/{id}, GET /v1/assets."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.answers import (
    asset_list_answer,
    lives,
    payment_request_answer,
    read_stored,
    refuse_foreign_address,
)
from service.database.app import Order
from service.dispatcher import Allocation
from service.errors import ApiError
from service.http.replies import Json, read_body
from service.http.requests import idempotency_header, principal_of
from service.http.spec import (
    ID,
    IDEMPOTENCY_KEY,
    LOCATION,
    REPLAYED,
    Operations,
    json_content,
    refusals,
)
from service.http.state import State
from service.orders import read_order, spelled_otherwise
from service.parsing import MAX_BODY_BYTES
from service.types import AssetList, PaymentRequest, PaymentRequestOrder

PATH: Final = "/v1/payment-requests"


async def create_payment_request(request: Request[State]) -> Response:
    state = request.state
    principal = await principal_of(request, "payment_requests:write")
    body = await read_body(request, MAX_BODY_BYTES)
    order = read_order(
        body,
        key=idempotency_header(request),
        organization_id=principal.organization_id,
    )
    try:
        allocation = await _carry_out(state, order)
    except ApiError as error:
        if error.code == "outcome_unknown":
            # Even a request that came without a key can be asked about again.
            error = ApiError(error.code, error.message, idempotency_key=order.idempotency_key)
        raise error from None
    made = read_stored(allocation.payment_request)
    if allocation.is_replay:
        # What was just derived needs no second look; what comes out of a table does.
        refuse_foreign_address(state["catalog"], made, allocation.wallet_account_id)
    headers = {"location": f"{PATH}/{made.id}"}
    if allocation.is_replay:
        headers["x-idempotency-replayed"] = "true"
    return Json(
        payment_request_answer(made), status_code=200 if allocation.is_replay else 201, headers=headers
    )


async def _carry_out(state: State, order: Order) -> Allocation:
    """
    What the order gets; an expiry that is left out and the same one given are one request.

    Which of the two the key was used with is asked only when it was used for something else.
    """
    try:
        return await state["dispatcher"].submit(order)
    except ApiError as conflict:
        asset = state["catalog"].find(order.chain, order.network, order.asset)
        if conflict.code != "idempotency_key_conflict" or asset is None:
            raise
        seconds = order.expires_in_seconds or asset.default_expires_in_seconds
        allocation = await state["dispatcher"].submit(spelled_otherwise(order, seconds))
        if not lives(allocation.payment_request, seconds):
            raise
        return allocation


async def get_payment_request(request: Request[State]) -> Response:
    state = request.state
    principal = await principal_of(request, "payment_requests:read")
    payment_request_id = request.path_params["id"]
    with state["gate"]:
        found = await state["payment_request_reads"].submit(
            (principal.organization_id, payment_request_id.replace("\0", ""))
        )
    if found is None:
        raise ApiError(
            "payment_request_not_found", "payment request does not exist", id=payment_request_id[:64]
        )
    stored, wallet_account_id = found
    payment_request = read_stored(stored)
    refuse_foreign_address(state["catalog"], payment_request, wallet_account_id)
    return Json(payment_request_answer(payment_request))


async def list_assets(request: Request[State]) -> Response:
    await principal_of(request, "assets:read")
    return Json(asset_list_answer(request.state["catalog"].enabled()))


ROUTES: Final = (
    Route(PATH, create_payment_request, methods=["POST"]),
    Route(f"{PATH}/{{id}}", get_payment_request, methods=["GET"]),
    Route("/v1/assets", list_assets, methods=["GET"]),
)

TYPES: Final = (AssetList, PaymentRequest, PaymentRequestOrder)

OPERATIONS: Final[Operations] = {
    PATH: {
        "post": {
            "operationId": "createPaymentRequest",
            "summary": "Ask for a payment; get an address nobody else is given.",
            "parameters": [IDEMPOTENCY_KEY],
            "requestBody": {"required": True, "content": json_content("PaymentRequestOrder")},
            "responses": {
                "201": {
                    "description": "Created.",
                    "headers": {"Location": LOCATION},
                    "content": json_content("PaymentRequest"),
                },
                "200": {
                    "description": "The first answer to this key.",
                    "headers": {"Location": LOCATION, "X-Idempotency-Replayed": REPLAYED},
                    "content": json_content("PaymentRequest"),
                },
                **refusals(400, 401, 403, 408, 409, 413, 500, 503),
            },
        }
    },
    f"{PATH}/{{id}}": {
        "get": {
            "operationId": "getPaymentRequest",
            "summary": "Read a payment request of one's own organization.",
            "parameters": [ID],
            "responses": {
                "200": {"description": "It.", "content": json_content("PaymentRequest")},
                **refusals(401, 403, 404, 500, 503),
            },
        }
    },
    "/v1/assets": {
        "get": {
            "operationId": "listAssets",
            "summary": "What may be asked for.",
            "responses": {
                "200": {"description": "Enabled assets.", "content": json_content("AssetList")},
                **refusals(401, 403, 500, 503),
            },
        }
    },
}
