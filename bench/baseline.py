"""
The same endpoint as a good team would plainly write it: the baseline of `python -m bench baseline`.

    POST /baseline/payment-requests

SQLAlchemy 2, asynchronous, over asyncpg: in one transaction SELECT … FOR UPDATE of the cursor, derive
the address, INSERT payment request and idempotency record, move the cursor, COMMIT. Parsing, the cached
authentication, derivation, the tables with all their constraints, and the answer are pgtill's own, and
so is the server around it: what differs is how the address is allocated.
"""

from __future__ import annotations

import os
import secrets
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import DateTime, ForeignKey, Text, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.server import serve
from service import server
from service.answers import payment_request_answer, read_stored
from service.config import Settings
from service.database.app import Asset, Order
from service.errors import ApiError
from service.http.app import create_app
from service.http.replies import Json, read_body
from service.http.requests import idempotency_header, principal_of
from service.http.state import State
from service.orders import read_order
from service.parsing import MAX_BODY_BYTES

PATH = "/baseline/payment-requests"

POOL_SIZE = 8
"""On one hot row more of them only wait for each other: of 2, 4, 8, 16 and 32 none was faster."""


class Base(DeclarativeBase):  # type: ignore[misc,unused-ignore]
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's way
        dict[str, Any]: JSONB,
        str: Text,
        datetime: DateTime(timezone=True),
    }


class WalletAccount(Base):
    __tablename__ = "wallet_accounts"
    __table_args__ = {"schema": "app"}  # noqa: RUF012

    id: Mapped[str] = mapped_column(primary_key=True)
    next_index: Mapped[int]
    updated_at: Mapped[datetime]


class PaymentRequest(Base):
    __tablename__ = "payment_requests"
    __table_args__ = {"schema": "app"}  # noqa: RUF012

    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[int]
    wallet_account_id: Mapped[str] = mapped_column(ForeignKey(WalletAccount.id))
    chain: Mapped[str]
    network: Mapped[str]
    asset: Mapped[str]
    status: Mapped[str]
    expected_amount_minor: Mapped[Decimal | None]
    address_canonical: Mapped[str]
    address_scheme: Mapped[str]
    derivation_index: Mapped[int]
    chain_id: Mapped[int | None]
    token_standard: Mapped[str | None]
    token_contract: Mapped[str | None]
    token_decimals: Mapped[int | None]
    # "metadata" is SQLAlchemy's own word in a mapped class.
    merchant_metadata: Mapped[dict[str, Any]] = mapped_column("metadata")
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]


