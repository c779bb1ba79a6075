"""
One path, three ways to write it.

    decimal      2.3.4.5.10                    stored; component 1 is the manufacturer's index
    Base58       3.4.5.6.B                     shown; each component a number in Bitcoin's alphabet
                 2.3.4.5.6.B                   … with the wallet (1) in front of it
    derivation   m/44'/501'/1'/2'/3'/4'/5'/10' SLIP-0010 Ed25519: every level hardened

Base58 here writes *numbers*, not bytes: most significant digit first, `1` for zero, no other leading
`1`. So each path has exactly one text of each kind, and what is read twice is what was written once.
Whether a text is decimal or Base58, with or without a wallet, cannot be told from the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bitcoin import base58  # type: ignore[import-untyped]

from service.paths.errors import PathError

MAX_COMPONENT: Final = 2**31 - 1
"""Where BIP32's index ends; hardening is the other half of its 32 bits."""

MAX_COMPONENTS: Final = 20

BASE58: Final = "[1-9A-HJ-NP-Za-km-z]"
"""One digit, as a regular expression."""

_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,9}")
_NUMBER: Final = re.compile(f"1|(?!1){BASE58}{{1,6}}")
_MAX_TEXT: Final = 11 * (MAX_COMPONENTS + 1)

Path = tuple[int, ...]


def parse_decimal(text: str) -> Path:
    """Read `2.3.4.5.10`; raises PathError."""
    return _checked([_decimal(part) for part in _parts(text)])


def to_decimal(path: Sequence[int]) -> str:
    """Write `2.3.4.5.10`; raises PathError where a component is out of range."""
    return ".".join(str(component) for component in _checked(path))


def parse_base58(text: str) -> Path:
    """Read `3.4.5.6.B`, which has no wallet in front; raises PathError."""
    return _checked([_number(part) for part in _parts(text)])


def to_base58(path: Sequence[int]) -> str:
    """Write `3.4.5.6.B`; raises PathError where a component is out of range."""
    return ".".join(_digits(component) for component in _checked(path))


def parse_prefixed(text: str) -> tuple[int, Path]:
    """Read `2.3.4.5.6.B`: the wallet's version, then the path; raises PathError."""
    wallet, *rest = (_number(part) for part in _parts(text))
    return _checked_wallet(wallet), _checked(rest)


def to_prefixed(wallet: int, path: Sequence[int]) -> str:
    """Write `2.3.4.5.6.B`; raises PathError where a number is out of range."""
    return f"{_digits(_checked_wallet(wallet))}.{to_base58(path)}"


def derivation_path(wallet: int, path: Sequence[int]) -> str:
    """Write `m/44'/501'/1'/2'/3'/4'/5'/10'`; raises PathError where a number is out of range."""
    levels = "/".join(f"{component}'" for component in (_checked_wallet(wallet), *_checked(path)))
    return f"m/44'/501'/{levels}"


def _parts(text: str) -> list[str]:
    # Splitting costs what the text is long: look first.
    if len(text) > _MAX_TEXT:
        raise PathError("too_many_components")
    return text.split(".")


def _decimal(part: str) -> int:
    if _DECIMAL.fullmatch(part) is None:
        raise PathError("not_decimal")
    return int(part)


def _number(part: str) -> int:
    if _NUMBER.fullmatch(part) is None:
        raise PathError("not_base58")
    return int.from_bytes(base58.decode(part))


def _digits(number: int) -> str:
    # As many bytes as the number needs: the library writes each leading zero byte as a digit.
    return str(base58.encode(number.to_bytes(max(1, (number.bit_length() + 7) // 8))))


def _checked(path: Sequence[int]) -> Path:
    if not path:
        raise PathError("too_few_components")
    if len(path) > MAX_COMPONENTS:
        raise PathError("too_many_components")
    if not all(0 <= component <= MAX_COMPONENT for component in path):
        raise PathError("component_out_of_range")
    return tuple(path)


def _checked_wallet(wallet: int) -> int:
    if not 1 <= wallet <= MAX_COMPONENT:
        raise PathError("wallet_out_of_range")
    return wallet
