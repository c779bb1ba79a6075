"""
Address derivation against other libraries: same keys, same indexes, same run.

Both sides derive the receiving addresses of one account, its branch node kept, and must give the same
addresses. Rounds of the two are interleaved, so that a busy machine slows both, and the best round of
each counts: what disturbs a round can only make it longer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from time import perf_counter

from bip_utils import (  # type: ignore[import-untyped]
    Bip32KeyNetVersions,
    Bip32Slip10Secp256k1,
    EthAddrEncoder,
    P2WPKHAddrEncoder,
)
from bitcoin.base58 import CBase58Data  # type: ignore[import-untyped]

from service.derivation import TEMPLATE, AddressDeriver

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
    """One kind of address and two ways to derive it, ours and a library's."""

    name: str
    library: str
    ours: Derive
    theirs: Derive


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Best round of each side, in microseconds an address; `ratio` is how many times ours is faster."""

    name: str
    library: str
    ours_us: float
    theirs_us: float
    ratio: float


def ours(chain: str, network: str, key: str) -> AddressDeriver:
    """The service's own derivation."""
    scheme = "evm_bip44" if chain == "ethereum" else "bip84_p2wpkh"
    return AddressDeriver.for_account(
        chain=chain, network=network, address_scheme=scheme, template=TEMPLATE, extended_public_key=key
    )


def with_chain_code(key: str, chain_code: bytes) -> str:
    """Another key, as public as the first."""
    data = CBase58Data(key)
    payload = bytearray(data)
    payload[12:44] = chain_code  # after version (which is no part of this), depth, fingerprint, number
    return str(CBase58Data.from_bytes(bytes(payload), data.nVersion))


def _bitcoin() -> Case:
    branch = Bip32Slip10Secp256k1.FromExtendedKey(TPUB, TPUB_VERSIONS).ChildKey(0)

    def theirs(first: int, count: int) -> list[str]:
        keys = (branch.ChildKey(index).PublicKey().KeyObject() for index in range(first, first + count))
        return [P2WPKHAddrEncoder.EncodeKey(key, hrp="bcrt") for key in keys]

    derive = ours("bitcoin", "regtest", TPUB).derive_many
    return Case(name="BTC", library="bip_utils", ours=derive, theirs=theirs)


def _ethereum() -> Case:
    branch = Bip32Slip10Secp256k1.FromExtendedKey(XPUB).ChildKey(0)

    def theirs(first: int, count: int) -> list[str]:
        keys = (branch.ChildKey(index).PublicKey().KeyObject() for index in range(first, first + count))
        return [EthAddrEncoder.EncodeKey(key) for key in keys]

    derive = ours("ethereum", "sepolia", XPUB).derive_many
    return Case(name="EVM", library="bip_utils", ours=derive, theirs=theirs)


def _embit() -> Case:
    """Bitcoin only; its binding of libsecp256k1 is loaded with ctypes."""
    bip32, networks, script = (import_module(f"embit.{name}") for name in ("bip32", "networks", "script"))
    branch = bip32.HDKey.from_string(TPUB).derive([0])
    regtest = networks.NETWORKS["regtest"]

    def theirs(first: int, count: int) -> list[str]:
        keys = (branch.child(index) for index in range(first, first + count))
        return [script.p2wpkh(key).address(regtest) for key in keys]

    derive = ours("bitcoin", "regtest", TPUB).derive_many
    return Case(name="BTC", library="embit", ours=derive, theirs=theirs)


def _bdk() -> Case:
    """Bitcoin only; Rust behind a generated binding."""
    bdk = import_module("bdkpython")
    descriptor = bdk.Descriptor(f"wpkh({TPUB}/0/*)", bdk.NetworkKind.TEST)
    regtest = bdk.Network.REGTEST

    def theirs(first: int, count: int) -> list[str]:
        return [str(descriptor.derive_address(index, regtest)) for index in range(first, first + count)]

    derive = ours("bitcoin", "regtest", TPUB).derive_many
    return Case(name="BTC", library="bdkpython", ours=derive, theirs=theirs)


CASES = (_bitcoin(), _ethereum())
"""What the tests hold, too."""

MORE = {"embit": _embit, "bdkpython": _bdk}
"""Libraries that only `make bench` installs; each raises ImportError where it is not, or cannot run."""


def compare(case: Case, *, rounds: int, count: int) -> Result:
    """Time `rounds` rounds of `count` new addresses a side; AssertionError where the sides differ."""
    # The first window warms both sides up and is where they are held against each other.
    assert case.ours(0, count) == case.theirs(0, count), case.name
    ours, theirs = [], []
    for turn in range(1, rounds + 1):
        ours.append(_seconds(case.ours, turn * count, count))
        theirs.append(_seconds(case.theirs, turn * count, count))
    best_ours, best_theirs = (min(times) / count * 1e6 for times in (ours, theirs))
    return Result(
        name=case.name,
        library=case.library,
        ours_us=best_ours,
        theirs_us=best_theirs,
        ratio=best_theirs / best_ours,
    )


def _seconds(derive: Derive, first: int, count: int) -> float:
    start = perf_counter()
    derive(first, count)
    return perf_counter() - start
