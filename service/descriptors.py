"""Output descriptors (BIP380, BIP382): what restores a wallet account's addresses elsewhere."""

from __future__ import annotations

from typing import Final

from service.derivation import load_account_key

_CHARACTERS: Final = (
    "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ "
)
_CHECKSUM_CHARACTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0xF5DEE51989, 0xA9FDCA3312, 0x1BAB10E32D, 0x3706B1677A, 0x644D626FFD)
_HARDENED: Final = 2**31


def wpkh_descriptor(network: str, extended_public_key: str, master_fingerprint: str = "00000000") -> str:
    """
    wpkh([fingerprint/84h/coin h/account h]key/0/*)#checksum for a BIP84 account key.

    The master key's fingerprint, 8 hex digits, cannot be computed from an account key; zeros say
    that it is not known. Raises what `load_account_key` raises.
    """
    account = load_account_key("bitcoin", network, extended_public_key)
    coin = 0 if network == "mainnet" else 1
    origin = f"[{master_fingerprint.lower()}/84h/{coin}h/{account.child_number - _HARDENED}h]"
    return with_checksum(f"wpkh({origin}{account.serialize()}/0/*)")


def with_checksum(descriptor: str) -> str:
    """`descriptor`#`checksum`, 8 characters (BIP380, section Checksum). Raises ValueError for a foreign character."""
    symbols = [_CHARACTERS.index(character) for character in descriptor]
    groups = [symbol >> 5 for symbol in symbols]
    expanded: list[int] = []
    for start in range(0, len(symbols), 3):
        expanded += [symbol & 31 for symbol in symbols[start : start + 3]]
        group = 0
        for high in groups[start : start + 3]:
            group = 3 * group + high
        expanded.append(group)
    checksum = 1
    for value in [*expanded, *([0] * 8)]:
        top = checksum >> 35
        checksum = (checksum & 0x7FFFFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            if top >> bit & 1:
                checksum ^= generator
    checksum ^= 1
    return f"{descriptor}#" + "".join(
        _CHECKSUM_CHARACTERS[checksum >> 5 * (7 - place) & 31] for place in range(8)
    )
