"""HASH160 and Keccak-256, and OpenSSL builds without RIPEMD-160."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.derivation import hashes


def test_known_digests() -> None:
    assert hashes.hash160(b"").hex() == "b472a266d0bd89c13706a4132ccfb16f7c3b9fcb"
    assert hashes.keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_both_implementations_of_ripemd160_agree(data: bytes) -> None:
    assert hashes._choose_ripemd160()(data) == hashes._pycryptodome_ripemd160(data)


def test_without_openssls_ripemd160_pycryptodomes_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(name: str, _data: bytes = b"") -> None:
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(hashlib, "new", unsupported)
    assert hashes._choose_ripemd160() is hashes._pycryptodome_ripemd160
