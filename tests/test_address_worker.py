"""How the process that derives ahead ends, and what it does not tell. Its work: test_address_source.py."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import cast

import pytest

from service.address_worker import Account, AddressWorker
from tests.derivation.support import TPUB

REGTEST = Account("bitcoin", "regtest", "bip84_p2wpkh", "0/{index}", TPUB)


def test_once_closed_it_is_never_started_again() -> None:
    """One that is left behind keeps the server's event loop from closing."""

    async def work() -> None:
        worker = AddressWorker()
        waiting = [asyncio.create_task(worker.derive_many(REGTEST, 0, 500)) for _ in range(4)]
        await asyncio.sleep(0)
        await worker.close()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert worker._process is None or worker._process.returncode is not None
        with pytest.raises(BrokenPipeError):
            await worker.derive_many(REGTEST, 0, 1)

    asyncio.run(work())


def test_one_that_has_gone_this_moment_may_be_closed() -> None:
    class Gone:
        returncode = None

        def terminate(self) -> None:
            raise ProcessLookupError

        async def wait(self) -> None:
            pass

    async def work() -> None:
        worker = AddressWorker()
        worker._process = cast(asyncio.subprocess.Process, Gone())
        await worker.close()

    asyncio.run(work())


def test_no_key_stands_on_its_command_line() -> None:
    async def work() -> None:
        worker = AddressWorker()
        await worker.derive_many(REGTEST, 0, 1)
        assert worker._process is not None
        command_line = Path(f"/proc/{worker._process.pid}/cmdline").read_bytes()
        await worker.close()
        assert b"service.address_worker" in command_line
        assert TPUB.encode() not in command_line

    asyncio.run(work())
