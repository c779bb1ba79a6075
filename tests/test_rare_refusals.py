"""Refusals that are hard to come by from outside: each is brought about by hand, in this process."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import psycopg
import pytest
from prometheus_client import REGISTRY
from psycopg_pool import PoolTimeout
from starlette.requests import ClientDisconnect, Request

from service import (
    auth,
    dispatcher,
    joiner,
    ledger,
    ledger_keeper,
    metrics,
    migrations,
    registry,
    signatures,
    startup,
    wallets,
)
from service.answers import refuse_foreign_address
from service.auth import Authenticator
from service.catalog import Catalog
from service.config import _replica_url, signing_secrets
from service.database import identity, writing
from service.database.app import Order
from service.database.ledger import AccountItem
from service.derivation.errors import DerivationFailed, InvalidKeyMaterial
from service.dispatcher import Dispatcher
from service.errors import ApiError, ConfigError, ConfigErrors, StartupError
from service.http import ledger as ledger_routes
from service.http import operations, replies
from service.http import payment_requests as payment_request_routes
from service.joiner import Gate, Limits
from service.keysets import parse_keysets
from service.ledger import Ledger
from service.parsing import convert_query, decode, decode_cursor, encode_cursor
from service.replica import Replica
from service.signatures import Seals, SignatureChecker, SignatureRefused, SignedRequest
from service.types_ledger import MAX_BATCH

LIMIT = 10
LIMITS = Limits(batch_limit=8, call_deadline=1.0)
DEAD = psycopg.OperationalError("nobody there")


def code_of(work: Awaitable[Any]) -> str:
    """The refusal that it ends with."""

    async def wait() -> str:
        with pytest.raises(ApiError) as refused:
            await work
        return refused.value.code

    return asyncio.run(wait())


# Bodies, whatever the server before us makes of them


def request(*messages: dict[str, Any], headers: dict[str, str]) -> Request[Any]:
    """A request whose client sends these, and then nothing more."""
    waiting = list(messages)

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.sleep(60)
        return waiting.pop(0)

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw}, cast(Any, receive))


def part(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


CHUNKED = {"transfer-encoding": "chunked"}


@pytest.mark.parametrize(
    ("messages", "headers"),
    [
        ([part(b"x" * 11, more=False)], {"content-length": "5"}),
        ([part(b"x" * 11, more=False)], CHUNKED),
        ([part(b"x" * 6, more=True), part(b"x" * 5, more=True)], CHUNKED),
        ([], {"content-length": "11"}),
    ],
    ids=["more than was said", "in one piece", "in pieces", "as was said"],
)
def test_a_body_that_is_too_long_is_refused(messages: list[Any], headers: dict[str, str]) -> None:
    assert code_of(replies.read_body(request(*messages, headers=headers), LIMIT)) == "body_too_large"


@pytest.mark.parametrize("headers", [CHUNKED, {"content-length": "10"}])
def test_a_body_of_just_the_limit_is_read(headers: dict[str, str]) -> None:
    asked = request(part(b"x" * 5, more=True), part(b"x" * 5, more=False), headers=headers)
    assert asyncio.run(replies.read_body(asked, LIMIT)) == b"x" * 10


def test_a_body_that_does_not_come_to_its_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "BODY_SECONDS", 0.05)
    asked = request(part(b"x", more=True), headers={"content-length": "2"})
    assert code_of(replies.read_body(asked, LIMIT)) == "request_timeout"


@pytest.mark.parametrize("before", [[], [part(b"x", more=True)]], ids=["at once", "halfway"])
def test_of_a_client_that_went_away_there_is_no_body(before: list[Any]) -> None:
    asked = request(*before, {"type": "http.disconnect"}, headers={"content-length": "2"})
    with pytest.raises(ClientDisconnect):
        asyncio.run(replies.read_body(asked, LIMIT))


# Keys


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic sk_test_1", f"Bearer {257 * 'x'}"])
def test_a_header_without_a_key_is_refused_before_anything_is_asked(header: str | None) -> None:
    with pytest.raises(ApiError) as refused:
        auth._bearer_token(header)
    assert refused.value.code == "unauthorized"


def test_the_longest_token_that_is_looked_at() -> None:
    assert auth._bearer_token(f"bearer {256 * 'x'}") == 256 * "x"


def test_where_nobody_checks_signatures_none_is_good() -> None:
    async def ask() -> None:
        await Authenticator(cast(Any, None)).authenticate_signed(signed())

    assert code_of(ask()) == "unauthorized"


# Signed requests


def checker() -> SignatureChecker:
    return SignatureChecker(cast(Any, None), Seals(["the-secret-that-seals"]), LIMITS)


def signed(key_id: str = "k" * 12) -> SignedRequest:
    return SignedRequest(key_id, f"{time.time():.6f}", "0" * 64, "GET", "/", b"")


def answering(monkeypatch: pytest.MonkeyPatch, answer: Callable[..., Awaitable[Any]]) -> None:
    monkeypatch.setattr(identity, "find_signing_secret", answer)


def test_without_a_secret_to_open_them_signatures_are_unavailable() -> None:
    async def ask() -> None:
        with pytest.raises(SignatureRefused, match="signature_unavailable"):
            await SignatureChecker(cast(Any, None), Seals([]), LIMITS).check(signed())

    asyncio.run(ask())


def test_a_signature_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def compare(expected: bytes, given: bytes) -> bool:
        compared.append((len(expected), given))
        return False

    async def nobody(*_: Any, **__: Any) -> None:
        return None

    async def ask() -> None:
        with pytest.raises(SignatureRefused, match="signature_unknown"):
            await checker().check(signed())

    answering(monkeypatch, nobody)
    monkeypatch.setattr("service.signatures.hmac.compare_digest", compare)
    asyncio.run(ask())
    assert compared == [(32, bytes(32))]


@pytest.mark.parametrize(
    "change",
    [
        {"key_id": "K" * 12},
        {"key_id": "k" * 12 + "\n"},
        {"timestamp": "1"},
        {"timestamp": "1" * 10 + "."},
        {"signature": "A" * 64},
        {"signature": "z" * 64},
        {"signature": "0" * 63},
    ],
    ids=str,
)
def test_what_is_not_written_as_it_must_be_is_not_looked_at(change: dict[str, Any]) -> None:
    async def ask() -> None:
        with pytest.raises(SignatureRefused, match="signature_malformed"):
            await checker().check(replace(signed(), **change))

    asyncio.run(ask())


def test_a_caller_that_goes_away_does_not_end_the_look_of_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def two_callers() -> str:
        found, check = asyncio.Event(), checker()

        async def slowly(*_: Any, **__: Any) -> None:
            await found.wait()

        answering(monkeypatch, slowly)
        first, second = (asyncio.create_task(check.check(signed())) for _ in range(2))
        await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.sleep(0)
        found.set()
        with pytest.raises(SignatureRefused) as refused:
            await second
        return str(refused.value)

    assert asyncio.run(two_callers()) == "signature_unknown"


def test_so_many_unknown_keys_are_looked_up_at_once_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "_MAX_LOOKUPS", 2)
    found = asyncio.Event()

    async def slowly(*_: Any, **__: Any) -> None:
        await found.wait()

    async def crowd() -> list[str]:
        answering(monkeypatch, slowly)
        check = checker()
        waiting = [asyncio.create_task(check.check(signed(letter * 12))) for letter in "abc"]
        await asyncio.sleep(0.05)
        found.set()
        said = await asyncio.gather(*waiting, return_exceptions=True)
        return [getattr(each, "code", str(each)) for each in said]

    assert asyncio.run(crowd()) == ["signature_unknown", "signature_unknown", "queue_full"]


def test_keys_that_sign_are_remembered_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "_MAX_KNOWN", 2)
    check = checker()
    seals = Seals(["the-secret-that-seals"])

    async def find(_: Any, *, key_id: str) -> Any:
        sealed = seals.seal(key_id, "0" * 64)
        return SimpleNamespace(sealed_secret=sealed, organization_id=1, scopes=[], user_id=None)

    async def all_of_them() -> None:
        for letter in "abca":
            await check._key(letter * 12)

    answering(monkeypatch, find)
    asyncio.run(all_of_them())
    assert list(check._known) == ["c" * 12, "a" * 12]


def test_a_revocation_that_may_have_been_missed_is_forgotten_by_both() -> None:
    check = checker()
    authenticator = Authenticator(cast(Any, None), check)
    for letter in "ab":
        check._known[letter] = cast(Any, letter)
    authenticator.forget("a")
    assert list(check._known) == ["b"]
    authenticator.forget_all()
    assert list(check._known) == []


def test_a_secret_that_cannot_be_looked_up_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise DEAD

    answering(monkeypatch, fail)

    async def ask() -> None:
        await checker().check(signed())

    assert code_of(ask()) == "database_unavailable"


def test_whether_a_signature_was_used_up_is_not_the_outcome_of_a_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seals = Seals(["the-secret-that-seals"])

    async def find(_: Any, *, key_id: str) -> Any:
        sealed = seals.seal(key_id, "0" * 64)
        return SimpleNamespace(sealed_secret=sealed, organization_id=1, scopes=[], user_id=None)

    async def fail(*_: Any, **__: Any) -> None:
        raise DEAD

    async def ask() -> None:
        asked = signed()
        right = signatures.sign(b"0" * 64, asked.lines()).hex()
        await checker().check(replace(asked, signature=right))

    answering(monkeypatch, find)
    monkeypatch.setattr(identity, "use_signatures", fail)
    assert code_of(ask()) == "database_unavailable"


# Orders


ORDER = cast(Order, SimpleNamespace(chain="bitcoin", network="regtest", asset="BTC", organization_id=1))
ASSET = SimpleNamespace(wallet_account_id="wa_1", address_scheme="p2wpkh")


def ordering(catalog: Any) -> Dispatcher:
    return Dispatcher(cast(Any, None), cast(Catalog, catalog), Gate(10), LIMITS)


@pytest.mark.parametrize(
    ("deriver", "account"), [(None, "an account"), ("a deriver", None)], ids=["no deriver", "no account"]
)
def test_an_order_for_a_key_that_is_not_here_is_503(deriver: Any, account: Any) -> None:
    catalog = SimpleNamespace(
        find=lambda *_: ASSET, account=lambda _: account, deriver=lambda _: deriver, refresh=None
    )
    assert code_of(ordering(catalog).submit(ORDER)) == "keyset_unavailable"


def test_an_order_for_a_key_that_is_none_is_503() -> None:
    def fail(_: object) -> None:
        raise InvalidKeyMaterial("not_base58")

    catalog = SimpleNamespace(find=lambda *_: ASSET, account=lambda _: "an account", deriver=fail)
    assert code_of(ordering(catalog).submit(ORDER)) == "keyset_unavailable"


def test_an_order_whose_index_has_no_address_is_refused_and_nothing_is_asked() -> None:
    def fail(_: int) -> None:
        raise DerivationFailed("index_out_of_range")

    source = SimpleNamespace(window=fail)
    lane = dispatcher.Lane(cast(Any, None), cast(Any, source), LIMITS)
    assert code_of(lane.joiner.submit(ORDER)) == "address_derivation_failed"


def test_an_order_that_is_misrouted_again_and_again_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    refreshed = []

    async def refresh() -> None:
        refreshed.append(True)

    async def misroute(_: Any, batch: Sequence[Order]) -> list[Exception]:
        return [dispatcher.Misrouted() for _ in batch]

    monkeypatch.setattr(dispatcher.Lane, "_allocate", misroute)
    catalog = SimpleNamespace(find=lambda *_: None, refresh=refresh)
    assert code_of(ordering(catalog).submit(ORDER)) == joiner.busy().code
    assert len(refreshed) == 3


def test_a_caller_that_goes_away_does_not_end_the_reading_of_the_catalog() -> None:
    async def two_callers() -> Any:
        catalog, read = Catalog(cast(Any, None), ()), asyncio.Event()

        async def load() -> None:
            await read.wait()
            catalog.assets = {("bitcoin", "regtest", "BTC"): cast(Any, ASSET)}

        catalog._load = load  # type: ignore[method-assign]
        first, second = (asyncio.create_task(catalog.refresh()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        read.set()
        await second
        return catalog.assets

    assert asyncio.run(two_callers())


@pytest.mark.parametrize("index", [-1, 2**31])
def test_an_index_that_no_key_has_is_no_address_of_ours(index: int) -> None:
    instructions = SimpleNamespace(derivation_index=index, address="bcrt1q")
    asked = SimpleNamespace(id="pr_1", payment_instructions=instructions)
    catalog = SimpleNamespace(deriver_of_account=lambda _: object())

    async def look() -> None:
        refuse_foreign_address(cast(Catalog, catalog), cast(Any, asked), "wa_1")

    assert code_of(look()) == "address_integrity_violation"


# Texts that can be read in two ways


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 1}',
        b'{"b": {"a": 1, "a": 2}}',
        b'[{"a": 1, "\\u0061": 2}]',
        b'{"a": "\\u003a", "a": ""}',
    ],
    ids=["at the top", "inside", "spelt otherwise", "with a colon escaped"],
)
def test_a_name_that_stands_twice_is_refused(body: bytes) -> None:
    async def ask() -> None:
        decode(msgspec.json.Decoder(Any), body)

    assert code_of(ask()) == "invalid_request"


class Query(msgspec.Struct):
    name: int | None = None


@pytest.mark.parametrize("items", [[("name", "null")], [("name", "1"), ("name", "1")], [("name", "1\0")]])
def test_a_parameter_that_says_nothing_or_too_much_is_refused(items: list[tuple[str, str]]) -> None:
    async def ask() -> None:
        convert_query(items, Query)

    assert convert_query([("name", "1")], Query) == Query(1)
    assert code_of(ask()) == "invalid_request"


# Cursors of lists


def test_a_cursor_that_none_of_ours_can_be_is_refused_unread() -> None:
    longest = encode_cursor("x" * 100)
    assert decode_cursor(longest, str) == "x" * 100

    async def ask() -> None:
        decode_cursor(encode_cursor("x" * 1_000), str)

    assert code_of(ask()) == "invalid_request"


# The books


def test_a_call_of_the_ledger_carries_what_the_ledger_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []

    async def post(*_: Any, journals: list[Any]) -> list[Any]:
        sizes.append(len(journals))
        raise DEAD

    async def crowd() -> None:
        books = Ledger(cast(Any, None), Gate(1_000), replace(LIMITS, batch_limit=1_000))
        item = cast(Any, SimpleNamespace(organization_id=1))
        await asyncio.gather(*(books.post(item) for _ in range(600)), return_exceptions=True)

    monkeypatch.setattr("service.ledger.schema.post_journals", post)
    asyncio.run(crowd())
    assert max(sizes) == MAX_BATCH


def count_of(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"{name}_count", labels) or 0


def test_calls_that_fail_are_measured_too() -> None:
    async def fail(*_: Any) -> Any:
        raise DEAD

    async def wallet() -> None:
        with wallets._timed("get_wallet"):
            await fail()

    async def journals() -> None:
        await ledger._measured("post_journals", [], fail)

    for work, name, labels in (
        (wallet, "wallet_query_seconds", {"query": "get_wallet"}),
        (journals, "ledger_call_seconds", {"call": "post_journals"}),
    ):
        before = count_of(name, **labels)
        with pytest.raises(psycopg.OperationalError):
            asyncio.run(work())
        assert count_of(name, **labels) == before + 1


# The database


def test_a_read_that_fails_is_503_and_not_unknown() -> None:
    async def fail() -> None:
        raise DEAD

    assert code_of(ledger_routes._read(fail())) == "database_unavailable"


def test_whose_outcome_is_unknown_is_told_the_key_to_ask_again_with() -> None:
    async def fail() -> None:
        raise ApiError("outcome_unknown", "it may have been done")

    with pytest.raises(ApiError) as refused:
        asyncio.run(ledger_routes._submitted(fail(), "the key that was made for it"))
    assert refused.value.code == "outcome_unknown"
    assert refused.value.details == {"idempotency_key": "the key that was made for it"}


def test_the_ledger_is_never_asked_for_more_at_once_than_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []

    async def open_accounts(*_: Any, accounts: list[AccountItem]) -> list[tuple[str, str]]:
        sizes.append(len(accounts))
        return [("opened", "acc_1")] * len(accounts)

    async def ask() -> None:
        books = Ledger(cast(Any, None), Gate(1000), replace(LIMITS, batch_limit=1000))
        item = AccountItem(organization_id=1, name="cash", type="asset", currency="USD")
        await asyncio.gather(*(books.open_account(item) for _ in range(3 * MAX_BATCH)))

    monkeypatch.setattr("service.ledger.schema.open_accounts", open_accounts)
    asyncio.run(ask())
    assert max(sizes) == MAX_BATCH


def test_a_call_that_fails_is_timed_too() -> None:
    async def fail(*_: Any) -> None:
        raise DEAD

    with pytest.raises(psycopg.OperationalError):
        asyncio.run(ledger._measured("a call that fails", [1, 2], cast(Any, fail)))
    assert code_of(wallets._read("a query that fails", fail())) == "database_unavailable"
    page = metrics.page().decode()
    for timed in (
        'ledger_call_seconds_count{call="a call that fails"} 1.0',
        'ledger_call_items_sum{call="a call that fails"} 2.0',
        'wallet_query_seconds_count{query="a query that fails"} 1.0',
    ):
        assert timed in page


def expiring(monkeypatch: pytest.MonkeyPatch, *answers: int | Exception) -> list[int | Exception]:
    """What ledger.expire_holds() will answer; what it has not yet."""
    waiting = list(answers)

    async def expire_holds(*_: Any, **__: Any) -> int:
        answer = waiting.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr("service.ledger_keeper.schema.expire_holds", expire_holds)
    monkeypatch.setattr(ledger_keeper, "INTERVAL_SECONDS", 0.01)
    return waiting


def test_holds_that_could_not_be_ended_are_ended_in_the_next_round(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = expiring(monkeypatch, DEAD, 7, DEAD, *[0] * 1000)

    async def keep() -> None:
        async with ledger_keeper.keeping(cast(Any, None)):
            while len(waiting) > 990:
                await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(keep(), 5))


def test_holds_are_ended_until_none_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = expiring(monkeypatch, 500, 500, 3, 500)
    asyncio.run(ledger_keeper._expire_holds(cast(Any, None)))
    assert waiting == [500]


def test_a_server_that_only_reads_is_left_and_the_refusal_is_told() -> None:
    closed = []

    async def close() -> None:
        closed.append(True)

    conn = SimpleNamespace(has_warned=False, close=close)

    async def write() -> None:
        async with writing(cast(Any, SimpleNamespace(connection=lambda: _entered(conn)))):
            raise psycopg.errors.ReadOnlySqlTransaction("a standby")

    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        asyncio.run(write())
    assert closed


class _entered:
    """A block that gives what stands for a connection."""

    def __init__(self, conn: object) -> None:
        self.conn = conn

    async def __aenter__(self) -> object:
        return self.conn

    async def __aexit__(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("token", ["1-0/0-1\n", "x", "", " 1"])
def test_what_is_no_token_is_read_from_the_primary(token: str) -> None:
    assert Replica(cast(Any, None), cast(Any, None), call_deadline=1).reads(token) is None


def test_a_wrong_url_of_a_replica_is_named_by_its_own_variable() -> None:
    with pytest.raises(ConfigError, match=r"^PGTILL_REPLICA_URL"):
        _replica_url("mysql://a/pgtill")


def test_a_fault_of_the_registry_s_database_is_no_refusal() -> None:
    async def fail() -> None:
        raise DEAD

    with pytest.raises(psycopg.OperationalError):
        asyncio.run(registry._carry_out([cast(Any, SimpleNamespace(call=fail))]))


def test_a_fault_of_an_allocation_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise DEAD

    async def allocate() -> None:
        await registry.PathRegistry(cast(Any, None), Gate(1), LIMITS)._allocate([cast(Any, None)])

    monkeypatch.setattr("service.registry.paths.allocate_paths", fail)
    with pytest.raises(psycopg.OperationalError):
        asyncio.run(allocate())


def test_a_database_that_does_not_answer_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    async def execute(_: str) -> None:
        await asyncio.sleep(3)

    conn = SimpleNamespace(execute=execute)
    pool = SimpleNamespace(connection=lambda: _entered(conn))
    monkeypatch.setattr(operations, "READY_SECONDS", 0.05)
    assert (
        code_of(operations.ready(cast(Any, SimpleNamespace(state={"pool": pool})))) == "database_unavailable"
    )


# A key that was used for another request


ASKED = Order(
    organization_id=1,
    idempotency_key="k",
    request_hash="h",
    chain="bitcoin",
    network="regtest",
    asset="BTC",
)


def carry_out(*outcomes: Any, default: int | None = 3600) -> tuple[int, str]:
    """How often the order was sent, and the refusal that it ended with, or nothing."""
    sent: list[Order] = []

    async def submit(order: Order) -> Any:
        outcome = outcomes[len(sent)]
        sent.append(order)
        if isinstance(outcome, ApiError):
            raise outcome
        return SimpleNamespace(payment_request=outcome)

    asset = None if default is None else SimpleNamespace(default_expires_in_seconds=default)
    state = {
        "dispatcher": SimpleNamespace(submit=submit),
        "catalog": SimpleNamespace(find=lambda *_: asset),
    }
    try:
        asyncio.run(payment_request_routes._carry_out(cast(Any, state), ASKED))
    except ApiError as refused:
        return len(sent), refused.code
    return len(sent), ""


CONFLICT = ApiError("idempotency_key_conflict", "the key was used for another request")


def stored(seconds: int) -> bytes:
    """A payment request that lives so long."""
    return msgspec.json.encode(
        {
            "id": f"pr_{24 * '0'}",
            "status": "pending",
            "chain": "bitcoin",
            "network": "regtest",
            "asset": "BTC",
            "created_at": "2026-01-01T00:00:00Z",
            "expires_at": f"2026-01-01T{seconds // 3600:02}:00:00Z",
            "payment_instructions": {"address": "a", "address_scheme": "s", "derivation_index": 0},
        }
    )


@pytest.mark.parametrize(
    ("outcomes", "default", "ends"),
    [
        ([stored(3600)], 3600, (1, "")),
        ([CONFLICT, stored(3600)], 3600, (2, "")),
        ([CONFLICT, stored(7200)], 3600, (2, "idempotency_key_conflict")),
        ([CONFLICT, CONFLICT], 3600, (2, "idempotency_key_conflict")),
        ([CONFLICT], None, (1, "idempotency_key_conflict")),
        # It may have been done: once more by another hash would be another request.
        ([ApiError("outcome_unknown", "")], 3600, (1, "outcome_unknown")),
    ],
    ids=["new", "the same", "another expiry", "another request", "no such asset", "unknown"],
)
def test_only_a_used_key_is_asked_of_twice(
    outcomes: list[Any], default: int | None, ends: tuple[int, str]
) -> None:
    assert carry_out(*outcomes, default=default) == ends


# Start


def start(monkeypatch: pytest.MonkeyPatch, exc: Exception) -> str:
    async def fail(*_: Any) -> None:
        raise exc

    async def ready(*_: Any) -> None:
        pass

    monkeypatch.setattr(startup, "_wait_for_database", ready)
    monkeypatch.setattr(startup, "_check_schema", fail)
    settings = SimpleNamespace(allocation_mode="devtest", readiness_timeout=1)
    with pytest.raises(StartupError) as refused:
        asyncio.run(startup.verify(cast(Any, settings), cast(Any, None), cast(Any, None)))
    return refused.value.code


def test_a_start_without_a_connection_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(monkeypatch, PoolTimeout()) == "database_unavailable"


def test_a_start_that_the_database_fails_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(monkeypatch, psycopg.errors.LockNotAvailable()) == "cursor_busy"


def test_a_schema_that_cannot_be_looked_at_is_not_called_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: Any) -> list[str]:
        raise psycopg.errors.QueryCanceled

    monkeypatch.setattr("service.startup.app_schema.list_deployed_changes", fail)
    with pytest.raises(psycopg.errors.QueryCanceled):
        asyncio.run(startup._check_schema(cast(Any, None)))


DSN = "postgresql:///pgtill?host=/nowhere"


def test_without_sqitch_nothing_is_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.migrations.shutil.which", lambda *_, **__: None)
    monkeypatch.setattr("service.migrations.subprocess.run", None)
    with pytest.raises(StartupError) as refused:
        migrations.deploy(DSN)
    assert refused.value.code == "sqitch_missing"


def test_a_deployment_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.CompletedProcess([], 2, "", "it went wrong\n")
    monkeypatch.setattr("service.migrations.shutil.which", lambda *_, **__: "sqitch")
    monkeypatch.setattr("service.migrations.subprocess.run", lambda *_, **__: done)
    with pytest.raises(StartupError, match="it went wrong") as refused:
        migrations.deploy(DSN, quiet=True)
    assert refused.value.code == "migration_failed"
    with pytest.raises(StartupError, match="sqitch status failed"):
        migrations.status(DSN)
    done.returncode = 1  # nothing is deployed: it has said so itself
    migrations.status(DSN)


@pytest.mark.parametrize(
    "text",
    [
        '{"bitcoin": 5}',
        '{"bitcoin": {"regtest": 5}}',
        """{"bitcoin": {
            "regtest": {"keyset_id": "a", "extended_public_key": "x", "expected_index0_address": "y"},
            " regtest": {"keyset_id": "b", "extended_public_key": "z", "expected_index0_address": "y"}
        }}""",
    ],
    ids=["no networks", "no object", "one network twice"],
)
def test_keysets_of_another_shape_are_refused(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_keysets(text)
    assert refused.value.code == "CONFIG_DEVTEST_KEYSETS_INVALID"


def test_a_signing_secret_that_is_none_is_refused_alone() -> None:
    with pytest.raises(ConfigErrors):
        signing_secrets({"PGTILL_SIGNING_SECRET": "short"})
