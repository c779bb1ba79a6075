"""
Derives addresses ahead in a process of its own, so that the event loop need not.

`python -m service.address_worker` reads one JSON request a line and answers one JSON array a line;
it ends when its input does, and so never outlives the server, however that ended. Keys come over
the pipe, never on a command line.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from functools import cache
from typing import Final

import msgspec
import structlog

from service.derivation import AddressDeriver

log = structlog.get_logger()

_LINE_LIMIT: Final = 1 << 20


class Account(msgspec.Struct, frozen=True):
    """What makes the addresses of one wallet account; arguments of `AddressDeriver.for_account`."""

    chain: str
    network: str
    address_scheme: str
    template: str
    extended_public_key: str

    def deriver(self) -> AddressDeriver:
        """Raises `DerivationError` when the key is unusable."""
        return AddressDeriver.for_account(
            chain=self.chain,
            network=self.network,
            address_scheme=self.address_scheme,
            template=self.template,
            extended_public_key=self.extended_public_key,
        )

    def __repr__(self) -> str:
        return f"<Account {self.chain}/{self.network}>"


class _Request(msgspec.Struct, frozen=True):
    account: Account
    first: int
    count: int


class AddressWorker:
    """The other process. Started with the first request, and again should it have died."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()
        self._is_closed = False

    async def derive_many(self, account: Account, first: int, count: int) -> list[str]:
        """The addresses of `count` indexes from `first` on, as `AddressDeriver.derive_many` gives them.

        Raises OSError when the process cannot be started or has gone.
        """
        async with self._one_at_a_time:
            if self._is_closed:
                raise BrokenPipeError
            process = await self._running()
            if process.stdin is None or process.stdout is None:
                raise BrokenPipeError
            process.stdin.write(msgspec.json.encode(_Request(account, first, count)) + b"\n")
            await process.stdin.drain()
            answer = await process.stdout.readline()
        if not answer:
            raise BrokenPipeError
        return msgspec.json.decode(answer, type=list[str])

    async def close(self) -> None:
        """End the process, and start none again: one left behind would keep the event loop from closing."""
        self._is_closed = True
        # Whoever has the lock may be starting the process just now.
        async with self._one_at_a_time:
            if self._process is not None and self._process.returncode is None:
                with suppress(ProcessLookupError):
                    self._process.terminate()
                await self._process.wait()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "service.address_worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_LINE_LIMIT,
                # Ctrl-C is for the server, which drains first.
                start_new_session=True,
            )
            log.info("address worker started", pid=self._process.pid)
        return self._process


@cache
def _deriver(account: Account) -> AddressDeriver:
    return account.deriver()


def main() -> None:
    """Serve requests until standard input ends."""
    decoder = msgspec.json.Decoder(_Request)
    for line in sys.stdin.buffer:
        request = decoder.decode(line)
        addresses = _deriver(request.account).derive_many(request.first, request.count)
        sys.stdout.buffer.write(msgspec.json.encode(addresses) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
