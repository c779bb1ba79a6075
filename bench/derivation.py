"""
Address derivation against bip_utils: same keys, same indexes, same run.

    python -m bench.derivation [--rounds N] [--count N] [--json]

Both sides derive the receiving addresses of one account, its branch node kept, and must give the same
addresses. Rounds of the two are interleaved, so that a busy machine slows both, and the best round of
each counts: what disturbs a round can only make it longer.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import perf_counter

from bip_utils import (  # type: ignore[import-untyped]
    Bip32KeyNetVersions,
    Bip32Slip10Secp256k1,
    EthAddrEncoder,
    P2WPKHAddrEncoder,
)

from service.derivation import AddressDeriver

# Fixture keys whose private key is 1: for measuring, never for money.
TPUB = (
    "tpubDC2pzLGKv5DoHtRoYjJsbgESSzFqc3mtPzahMMqhH89bqqHot28MFUHkUECJrBGFb2KPQZUrApq4Ti6Y69S2K3snrsT8E5Zjt"
    "1GqTMj7xn5"
)
XPUB = (
    "xpub6BfCU6SeCoGM26Ex6YKnPku57sABcfGprMzPzonYwDPi6Yd6ooHG72cvEC7XKgK1o7nUnyxydj11mXbvhHanRcRVoGhpYYuWJ"
    "3gRhPCmQKj"
)
TPUB_VERSIONS = Bip32KeyNetVersions(bytes.fromhex("043587cf"), bytes.fromhex("04358394"))

Derive = Callable[[int, int], list[str]]
"""`(first, count)` to that many addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One kind of address and the two ways to derive it."""

    name: str
    ours: Derive
    theirs: Derive


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Best round of each side, in microseconds an address; `ratio` is how many times ours is faster."""

    name: str
    ours_us: float
    theirs_us: float
    ratio: float


def _bitcoin() -> Case:
    deriver = AddressDeriver.for_account(
        chain="bitcoin",
        network="regtest",
        address_scheme="bip84_p2wpkh",
        template="0/{index}",
        extended_public_key=TPUB,
    )
    branch = Bip32Slip10Secp256k1.FromExtendedKey(TPUB, TPUB_VERSIONS).ChildKey(0)

    def theirs(first: int, count: int) -> list[str]:
        keys = (branch.ChildKey(index).PublicKey().KeyObject() for index in range(first, first + count))
        return [P2WPKHAddrEncoder.EncodeKey(key, hrp="bcrt") for key in keys]

    return Case(name="BTC", ours=deriver.derive_many, theirs=theirs)


def _ethereum() -> Case:
    deriver = AddressDeriver.for_account(
        chain="ethereum",
        network="sepolia",
        address_scheme="evm_bip44",
        template="0/{index}",
        extended_public_key=XPUB,
    )
    branch = Bip32Slip10Secp256k1.FromExtendedKey(XPUB).ChildKey(0)

    def theirs(first: int, count: int) -> list[str]:
        keys = (branch.ChildKey(index).PublicKey().KeyObject() for index in range(first, first + count))
        return [EthAddrEncoder.EncodeKey(key) for key in keys]

    return Case(name="EVM", ours=deriver.derive_many, theirs=theirs)


CASES = (_bitcoin(), _ethereum())


def compare(case: Case, *, rounds: int, count: int) -> Result:
    """Time `rounds` rounds of `count` new addresses a side; AssertionError where the sides differ."""
    # The first window warms both sides up and is where they are held against each other.
    assert case.ours(0, count) == case.theirs(0, count), case.name
    ours, theirs = [], []
    for turn in range(1, rounds + 1):
        ours.append(_seconds(case.ours, turn * count, count))
        theirs.append(_seconds(case.theirs, turn * count, count))
    best_ours, best_theirs = (min(times) / count * 1e6 for times in (ours, theirs))
    return Result(name=case.name, ours_us=best_ours, theirs_us=best_theirs, ratio=best_theirs / best_ours)


def _seconds(derive: Derive, first: int, count: int) -> float:
    start = perf_counter()
    derive(first, count)
    return perf_counter() - start


def _table(results: list[Result]) -> str:
    lines = ["       ours µs   bip_utils µs   ratio"]
    lines += [f"{r.name:5} {r.ours_us:9.1f} {r.theirs_us:14.1f} {r.ratio:7.2f}" for r in results]
    return "\n".join(lines)


def main() -> None:
    """Compare all cases and print a table, or JSON with `--json`."""
    parser = argparse.ArgumentParser(prog="python -m bench.derivation", description="Ours against bip_utils.")
    parser.add_argument("--rounds", type=int, default=40, help="rounds a side (40)")
    parser.add_argument("--count", type=int, default=200, help="addresses a round (200)")
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    options = parser.parse_args()
    results = [compare(case, rounds=options.rounds, count=options.count) for case in CASES]
    print(json.dumps([asdict(result) for result in results]) if options.json else _table(results))


if __name__ == "__main__":
    main()
