"""
Ethereum addresses: Keccak-256 of the public key (yellow paper §4.1, appendix F) and EIP-55 letters.

Two forms are used. *Canonical* is lower case, what is stored and compared; *checksummed* is EIP-55's,
what is shown. EIP-1191's chain-dependent letters (RSK) are another code, and refused as EIP-55.
"""

from __future__ import annotations

import re
from typing import Final

from service.derivation.errors import DerivationFailed
from service.derivation.hashes import keccak256

_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}")

_CASE_BIT: Final = 0x20
"""What distinguishes a letter's cases in ASCII."""

# Two masks over 40 hexadecimal characters, one byte each: a letter's case bit, and the case bit of
# every place whose hash digit is 8 or more. Where both are set, EIP-55 writes a capital.
_IF_LETTER: Final = bytes(_CASE_BIT if byte in b"abcdef" else 0 for byte in range(256))
_IF_HIGH: Final = bytes(_CASE_BIT if byte in b"89abcdef" else 0 for byte in range(256))


def address_from_point(uncompressed: bytes) -> str:
    """The EIP-55 address of a public key of 65 bytes: 04, x, y (SEC 1 §2.3.3)."""
    return _checksummed(keccak256(uncompressed[1:])[12:].hex())


def to_checksum_address(address: str) -> str:
    """The EIP-55 form of 0x and 40 hexadecimal digits, whatever the case of its letters was.

    Raises DerivationFailed (not_an_address) for any other text.
    """
    return _checksummed(_digits(address))


def is_checksum_address(text: str) -> bool:
    """Whether `text` is an address in exactly EIP-55's letters."""
    return _ADDRESS.fullmatch(text) is not None and to_checksum_address(text) == text


def to_canonical_address(address: str) -> str:
    """The lower-case form of an address that is in lower case or in EIP-55's letters.

    Raises DerivationFailed (not_an_address) for any other text. All capitals, which EIP-55 lets pass
    as unchecksummed, are refused: nothing here writes them, and a typing error would go unseen.
    """
    canonical = f"0x{_digits(address)}"
    if address not in (canonical, to_checksum_address(canonical)):
        raise DerivationFailed("not_an_address")
    return canonical


def _digits(address: str) -> str:
    if _ADDRESS.fullmatch(address) is None:
        raise DerivationFailed("not_an_address")
    return address[2:].lower()


def _checksummed(digits: str) -> str:
    """EIP-55 §Specification, all 40 letters in one XOR: twice as fast as letter by letter."""
    text = digits.encode()
    high = keccak256(text).hex()[:40].encode().translate(_IF_HIGH)
    capitals = int.from_bytes(high) & int.from_bytes(text.translate(_IF_LETTER))
    return f"0x{(int.from_bytes(text) ^ capitals).to_bytes(40).decode()}"
