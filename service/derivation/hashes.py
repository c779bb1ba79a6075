"""The two hashes that turn a public key into an address: HASH160 (Bitcoin) and Keccak-256 (Ethereum)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from Crypto.Hash import RIPEMD160, keccak


def _openssl_ripemd160(data: bytes) -> bytes:
    return hashlib.new("ripemd160", data).digest()


def _pycryptodome_ripemd160(data: bytes) -> bytes:
    return RIPEMD160.new(data).digest()


def _choose_ripemd160() -> Callable[[bytes], bytes]:
    """OpenSSL's implementation where it is available, otherwise pycryptodome's (5 µs instead of 1).

    OpenSSL 3 keeps RIPEMD-160 in its "legacy" provider, which some builds (3.0.0 to 3.0.6, FIPS) do not
    load; `hashlib` then raises ValueError at the first use.
    """
    try:
        _openssl_ripemd160(b"")
    except ValueError:
        return _pycryptodome_ripemd160
    return _openssl_ripemd160


_ripemd160 = _choose_ripemd160()


def hash160(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256 of `data`: 20 bytes (BIP32 §"Key identifiers", BIP141 §P2WPKH)."""
    return _ripemd160(hashlib.sha256(data).digest())


def keccak256(data: bytes) -> bytes:
    """Keccak-256 of `data`: 32 bytes. Ethereum's hash, with the padding from before it became SHA3-256."""
    return keccak.new(digest_bits=256, data=data).digest()
