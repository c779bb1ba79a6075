"""API keys in memory: bounded, checked once however many ask, gone when they are revoked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import bcrypt
import pytest

from service import auth
from service.auth import Authenticator
from service.database import Pool, create_pool
from service.errors import ApiError
from tests.conftest import Database
from tests.support import Merchant, Shop, add_key, create_merchant, execute, rows, wait_until

Work = Callable[[Authenticator], Awaitable[None]]


@pytest.fixture
def merchant(database: Database) -> Merchant:
    return create_merchant(database.dsn())


def with_authenticator(database: Database, work: Work) -> None:
    """Do something with an authenticator on a real pool."""

    async def connected() -> None:
        pool: Pool = create_pool(database.dsn("pgtill_service"), size=2, role="pgtill_service")
        async with pool, asyncio.timeout(30):
            await work(Authenticator(pool))

    asyncio.run(connected())


class Checks:
    """bcrypt as it is, but counted, and held up where a test wants that."""

    def __init__(self) -> None:
        self.count = 0
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self._checkpw = bcrypt.checkpw

    def __call__(self, password: bytes, hashed: bytes) -> bool:
        self.count += 1
        assert self.may_go_on.wait(30)
        return self._checkpw(password, hashed)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Checks]:
    checks = Checks()
    monkeypatch.setattr(bcrypt, "checkpw", checks)
    yield checks
    checks.may_go_on.set()


async def until(is_true: Callable[[], bool]) -> None:
    while not is_true():
        await asyncio.sleep(0.005)


async def refusal(work: Awaitable[Any]) -> str:
    with pytest.raises(ApiError) as caught:
        await work
    return caught.value.code


def header(merchant: Merchant) -> str:
    return merchant.headers["authorization"]


def test_a_key_is_checked_once_and_then_known(database: Database, merchant: Merchant, checks: Checks) -> None:
    async def work(authenticator: Authenticator) -> None:
        first = await authenticator.authenticate(header(merchant))
        for _ in range(100):
            assert await authenticator.authenticate(header(merchant)) is first
        assert first.organization_id == merchant.organization_id
        assert checks.count == 1

    with_authenticator(database, work)


def test_a_key_that_many_bring_at_once_is_checked_once(
    database: Database, merchant: Merchant, checks: Checks
) -> None:
    async def work(authenticator: Authenticator) -> None:
        principals = await asyncio.gather(*(authenticator.authenticate(header(merchant)) for _ in range(200)))
        assert {principal.key_id for principal in principals} == {merchant.key_id}
        assert checks.count == 1

    with_authenticator(database, work)


def test_whoever_goes_away_does_not_end_the_check_of_the_others(
    database: Database, merchant: Merchant, checks: Checks
) -> None:
    async def work(authenticator: Authenticator) -> None:
        checks.may_go_on.clear()
        first = asyncio.create_task(authenticator.authenticate(header(merchant)))
        second = asyncio.create_task(authenticator.authenticate(header(merchant)))
        await until(lambda: checks.count == 1)
        first.cancel()
        checks.may_go_on.set()
        assert (await second).key_id == merchant.key_id
        assert checks.count == 1

    with_authenticator(database, work)


def test_a_wrong_key_is_checked_each_time_and_never_remembered(
    database: Database, merchant: Merchant, checks: Checks
) -> None:
    wrong = header(merchant)[:-1] + ("0" if merchant.key[-1] != "0" else "1")

    async def work(authenticator: Authenticator) -> None:
        for count in range(1, 4):
            assert await refusal(authenticator.authenticate(wrong)) == "unauthorized"
            assert checks.count == count
        assert (await authenticator.authenticate(header(merchant))).key_id == merchant.key_id

    with_authenticator(database, work)


def test_an_unknown_key_costs_as_much_as_a_wrong_one(database: Database, checks: Checks) -> None:
    async def work(authenticator: Authenticator) -> None:
        unknown = f"Bearer sk_test_{'0' * 16}_{'0' * 64}"
        assert await refusal(authenticator.authenticate(unknown)) == "unauthorized"
        assert checks.count == 1
        assert await refusal(authenticator.authenticate("Bearer nonsense")) == "unauthorized"
        assert checks.count == 1  # what is no key at all costs nothing

    with_authenticator(database, work)


def test_the_memory_is_bounded_and_keeps_the_latest(
    database: Database, merchant: Merchant, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "_MAX_CACHED", 3)
    keys = [add_key(database.dsn(), merchant, ["assets:read"]) for _ in range(5)]

    async def work(authenticator: Authenticator) -> None:
        for key in keys:
            await authenticator.authenticate(header(key))
        assert checks.count == 5
        for key in keys[2:]:
            await authenticator.authenticate(header(key))
        assert checks.count == 5
        await authenticator.authenticate(header(keys[0]))
        assert checks.count == 6
        assert len(authenticator._known) == 3

    with_authenticator(database, work)


def test_wrong_keys_in_numbers_are_turned_away_not_queued(
    database: Database, merchant: Merchant, checks: Checks
) -> None:
    async def work(authenticator: Authenticator) -> None:
        await authenticator.authenticate(header(merchant))
        checks.may_go_on.clear()
        wrong = [
            asyncio.create_task(authenticator.authenticate(f"Bearer sk_test_{number:016}_{'0' * 64}"))
            for number in range(100)
        ]
        await until(lambda: sum(task.done() for task in wrong) >= 68)
        # Meanwhile whoever is known is not held up.
        assert (await authenticator.authenticate(header(merchant))).key_id == merchant.key_id
        checks.may_go_on.set()
        refused = await asyncio.gather(*wrong, return_exceptions=True)
        codes = [error.code for error in refused if isinstance(error, ApiError)]
        assert len(codes) == 100
        assert codes.count("queue_full") == 68
        assert codes.count("unauthorized") == 32

    with_authenticator(database, work)


def test_a_key_revoked_while_it_is_being_checked_is_not_remembered(
    database: Database, merchant: Merchant, checks: Checks
) -> None:
    async def work(authenticator: Authenticator) -> None:
        checks.may_go_on.clear()
        check = asyncio.create_task(authenticator.authenticate(header(merchant)))
        await until(lambda: checks.count == 1)
        # The row has been read; now the key is revoked, and the news comes before the check ends.
        execute(database.dsn(), f"SELECT identity.revoke_api_key('{merchant.key_id}')")
        authenticator.forget(merchant.key_id)
        checks.may_go_on.set()
        await check
        assert await refusal(authenticator.authenticate(header(merchant))) == "unauthorized"

    with_authenticator(database, work)


def test_a_key_is_asked_for_again_after_its_time(
    database: Database, merchant: Merchant, checks: Checks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "_SECONDS_CACHED", 0.0)

    async def work(authenticator: Authenticator) -> None:
        await authenticator.authenticate(header(merchant))
        execute(database.dsn(), f"SELECT identity.revoke_api_key('{merchant.key_id}')")
        # No news came; the time alone does it.
        assert await refusal(authenticator.authenticate(header(merchant))) == "unauthorized"
        assert checks.count == 2  # as of a key that never was

    with_authenticator(database, work)


def test_a_forgotten_key_is_looked_up_again_but_costs_bcrypt_only_for_another_hash(
    database: Database, merchant: Merchant, checks: Checks
) -> None:
    another = bcrypt.hashpw(b"another secret", bcrypt.gensalt(10)).decode()

    async def work(authenticator: Authenticator) -> None:
        for _ in range(3):
            assert (await authenticator.authenticate(header(merchant))).key_id == merchant.key_id
            authenticator.forget_all()
        assert checks.count == 1
        execute(
            database.dsn(),
            f"UPDATE identity.api_keys SET secret_hash = '{another}' WHERE key_id = '{merchant.key_id}'",
        )
        assert await refusal(authenticator.authenticate(header(merchant))) == "unauthorized"
        assert checks.count == 2

    with_authenticator(database, work)


def test_a_revocation_that_nobody_heard_takes_effect_when_listening_begins_again(shop: Shop) -> None:
    key = add_key(shop.dsn, shop.merchant, ["assets:read"])
    assert shop.client.get("/v1/assets", headers=key.headers).status_code == 200
    listener = "FROM pg_stat_activity WHERE application_name = 'pgtill' AND query LIKE 'LISTEN%'"
    wait_until(lambda: rows(shop.dsn, f"SELECT count(*) {listener}") == [(1,)])
    execute(
        shop.dsn,
        f"SELECT pg_terminate_backend(pid) {listener}",
        f"SELECT identity.revoke_api_key('{key.key_id}')",
    )
    wait_until(lambda: shop.client.get("/v1/assets", headers=key.headers).status_code == 401)
    assert shop.client.get("/v1/assets").status_code == 200


def test_the_number_of_known_keys_is_a_metric(shop: Shop) -> None:
    shop.client.get("/v1/assets")
    page = shop.client.get("/metrics").text
    assert "api_keys_cached" in page
    assert 'api_key_checks_total{result="good"}' in page
    assert shop.merchant.key_id not in page
