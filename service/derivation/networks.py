"""The one table of what each chain and network is: schemes, key versions and address prefixes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from service.derivation.errors import UnsupportedTarget
from service.derivation.slip132 import TPUB, VPUB, XPUB


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What derivation has to know about one network.

    address_scheme  the only scheme its accounts may have
    key_versions    accepted version bytes of account keys; the first is the normal form
    hrp             human-readable part of its segwit addresses (BIP173), None where there are none
    """

    address_scheme: str
    key_versions: tuple[bytes, ...]
    hrp: str | None = None


# tpub and vpub of one key are one key: SLIP-0132's vpub only adds "P2WPKH", which the scheme says too.
_BITCOIN_TESTS: Final = (TPUB, VPUB)
# Ethereum has no version bytes of its own: wallets export xpub, test wallets tpub.
_EVM: Final = (XPUB, TPUB)

NETWORKS: Final = {
    "bitcoin": {
        "mainnet": Network(address_scheme="bip84_p2wpkh", key_versions=(XPUB,), hrp="bc"),
        "testnet": Network(address_scheme="bip84_p2wpkh", key_versions=_BITCOIN_TESTS, hrp="tb"),
        "regtest": Network(address_scheme="bip84_p2wpkh", key_versions=_BITCOIN_TESTS, hrp="bcrt"),
    },
    "ethereum": {
        "mainnet": Network(address_scheme="evm_bip44", key_versions=_EVM),
        "sepolia": Network(address_scheme="evm_bip44", key_versions=_EVM),
    },
}
"""Chain → network → facts. HRPs: BIP173 for bc and tb, Bitcoin Core's chainparams for bcrt."""


def find_chain(chain: str) -> dict[str, Network]:
    """The networks of `chain` by name; raises UnsupportedTarget (unknown_chain)."""
    if chain not in NETWORKS:
        raise UnsupportedTarget("unknown_chain")
    return NETWORKS[chain]


def find_network(chain: str, network: str) -> Network:
    """The facts of one network; raises UnsupportedTarget (unknown_chain, unknown_network).

    Names are compared as they are: trimming and lower-casing belong to whoever read them.
    """
    networks = find_chain(chain)
    if network not in networks:
        raise UnsupportedTarget("unknown_network")
    return networks[network]
