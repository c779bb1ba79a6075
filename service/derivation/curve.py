"""
Point arithmetic on secp256k1 (SEC 2 §2.4.1), all of it by libsecp256k1 in the build that coincurve carries.

Public derivation spends its time in one sum, `point + scalar·G`. Measured on one core (x86-64, 1 MB of
L2 cache, coincurve 21.0.0), microseconds a sum:

    26   PublicKey.add                          a general multiplication, then one addition
    22   from_valid_secret, then combine_keys   a constant-time multiplication with G
    14   combine over a table of multiples      32 additions, one inversion; the table as C structs
    14   … of `PublicKey` objects               but 25 as soon as other work shares the cache (2 MB)

So the third is here. It calls coincurve's `ffi` and `lib`, whose names are libsecp256k1's stable C
interface but whose module is private to coincurve: should that move, the import fails at the start.

The table is read at places that depend on the scalar, which would be a leak were the scalar secret. In
public derivation it is not: whoever has the extended public key can compute it.
"""

from __future__ import annotations

from functools import cache
from itertools import accumulate, repeat
from typing import Any, Final

from coincurve import PublicKey
from coincurve._libsecp256k1 import ffi, lib  # type: ignore[import-not-found]
from coincurve.context import GLOBAL_CONTEXT

ORDER: Final = bytes.fromhex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
"""n, the number of points, 32 bytes big-endian: bytes of one length compare as the numbers they spell."""

_SCALAR_BYTES: Final = 32


def parse_point(compressed: bytes) -> PublicKey | None:
    """The point of a 33-byte compressed public key (SEC 1 §2.3.4), None where x is not on the curve."""
    try:
        return PublicKey(compressed)
    except ValueError:
        return None


def add_generator_multiple(point: PublicKey, scalar: bytes) -> PublicKey | None:
    """`point + scalar·G`, None where that is the point at infinity.

    `scalar` is 32 bytes big-endian and below `ORDER`; the caller has checked both. Not constant-time:
    never for a secret scalar. The first call in a process builds the table: 35 ms, 512 kB.
    """
    # A name of its own, because the pointers below do not keep the table alive.
    table = _generator_table()
    multiples = [row + digit for row, digit in zip(table, scalar, strict=True) if digit]
    total = ffi.new("secp256k1_pubkey *")
    terms = [point.public_key, *multiples]
    finite = lib.secp256k1_ec_pubkey_combine(GLOBAL_CONTEXT.ctx, total, terms, len(terms))
    return PublicKey(total) if finite else None


@cache
def _generator_table() -> list[Any]:
    """Row i, digit d in 1..255: `d · 256^(31-i) · G`, so that row i serves byte i of a big-endian scalar.

    A row is a C array of 256 points, the first unused. Two threads may both build the first table; they
    build the same.
    """
    table = []
    base = PublicKey.from_valid_secret((1).to_bytes(_SCALAR_BYTES))
    for _ in range(_SCALAR_BYTES):
        *multiples, next_base = accumulate(repeat(base, 256), _sum)
        row = ffi.new("secp256k1_pubkey[256]")
        for digit, point in enumerate(multiples, start=1):
            row[digit] = point.public_key[0]
        table.append(row)
        base = next_base
    return table[::-1]


def _sum(left: PublicKey, right: PublicKey) -> PublicKey:
    return PublicKey.combine_keys([left, right])
