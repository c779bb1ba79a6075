"""
What a manufacturer's key may prove, and whether it did: Ed25519 (RFC 8032).

    level         the key may sign
    none          nothing: the registry alone speaks for the manufacturer
    verification  instances: "this thing is number 17 of that path"
    full          instances, and ranges of them to a producer's key, who then signs its instances

A signature is checked as RFC 8032 §5.1.7 says and strictly: keys and points have one spelling, S is
below the group's order, and a key of small order proves nothing. pycryptodome leaves the first and
the last to its caller, and with a key of small order anybody can sign anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from bitcoin import base58  # type: ignore[import-untyped]
from Crypto.PublicKey.ECC import EccKey
from Crypto.Signature import eddsa

from service.paths.errors import PathError
from service.paths.notation import BASE58, MAX_COMPONENT, derivation_path

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
COFACTOR: Final = 8
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""Of the group that the base point generates."""

_KEY: Final = re.compile(f"{BASE58}{{32,44}}")
_SIGNATURE: Final = re.compile(f"{BASE58}{{64,88}}")


class Level(StrEnum):
    """How much was delegated to a manufacturer's key."""

    NONE = "none"
    VERIFICATION = "verification"
    FULL = "full"


class Right(StrEnum):
    """What a key may be allowed to sign."""

    SIGN_INSTANCE = "sign_instance"
    SIGN_RANGE = "sign_range"


class Verdict(StrEnum):
    """What came of a check; the last two are of the registry (service/paths/instances.py)."""

    VERIFIED = "verified"
    NOT_DELEGATED = "not_delegated"
    WRONG_SIGNATURE = "wrong_signature"
    OUTSIDE_RANGE = "outside_range"
    NOT_VALID_NOW = "not_valid_now"


RIGHTS: Final = {
    Level.NONE: frozenset[Right](),
    Level.VERIFICATION: frozenset({Right.SIGN_INSTANCE}),
    Level.FULL: frozenset({Right.SIGN_INSTANCE, Right.SIGN_RANGE}),
}


def instance_statement(wallet: int, path: Sequence[int], instance: int) -> bytes:
    """What is signed for one instance: its derivation path, such as `m/44'/501'/1'/2'/3'/17'`."""
    return derivation_path(wallet, [*path, _checked_instance(instance)]).encode()


def range_statement(wallet: int, path: Sequence[int], first: int, last: int, producer_key: str) -> bytes:
    """What is signed for a producer: the path, the instances, the key that will sign them."""
    if _checked_instance(last) < _checked_instance(first):
        raise PathError("range_out_of_order")
    load_public_key(producer_key)
    return f"{derivation_path(wallet, path)}/{first}'-{last}':{producer_key}".encode()


def verify(
    *, level: Level, right: Right, public_key: str | None, statement: bytes, signature: str
) -> Verdict:
    """
    Whether a key to which `level` was delegated signed the statement.

    Raises PathError where key or signature are not well formed.
    """
    if public_key is None or right not in RIGHTS[level]:
        return Verdict.NOT_DELEGATED
    is_signed = has_signed(load_public_key(public_key), statement, parse_signature(signature))
    return Verdict.VERIFIED if is_signed else Verdict.WRONG_SIGNATURE


def has_signed(key: EccKey, message: bytes, signature: bytes) -> bool:
    """Whether the signature is this key's over the message; strict, see above."""
    if int.from_bytes(signature[32:], "little") >= ORDER:
        return False
    try:
        if _encoded(eddsa.import_public_key(signature[:32])) != signature[:32]:
            return False
        eddsa.new(key, "rfc8032").verify(message, signature)
    except ValueError:
        return False
    return True


def load_public_key(text: str) -> EccKey:
    """The key that a Base58 text spells; raises PathError where signatures of it prove nothing."""
    data = parse_key(text)
    try:
        key = eddsa.import_public_key(data)
    except ValueError:
        key = None
    if key is None or _encoded(key) != data or (key.pointQ * COFACTOR).is_point_at_infinity():
        raise PathError("weak_key")
    return key


def parse_key(text: str) -> bytes:
    """The 32 bytes of a key, of which nothing more is asked; raises PathError."""
    return _decoded(text, _KEY, KEY_BYTES, "not_key")


def parse_signature(text: str) -> bytes:
    """The 64 bytes of a signature; raises PathError."""
    return _decoded(text, _SIGNATURE, SIGNATURE_BYTES, "not_signature")


def _decoded(text: str, pattern: re.Pattern[str], size: int, reason: str) -> bytes:
    # Decoding is quadratic in the length: the pattern looks before decoding.
    data = bytes(base58.decode(text)) if pattern.fullmatch(text) else b""
    if len(data) != size:
        raise PathError(reason)
    return data


def _encoded(key: EccKey) -> bytes:
    return bytes(key.public_key().export_key(format="raw"))


def _checked_instance(instance: int) -> int:
    if not 1 <= instance <= MAX_COMPONENT:
        raise PathError("instance_out_of_range")
    return instance
