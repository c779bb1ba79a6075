"""Account keys: which extended public keys a wallet account may be configured with."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from service.derivation.bip32 import HARDENED, ExtendedPublicKey
from service.derivation.errors import InvalidConfiguration, InvalidKeyMaterial
from service.derivation.networks import find_network

ACCOUNT_DEPTH: Final = 3
"""m / purpose' / coin_type' / account' (BIP44 §"Path levels")."""


def load_account_key(chain: str, network: str, text: str) -> ExtendedPublicKey:
    """Read a configured account key; surrounding white space is forgiven, nothing else.

    The answer carries the network's own version bytes, whichever accepted spelling was read: on
    regtest and testnet a vpub comes back as the tpub of the same key, on Ethereum a tpub as the xpub.

    Raises
        UnsupportedTarget     unknown_chain, unknown_network
        InvalidKeyMaterial    not an extended public key, or wrong_network
        InvalidConfiguration  wrong_depth, child_not_hardened: not an account key (BIP44)
    """
    versions = find_network(chain, network).key_versions
    key = ExtendedPublicKey.parse(text.strip())
    if key.version not in versions:
        raise InvalidKeyMaterial("wrong_network")
    if key.depth != ACCOUNT_DEPTH:
        raise InvalidConfiguration("wrong_depth")
    if key.child_number < HARDENED:
        raise InvalidConfiguration("child_not_hardened")
    return replace(key, version=versions[0])
