"""
From an extended public key to receiving addresses: BIP32 public derivation, P2WPKH and Ethereum.

The service sees `AddressDeriver` and the two forms of an address; the rest is for tools and tests.

    errors     what is refused, and the names of the reasons
    slip132    version bytes of extended keys
    networks   the table of chains and networks
    bip32      extended public keys and their children
    keys       which of them may be an account's key
    curve      point arithmetic        hashes   HASH160, Keccak-256
    bech32     Bitcoin's addresses     evm      Ethereum's addresses
    addresses  AddressDeriver

There are no private keys here: one that is configured by mistake is refused, and never repeated.
"""

from service.derivation.addresses import TEMPLATE, AddressDeriver, canonical_address, display_address
from service.derivation.bip32 import MAX_INDEX, ExtendedPublicKey
from service.derivation.errors import (
    DerivationError,
    DerivationFailed,
    InvalidConfiguration,
    InvalidKeyMaterial,
    UnsupportedTarget,
)
from service.derivation.evm import is_checksum_address, to_checksum_address
from service.derivation.keys import load_account_key

__all__ = [
    "MAX_INDEX",
    "TEMPLATE",
    "AddressDeriver",
    "DerivationError",
    "DerivationFailed",
    "ExtendedPublicKey",
    "InvalidConfiguration",
    "InvalidKeyMaterial",
    "UnsupportedTarget",
    "canonical_address",
    "display_address",
    "is_checksum_address",
    "load_account_key",
    "to_checksum_address",
]
