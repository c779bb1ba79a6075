"""/v1/ledger: accounts, journals, holds, statements, the trial balance."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, TypeVar

import msgspec
import psycopg
from msgspec import UNSET, Meta, Struct, UnsetType
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from service.auth import Principal
from service.database import ledger as schema
from service.errors import ApiError, from_database
from service.http.ledger_operations import OPERATIONS, PATH, TYPES
from service.http.replies import Json
from service.http.requests import idempotency_header, principal_of, read_json, read_query
from service.http.state import State
from service.ledger import (
    ACCEPTED,
    Recorded,
    account_item,
    hold_item,
    journal_item,
    journal_items,
    refusal,
    resolution_item,
    reversal_item,
)
from service.ledger_answers import (
    account_answer,
    balance_answer,
    hold_answer,
    journal_answer,
    receipt_answer,
    result,
    statement_line,
    trial_balance_accounts,
    trial_balance_answer,
)
from service.parsing import decode_cursor, encode_cursor, invalid
from service.types_ledger import (
    MAX_BATCH,
    AccountList,
    AccountOrder,
    AccountQuery,
    BatchQuery,
    HoldOrder,
    JournalList,
    JournalOrder,
    JournalQuery,
    KeyedJournalOrder,
    ReleaseOrder,
    ResultList,
    ReversalOrder,
    SettlementOrder,
    Statement,
    StatementQuery,
    TimeQuery,
    TrialBalanceQuery,
)

__all__ = ["OPERATIONS", "ROUTES", "TYPES"]

READ: Final = "ledger:read"
WRITE: Final = "ledger:write"

_ACCOUNT: Final = msgspec.json.Decoder(AccountOrder)
# One journal is an object, many are an array.
_JOURNALS: Final[msgspec.json.Decoder[JournalOrder | list[KeyedJournalOrder]]] = msgspec.json.Decoder(
    JournalOrder | Annotated[list[KeyedJournalOrder], Meta(min_length=1, max_length=MAX_BATCH)]
)
_REVERSAL: Final = msgspec.json.Decoder(ReversalOrder)
_HOLD: Final = msgspec.json.Decoder(HoldOrder)
_SETTLEMENT: Final = msgspec.json.Decoder(SettlementOrder)
_RELEASE: Final = msgspec.json.Decoder(ReleaseOrder)
_Time = Annotated[datetime, Meta(tz=True)]
_ENCODER: Final = msgspec.json.Encoder()

T = TypeVar("T")

# Accounts


async def create_account(request: Request[State]) -> Response:
    principal = await principal_of(request, WRITE)
    order = await read_json(request, _ACCOUNT)
    opened = await request.state["ledger"].open_account(account_item(order, principal))
    row = await _found(
        schema.get_account(
            request.state["pool"],
            organization_id=principal.organization_id,
            account_id=opened.account_id,
        ),
        _no_account(opened.account_id),
    )
    headers = _headers(f"{PATH}/accounts/{opened.account_id}", is_replay=opened.is_replay)
    return _json(account_answer(row), 200 if opened.is_replay else 201, headers)


async def list_accounts(request: Request[State]) -> Response:
    principal = await principal_of(request, READ)
    query = read_query(request, AccountQuery)
    rows = await _read(
        schema.list_accounts(
            request.state["pool"],
            organization_id=principal.organization_id,
            after_account_id=_after(query.cursor, str),
            page_size=query.limit + 1,
            name_prefix=None if query.name_prefix is UNSET else query.name_prefix,
        )
    )
    page, cursor = _page(rows, query.limit, "account_id")
    return _json(AccountList(accounts=[account_answer(row) for row in page], next_cursor=cursor))


async def get_account(request: Request[State]) -> Response:
    principal = await principal_of(request, READ)
    account_id = _id(request)
    row = await _found(
        schema.get_account(
            request.state["pool"], organization_id=principal.organization_id, account_id=account_id
        ),
        _no_account(account_id),
    )
    return _json(account_answer(row))


async def get_balance(request: Request[State]) -> Response:
    principal = await principal_of(request, READ)
    query = read_query(request, TimeQuery)
    at = _moment(query.as_of, "as_of") or datetime.now(UTC)
    account_id = _id(request)
    row = await _found(
        schema.balance_at(
            request.state["pool"], organization_id=principal.organization_id, account_id=account_id, at=at
        ),
        _no_account(account_id),
    )
    return _json(balance_answer(account_id, at, row))


async def get_statement(request: Request[State]) -> Response:
    principal = await principal_of(request, READ)
    query = read_query(request, StatementQuery)
    as_of = _moment(query.as_of, "as_of")
    account_id = _id(request)
    rows = await _read(
        schema.account_statement(
            request.state["pool"],
            organization_id=principal.organization_id,
            account_id=account_id,
            after_version=_after(query.cursor, Annotated[int, Meta(ge=0, le=2**63 - 1)]) or 0,
            page_size=query.limit + 1,
            from_at=_moment(query.since, "since"),
            to_at=as_of and _just_after(as_of),
        )
    )
    if not rows:  # no entries, or no account?
        await _found(
            schema.get_account(
                request.state["pool"], organization_id=principal.organization_id, account_id=account_id
            ),
            _no_account(account_id),
        )
    page, cursor = _page(rows, query.limit, "version")
    return _json(
        Statement(account=account_id, entries=[statement_line(row) for row in page], next_cursor=cursor)
    )


# Journals


async def post_journals(request: Request[State]) -> Response:
    principal = await principal_of(request, WRITE)
    key = idempotency_header(request)
    asked = await read_json(request, _JOURNALS)
    if isinstance(asked, list):
        if key is not None:
            raise invalid("many journals bring their own keys", field="Idempotency-Key")
        return await _post_many(request, journal_items(asked, principal))
    item = journal_item(asked, key=key, principal=principal)
    recorded = await _submitted(request.state["ledger"].post(item), item.idempotency_key)
    return _receipt("journals", recorded, item.idempotency_key)


async def _post_many(request: Request[State], items: list[schema.JournalItem]) -> Response:
    query = read_query(request, BatchQuery)
    outcomes = await request.state["ledger"].post_many(items, all_or_nothing=query.all_or_nothing)
    results = [result(item, outcome) for item, outcome in zip(items, outcomes, strict=True)]
    if query.all_or_nothing and any(one.outcome not in (*ACCEPTED, "replayed") for one in results):
        raise refusal("not_posted", None, results=results)
    return _json(ResultList(results=results))


async def list_journals(request: Request[State]) -> Response:
    principal = await principal_of(request, READ)
    query = read_query(request, JournalQuery)
    rows = await _read(
        schema.list_journals(
            request.state["pool"],
            organization_id=principal.organization_id,
            after_journal_id=_after(query.cursor, str),
            page_size=query.limit + 1,
            payment_reference=None if query.payment_reference is UNSET else query.payment_reference,
        )
    )
    page, cursor = _page(rows, query.limit, "journal_id")
    return _json(JournalList(journals=[journal_answer(row) for row in page], next_cursor=cursor))


async def get_journal(request: Request[State]) -> Response:
    principal = await principal_of(request, READ)
    journal_id = _id(request)
    row = await _found(
        schema.get_journal(
            request.state["pool"], organization_id=principal.organization_id, journal_id=journal_id
        ),
        ApiError("journal_not_found", "journal does not exist", id=journal_id[:64]),
    )
    return _json(journal_answer(row))


async def reverse_journal(request: Request[State]) -> Response:
    principal = await principal_of(request, WRITE)
    key = idempotency_header(request)
    order = await read_json(request, _REVERSAL)
    item = reversal_item(order, journal_id=_id(request), key=key, principal=principal)
    recorded = await _submitted(request.state["ledger"].reverse(item), item.idempotency_key)
    return _receipt("journals", recorded, item.idempotency_key)


# Holds


async def create_hold(request: Request[State]) -> Response:
    principal = await principal_of(request, WRITE)
    key = idempotency_header(request)
    order = await read_json(request, _HOLD)
    item = hold_item(order, key=key, principal=principal, now=datetime.now(UTC))
    recorded = await _submitted(request.state["ledger"].hold(item), item.idempotency_key)
    return _receipt("holds", recorded, item.idempotency_key)


async def get_hold(request: Request[State]) -> Response:
    principal = await principal_of(request, READ)
    return _json(hold_answer(await _hold(request, principal.organization_id)))


async def settle_hold(request: Request[State]) -> Response:
    principal = await principal_of(request, WRITE)
    order = await read_json(request, _SETTLEMENT)
    return await _resolve(request, principal, order)


async def release_hold(request: Request[State]) -> Response:
    principal = await principal_of(request, WRITE)
    order = await read_json(request, _RELEASE)
    return await _resolve(request, principal, order)


async def _resolve(
    request: Request[State], principal: Principal, order: SettlementOrder | ReleaseOrder
) -> Response:
    """Settle or release; the answer is the hold as it then stands."""
    key = idempotency_header(request)
    item = resolution_item(order, hold_id=_id(request), key=key, principal=principal)
    recorded = await _submitted(request.state["ledger"].resolve(item), item.idempotency_key)
    row = await _hold(request, principal.organization_id)
    headers = {"x-idempotency-replayed": "true"} if recorded.is_replay else {}
    return _json(hold_answer(row), 200, headers)


async def _hold(request: Request[State], organization_id: int) -> schema.HoldRow:
    hold_id = _id(request)
    return await _found(
        schema.get_hold(request.state["pool"], organization_id=organization_id, hold_id=hold_id),
        ApiError("hold_not_found", "hold does not exist", id=hold_id[:64]),
    )


# The whole book


async def get_trial_balance(request: Request[State]) -> Response:
    principal = await principal_of(request, READ)
    query = read_query(request, TimeQuery)
    at = _moment(query.as_of, "as_of")
    rows = await _read(
        schema.trial_balance_by_type(request.state["pool"], organization_id=principal.organization_id, at=at)
    )
    return _json(trial_balance_answer(rows, at))


async def list_trial_balance(request: Request[State]) -> Response:
    principal = await principal_of(request, READ)
    query = read_query(request, TrialBalanceQuery)
    at = _moment(query.as_of, "as_of")
    rows = await _read(
        schema.trial_balance_page(
            request.state["pool"],
            organization_id=principal.organization_id,
            at=at,
            after_account_id=_after(query.cursor, str),
            page_size=query.limit + 1,
        )
    )
    page, cursor = _page(rows, query.limit, "account_id")
    return _json(trial_balance_accounts(page, at, cursor))


ROUTES: Final = (
    Route(f"{PATH}/accounts", create_account, methods=["POST"]),
    Route(f"{PATH}/accounts", list_accounts, methods=["GET"]),
    Route(f"{PATH}/accounts/{{id}}", get_account, methods=["GET"]),
    Route(f"{PATH}/accounts/{{id}}/balance", get_balance, methods=["GET"]),
    Route(f"{PATH}/accounts/{{id}}/statement", get_statement, methods=["GET"]),
    Route(f"{PATH}/journals", post_journals, methods=["POST"]),
    Route(f"{PATH}/journals", list_journals, methods=["GET"]),
    Route(f"{PATH}/journals/{{id}}", get_journal, methods=["GET"]),
    Route(f"{PATH}/journals/{{id}}/reverse", reverse_journal, methods=["POST"]),
    Route(f"{PATH}/holds", create_hold, methods=["POST"]),
    Route(f"{PATH}/holds/{{id}}", get_hold, methods=["GET"]),
    Route(f"{PATH}/holds/{{id}}/settle", settle_hold, methods=["POST"]),
    Route(f"{PATH}/holds/{{id}}/release", release_hold, methods=["POST"]),
    Route(f"{PATH}/trial-balance", get_trial_balance, methods=["GET"]),
    Route(f"{PATH}/trial-balance/accounts", list_trial_balance, methods=["GET"]),
)


# What handlers share


def _id(request: Request[State]) -> str:
    text: str = request.path_params["id"]
    return text.replace("\0", "")


async def _read(reading: Awaitable[T]) -> T:
    """Wait for a read of the database; raises `ApiError`."""
    try:
        return await reading
    except psycopg.Error as exc:
        raise from_database(exc, is_read=True) from exc


async def _found(reading: Awaitable[T | None], missing: ApiError) -> T:
    """The same of one thing; raises `missing` where there is none."""
    row = await _read(reading)
    if row is None:
        raise missing
    return row


def _no_account(account_id: str) -> ApiError:
    return ApiError("account_not_found", "account does not exist", id=account_id[:64])


async def _submitted(work: Awaitable[T], key: str) -> T:
    """Wait for what the ledger does; even a request without a key can be asked about again."""
    try:
        return await work
    except ApiError as error:
        if error.code == "outcome_unknown":
            error = ApiError(error.code, error.message, idempotency_key=key)
        raise error from None


def _receipt(kind: str, recorded: Recorded, key: str) -> Response:
    receipt = receipt_answer(recorded.id or "", key, recorded.recorded_at)
    headers = _headers(f"{PATH}/{kind}/{recorded.id}", is_replay=recorded.is_replay)
    return _json(receipt, 200 if recorded.is_replay else 201, headers)


def _headers(location: str, *, is_replay: bool) -> dict[str, str]:
    return {"location": location} | ({"x-idempotency-replayed": "true"} if is_replay else {})


def _json(answer: Struct, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Json(_ENCODER.encode(answer), status_code=status, headers=headers)


def _after(cursor: str | UnsetType, into: Any) -> Any:
    """The place that a cursor names; None without one."""
    return None if cursor is UNSET else decode_cursor(cursor, into)


def _page(rows: Sequence[T], limit: int, place: str) -> tuple[Sequence[T], str | UnsetType]:
    """Of one row more than asked for: the page, and where the next begins if there is one."""
    page = rows[:limit]
    return page, encode_cursor(getattr(page[-1], place)) if len(rows) > limit else UNSET


def _moment(text: str | UnsetType, field: str) -> datetime | None:
    """A time as RFC 3339 writes it, with an offset; None without one. Raises `ApiError` invalid_request."""
    if text is UNSET:
        return None
    try:
        return msgspec.convert(text, _Time).astimezone(UTC)
    except (msgspec.ValidationError, OverflowError):
        raise invalid("expected a time with offset, such as 2026-11-30T18:00:00Z", field=field) from None


def _just_after(moment: datetime) -> datetime:
    try:
        return moment + timedelta(microseconds=1)
    except OverflowError:
        return moment
