"""POST /v1/payment-requests, GET /v1/payment-requests/{id}, GET /v1/assets."""

from __future__ import annotations

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from service.answers import asset_list_answer, payment_request_answer, refuse_foreign_address
from service.database import app as app_schema
from service.errors import ApiError, from_database
from service.http.replies import Json, read_body
from service.http.state import State
from service.orders import MAX_BODY_BYTES, read_order

PATH = "/v1/payment-requests"


async def create_payment_request(request: Request[State]) -> Response:
    state = request.state
    principal = await state["authenticator"].authenticate(request.headers.get("authorization"))
    principal.require("payment_requests:write")
    body = await read_body(request, MAX_BODY_BYTES)
    order = read_order(
        body,
        key=_idempotency_key(request),
        organization_id=principal.organization_id,
        catalog=state["catalog"],
    )
    try:
        allocation = await state["dispatcher"].submit(order)
    except ApiError as error:
        if error.code == "outcome_unknown":
            # Even a request that came without a key can be asked about again.
            error = ApiError(error.code, error.message, idempotency_key=order.idempotency_key)
        raise error from None
    if allocation.is_replay:
        # What was just derived needs no second look; what comes out of a table does.
        refuse_foreign_address(state["catalog"], allocation.payment_request, allocation.wallet_account_id)
    payment_request_id, answer = payment_request_answer(allocation.payment_request)
    headers = {"location": f"{PATH}/{payment_request_id}"}
    if allocation.is_replay:
        headers["x-idempotency-replayed"] = "true"
    return Json(answer, status_code=200 if allocation.is_replay else 201, headers=headers)


async def get_payment_request(request: Request[State]) -> Response:
    state = request.state
    principal = await state["authenticator"].authenticate(request.headers.get("authorization"))
    principal.require("payment_requests:read")
    payment_request_id = request.path_params["id"]
    try:
        found = await app_schema.get_payment_request(
            state["pool"],
            organization_id=principal.organization_id,
            payment_request_id=payment_request_id.replace("\0", ""),
        )
    except psycopg.Error as exc:
        error = from_database(exc)
        raise (error if error.code != "outcome_unknown" else _unreachable()) from exc
    if found is None:
        raise ApiError(
            "payment_request_not_found", "payment request does not exist", id=payment_request_id[:64]
        )
    stored, wallet_account_id = found
    refuse_foreign_address(state["catalog"], stored, wallet_account_id)
    return Json(payment_request_answer(stored)[1])


async def list_assets(request: Request[State]) -> Response:
    state = request.state
    principal = await state["authenticator"].authenticate(request.headers.get("authorization"))
    principal.require("assets:read")
    return Json(asset_list_answer(state["catalog"].enabled()))


def _idempotency_key(request: Request[State]) -> str | None:
    keys = request.headers.getlist("idempotency-key")
    if len(keys) > 1:
        raise ApiError("invalid_request", "Idempotency-Key stands twice", field="Idempotency-Key")
    return keys[0] if keys else None


def _unreachable() -> ApiError:
    return ApiError("database_unavailable", "the database cannot be reached")
