"""Class pointers: a short name for a class of things, the same in every wallet and on every tag."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final

from bitcoin import base58  # type: ignore[import-untyped]

from service.paths.errors import PathError
from service.paths.notation import BASE58, Path, to_decimal

DIGITS: Final = 11
"""58^11 is the first power above 2^64."""

_POINTER: Final = re.compile(f"{BASE58}{{{DIGITS}}}")


def class_pointer(public_key: str, path: Sequence[int]) -> str:
    """
    The first 8 bytes of SHA-256 over `<public_key>:<decimal path>`, in 11 Base58 characters.

    A small value is filled up with `1` on the left, so that a pointer is always of one length.
    """
    digest = hashlib.sha256(f"{public_key}:{to_decimal(path)}".encode()).digest()
    return str(base58.encode(digest[:8])).rjust(DIGITS, "1")


def find_class(public_key: str, path: Sequence[int], pointer: str) -> Path | None:
    """The beginning of the path that the pointer points to, the longest of them; None when none is."""
    beginnings = (tuple(path[:length]) for length in range(len(path), 0, -1))
    return next((part for part in beginnings if class_pointer(public_key, part) == pointer), None)


def parse_class_pointer(text: str) -> str:
    """The pointer as it came, when it can be one; raises PathError."""
    if _POINTER.fullmatch(text) is None or int.from_bytes(base58.decode(text)) >= 2**64:
        raise PathError("not_class_pointer")
    return text