class IdempotencyRecord(Base):
    __tablename__ = "idempotency_records"
    __table_args__ = {"schema": "app"}  # noqa: RUF012

    organization_id: Mapped[int] = mapped_column(primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(primary_key=True)
    scope_method: Mapped[str] = mapped_column(primary_key=True)
    scope_path: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    resource_id: Mapped[str] = mapped_column(ForeignKey(PaymentRequest.id))
    response_payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    # Tells SQLAlchemy which of the two to insert first.
    payment_request: Mapped[PaymentRequest] = relationship(lazy="raise")


_encode = msgspec.json.Encoder().encode

engine = create_async_engine(
    # libpq's form of a DSN: the socket's directory stands in the query.
    os.environ["BENCH_ADMIN_URL"].replace("postgresql://", "postgresql+asyncpg://", 1),
    pool_size=POOL_SIZE,
    max_overflow=0,
    pool_timeout=30,
    json_serializer=lambda value: _encode(value).decode(),
    json_deserializer=msgspec.json.decode,
)
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def create_payment_request(request: Request[State]) -> Response:
    state = request.state
    principal = await principal_of(request, "payment_requests:write")
    order = read_order(
        await read_body(request, MAX_BODY_BYTES),
        key=idempotency_header(request),
        organization_id=principal.organization_id,
    )
    asset = state["catalog"].find(order.chain, order.network, order.asset)
    if asset is None:
        raise ApiError("unsupported_asset", "the asset is not enabled on this network", asset=order.asset)
    has_key = idempotency_header(request) is not None
    try:
        payload, is_replay = await _allocate(order, asset, state["catalog"].deriver(asset), has_key)
    except IntegrityError:  # another request came first with the key
        payload, is_replay = await _allocate(order, asset, state["catalog"].deriver(asset), has_key)
    made = read_stored(_encode(payload))
    return Json(
        payment_request_answer(made),
        status_code=200 if is_replay else 201,
        headers={"location": f"{PATH}/{made.id}"},
    )


async def _allocate(order: Order, asset: Asset, deriver: Any, has_key: bool) -> tuple[dict[str, Any], bool]:
    """The payment request as JSON, and whether it was there before."""
    async with sessions() as session, session.begin():
        if has_key and (known := await _known(session, order)):
            if known.request_hash != order.request_hash:
                raise ApiError("idempotency_key_conflict", "the idempotency key was used for another request")
            return known.response_payload, True
        account = (
            await session.execute(
                select(WalletAccount).where(WalletAccount.id == asset.wallet_account_id).with_for_update()
            )
        ).scalar_one()
        made = _payment_request(order, asset, account.next_index, deriver.derive(account.next_index).lower())
        payload = _payload(made)
        account.next_index += 1
        account.updated_at = made.created_at
        session.add_all([made, _record(order, made, payload)])
    return payload, False


async def _known(session: AsyncSession, order: Order) -> IdempotencyRecord | None:
    known: IdempotencyRecord | None = await session.get(
        IdempotencyRecord,
        (order.organization_id, order.idempotency_key, "POST", "/v1/payment-requests"),
    )
    return known


def _payment_request(order: Order, asset: Asset, index: int, address: str) -> PaymentRequest:
    now = datetime.now(UTC)
    seconds = order.expires_in_seconds or asset.default_expires_in_seconds
    return PaymentRequest(
        id=f"pr_{time.time_ns() // 1_000_000:012x}{secrets.token_hex(6)}",
        organization_id=order.organization_id,
        wallet_account_id=asset.wallet_account_id,
        chain=order.chain,
        network=order.network,
        asset=order.asset,
        status="pending",
        expected_amount_minor=Decimal(order.expected_amount_minor) if order.expected_amount_minor else None,
        address_canonical=address,
        address_scheme=asset.address_scheme,
        derivation_index=index,
        chain_id=asset.chain_id,
        token_standard=asset.token_standard,
        token_contract=asset.token_contract,
        token_decimals=asset.token_decimals,
        merchant_metadata=order.metadata or {},
        expires_at=now + timedelta(seconds=seconds),
        created_at=now,
    )


def _payload(made: PaymentRequest) -> dict[str, Any]:
    instructions = {
        "address": made.address_canonical,
        "address_scheme": made.address_scheme,
        "derivation_index": made.derivation_index,
        "chain_id": made.chain_id,
        "token_standard": made.token_standard,
        "token_contract": made.token_contract,
        "token_decimals": made.token_decimals,
    }
    amount = made.expected_amount_minor
    payload = {
        "id": made.id,
        "status": made.status,
        "chain": made.chain,
        "network": made.network,
        "asset": made.asset,
        "expected_amount_minor": None if amount is None else str(amount),
        "expires_at": made.expires_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "created_at": made.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "payment_instructions": {name: value for name, value in instructions.items() if value is not None},
    }
    return {name: value for name, value in payload.items() if value is not None}


def _record(order: Order, made: PaymentRequest, payload: dict[str, Any]) -> IdempotencyRecord:
    return IdempotencyRecord(
        organization_id=order.organization_id,
        idempotency_key=order.idempotency_key,
        scope_method="POST",
        scope_path="/v1/payment-requests",
        request_hash=order.request_hash,
        payment_request=made,
        response_payload=payload,
        created_at=made.created_at,
        expires_at=max(made.created_at + timedelta(days=7), made.expires_at),
    )


def application() -> Starlette:
    """For uvicorn's factory."""
    server.prepare_process("warning")
    route = Route(PATH, create_payment_request, methods=["POST"])
    return create_app(Settings.from_env(), more_routes=[route])


if __name__ == "__main__":
    serve("bench.baseline:application")
