"""Vectors and fixture keys that several test modules read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bitcoin.base58 import CBase58Data  # type: ignore[import-untyped]

from service.derivation import AddressDeriver
from service.derivation.networks import NETWORKS

VECTORS = Path(__file__).parent.parent / "vectors"

# Three spellings of one key: private key 1, so whoever reads this can spend from it. Tests only.
XPUB = (
    "xpub6BfCU6SeCoGM26Ex6YKnPku57sABcfGprMzPzonYwDPi6Yd6ooHG72cvEC7XKgK1o7nUnyxydj11mXbvhHanRcRVoGhpYYuWJ"
    "3gRhPCmQKj"
)
TPUB = (
    "tpubDC2pzLGKv5DoHtRoYjJsbgESSzFqc3mtPzahMMqhH89bqqHot28MFUHkUECJrBGFb2KPQZUrApq4Ti6Y69S2K3snrsT8E5Zjt"
    "1GqTMj7xn5"
)
VPUB = (
    "vpub5Xzfrm6ouSBPKVriRpkXyai4mvsHjRHq28wxS1znBCdwzLzeJUx8ruJeBnCMKs1AyqYsJ2mriQHuzxNoFtkkq94J4bJyNjGXk"
    "bZ8vCYwUy3"
)
KEYS = {"xpub": XPUB, "tpub": TPUB, "vpub": VPUB}

# A spelling that each network accepts, and one whose version bytes are another's.
ACCEPTED = {
    ("bitcoin", "mainnet"): {"xpub"},
    ("bitcoin", "testnet"): {"tpub", "vpub"},
    ("bitcoin", "regtest"): {"tpub", "vpub"},
    ("ethereum", "mainnet"): {"xpub", "tpub"},
    ("ethereum", "sepolia"): {"xpub", "tpub"},
}


def load(name: str) -> Any:
    """The vectors of one file."""
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def respell(text: str, version: str) -> str:
    """The same 78 bytes under other version bytes (8 hex digits), with a new checksum."""
    data = CBase58Data(text)
    head = bytes.fromhex(version)
    return str(CBase58Data.from_bytes(head[1:] + data[3:], head[0]))


def rewrite(text: str, offset: int, replacement: bytes) -> str:
    """The same extended key with some of its 78 bytes replaced, and a new checksum."""
    data = CBase58Data(text)
    payload = bytearray([data.nVersion, *data])
    payload[offset : offset + len(replacement)] = replacement
    return str(CBase58Data.from_bytes(bytes(payload[1:]), payload[0]))


def deriver(chain: str, network: str, key: str) -> AddressDeriver:
    """A deriver of the network's own scheme."""
    return AddressDeriver.for_account(
        chain=chain,
        network=network,
        address_scheme=NETWORKS[chain][network].address_scheme,
        template="0/{index}",
        extended_public_key=key,
    )
