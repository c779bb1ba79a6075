"""Windows of addresses, and the process that derives them ahead."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from service.address_source import BUSY, AddressSource
from service.address_worker import Account, AddressWorker
from service.database import Pool
from service.database.app import Answer, Asset, Order, Window
from service.derivation import AddressDeriver
from service.dispatcher import Lane
from service.joiner import Limits
from tests.derivation.support import TPUB
from tests.support import ROOT, wait_until

ACCOUNT = Account("bitcoin", "regtest", "bip84_p2wpkh", "0/{index}", TPUB)
DERIVER = ACCOUNT.deriver()


def with_worker(test: Callable[[AddressWorker], Awaitable[None]]) -> None:
    async def run() -> None:
        worker = AddressWorker()
        try:
            await test(worker)
        finally:
            await worker.close()

    asyncio.run(run())


def source(worker: AddressWorker, cursor: int = 0) -> AddressSource:
    asset = Asset(
        chain="bitcoin",
        network="regtest",
        asset="BTC",
        minor_unit="sats",
        decimals=8,
        address_scheme="bip84_p2wpkh",
        chain_id=None,
        token_standard=None,
        token_contract=None,
        token_decimals=None,
        default_expires_in_seconds=3600,
        enabled=True,
        is_mainnet=False,
        wallet_account_id="wa_btc_regtest_001",
        keyset_id="ks_btc_regtest",
        derivation_path_template="0/{index}",
        parent_key_digest=DERIVER.parent_key_digest,
        next_index=cursor,
    )
    return AddressSource(asset, DERIVER, ACCOUNT, worker)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # no /proc, as on macOS; on Linux it went this moment
        return sys.platform != "linux"
    return state != "Z"  # an orphan that nobody has waited for yet is dead all the same


def test_the_worker_derives_what_we_derive() -> None:
    async def test(worker: AddressWorker) -> None:
        # An answer is one line, of more than the 64 KiB that asyncio reads of one unless told otherwise.
        assert await worker.derive_many(ACCOUNT, 5, 2_000) == DERIVER.derive_many(5, 2_000)
        assert await worker.derive_many(ACCOUNT, 2**31 - 1, 1) == [DERIVER.derive(2**31 - 1)]

    with_worker(test)


def test_a_worker_that_was_killed_is_replaced() -> None:
    async def test(worker: AddressWorker) -> None:
        await worker.derive_many(ACCOUNT, 0, 1)
        process = worker._process
        assert process is not None
        process.kill()
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            await worker.derive_many(ACCOUNT, 0, 1)
        await process.wait()
        assert await worker.derive_many(ACCOUNT, 0, 1) == [DERIVER.derive(0)]

    with_worker(test)


def test_a_worker_does_not_outlive_a_server_that_was_killed() -> None:
    script = (
        "import asyncio, os\n"
        "from tests.test_address_source import ACCOUNT, AddressWorker\n"
        "async def main():\n"
        "    worker = AddressWorker()\n"
        "    await worker.derive_many(ACCOUNT, 0, 1)\n"
        "    print(worker._process.pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        while not line.strip().isdecimal():  # its log line comes first
            line = server.stdout.readline()
        server.send_signal(signal.SIGKILL)
    wait_until(lambda: not is_alive(int(line)))


def test_a_window_begins_at_the_cursor_and_moves_with_it() -> None:
    async def test(worker: AddressWorker) -> None:
        addresses = source(worker, cursor=7)
        window = addresses.window(3)
        assert (window.first_index, window.addresses) == (7, DERIVER.derive_many(7, 3))
        addresses.move(9, missed=False)
        window = addresses.window(2)
        assert (window.first_index, window.addresses) == (9, DERIVER.derive_many(9, 2))

    with_worker(test)


def test_a_miss_widens_the_window_and_hits_narrow_it_again() -> None:
    async def test(worker: AddressWorker) -> None:
        addresses = source(worker)
        addresses.move(100, missed=True)
        window = addresses.window(1)
        assert window.first_index == 100
        assert len(window.addresses) == 1 + 64
        assert window.addresses == DERIVER.derive_many(100, len(window.addresses))
        for cursor in range(101, 200):
            addresses.move(cursor, missed=False)
        assert len(addresses.window(1).addresses) == 1

    with_worker(test)


def test_an_answer_that_is_read_late_does_not_move_the_cursor_back() -> None:
    async def test(worker: AddressWorker) -> None:
        addresses = source(worker)
        addresses.window(8)
        addresses.move(6, missed=False)
        addresses.move(3, missed=False)
        assert addresses.window(2).addresses == DERIVER.derive_many(6, 2)

    with_worker(test)


def test_what_is_derived_ahead_joins_on_without_a_hole() -> None:
    async def test(worker: AddressWorker) -> None:
        addresses = source(worker)
        addresses.window(BUSY)
        addresses.prepare(BUSY)
        # Meanwhile the cursor goes on, and windows need some of the same addresses at once.
        addresses.move(BUSY // 2, missed=False)
        addresses.window(2 * BUSY)
        assert addresses._ahead is not None
        await addresses._ahead
        window = addresses.window(4 * BUSY)
        assert window.addresses == DERIVER.derive_many(BUSY // 2, 4 * BUSY)

    with_worker(test)


def test_what_is_derived_ahead_of_a_cursor_that_has_left_is_dropped() -> None:
    async def test(worker: AddressWorker) -> None:
        addresses = source(worker)
        addresses.prepare(BUSY)
        addresses.move(10_000, missed=True)
        assert addresses._ahead is not None
        await addresses._ahead
        assert addresses.window(1).addresses[0] == DERIVER.derive(10_000)

    with_worker(test)


def test_what_is_derived_ahead_is_enough_for_a_while() -> None:
    async def test(worker: AddressWorker) -> None:
        addresses = source(worker)
        addresses.prepare(BUSY)
        first = addresses._ahead
        assert first is not None
        await first
        addresses.prepare(BUSY)
        assert addresses._ahead is first

    with_worker(test)


def test_without_a_worker_windows_are_derived_here() -> None:
    async def test(worker: AddressWorker) -> None:
        addresses = source(worker)
        await worker.close()
        addresses.prepare(BUSY)
        assert addresses._ahead is not None
        await addresses._ahead
        assert addresses.window(3).addresses == DERIVER.derive_many(0, 3)

    with_worker(test)


def test_a_busy_lane_has_its_addresses_derived_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    async def allocate(_: object, *, orders: list[Order], windows: list[Window]) -> list[Answer]:
        return [Answer("unsupported_asset", None, None, None)] * len(orders)

    monkeypatch.setattr("service.dispatcher.app_schema.allocate_and_insert", allocate)

    async def test(worker: AddressWorker) -> None:
        addresses = source(worker)
        lane = Lane(cast(Pool, None), addresses, Limits(batch_limit=2 * BUSY, call_deadline=5))
        order = cast(Order, SimpleNamespace(organization_id=1, asset="BTC"))
        await asyncio.gather(*(lane.joiner.submit(order) for _ in range(2 * BUSY)), return_exceptions=True)
        assert addresses._ahead is not None
        await addresses._ahead
        assert len(addresses._addresses) > 2 * BUSY

    with_worker(test)


def test_few_orders_wake_no_worker() -> None:
    async def test(worker: AddressWorker) -> None:
        source(worker).prepare(BUSY - 1)
        await asyncio.sleep(0)
        assert worker._process is None

    with_worker(test)


@pytest.mark.parametrize(("cursor", "count"), [(2**31 - 2, 2), (2**31 - 1, 1), (2**31, 0)])
def test_the_last_windows_end_where_indexes_end(cursor: int, count: int) -> None:
    async def test(worker: AddressWorker) -> None:
        addresses = source(worker, cursor=cursor)
        assert addresses.window(5).addresses == DERIVER.derive_many(cursor, count)
        addresses.prepare(BUSY)
        assert addresses._ahead is None

    with_worker(test)


def test_an_account_does_not_show_its_key() -> None:
    assert TPUB not in repr(ACCOUNT)
    assert isinstance(ACCOUNT.deriver(), AddressDeriver)
