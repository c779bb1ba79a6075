"""Extended public keys as configuration gives them: chain -> network -> keyset."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from service.errors import ConfigError

_VARIABLE: Final = "PAYMENT_REQUEST_DEVTEST_KEYSETS_JSON"
_EXAMPLE: Final = (
    '{"bitcoin": {"regtest": {"keyset_id": "ks_btc_regtest", "extended_public_key": "tpub…", '
    '"expected_index0_address": "bcrt1…"}}}'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyset:
    """One account key of one network, and the address that its index 0 must give."""

    chain: str
    network: str
    keyset_id: str
    extended_public_key: str = field(repr=False)
    expected_index0_address: str


def parse_keysets(text: str) -> tuple[Keyset, ...]:
    """
    Read the nested JSON form, in the order of its text.

    Raises `ConfigError`: CONFIG_DEVTEST_KEYSETS_REQUIRED when there is none,
    CONFIG_DEVTEST_KEYSETS_INVALID for anything else; neither repeats what was given.
    """
    if not text.strip():
        raise ConfigError("CONFIG_DEVTEST_KEYSETS_REQUIRED", f"{_VARIABLE} is not set; example: {_EXAMPLE}")
    try:
        tree = msgspec.json.decode(text, type=dict[str, dict[str, dict[str, Any]]])
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise _invalid(f"is not chain -> network -> keyset in JSON; example: {_EXAMPLE}") from None
    keysets = tuple(
        _keyset(chain.strip().lower(), network.strip().lower(), entry)
        for chain, networks in tree.items()
        for network, entry in networks.items()
    )
    if not keysets:
        raise _invalid(f"holds no keyset; example: {_EXAMPLE}")
    _refuse_ambiguity(keysets)
    return keysets


def _keyset(chain: str, network: str, entry: dict[str, Any]) -> Keyset:
    def text(*names: str) -> str:
        for name in names:
            value = entry.get(name)
            if isinstance(value, str) and value.strip():
                return value.strip()
        raise _invalid(f"{chain}.{network} lacks {names[0]}")

    return Keyset(
        chain=chain,
        network=network,
        keyset_id=text("keyset_id"),
        extended_public_key=text("extended_public_key", "key_material", "xpub"),
        expected_index0_address=text("expected_index0_address"),
    )


def _refuse_ambiguity(keysets: tuple[Keyset, ...]) -> None:
    keys: dict[str, str] = {}
    places = set()
    for keyset in keysets:
        if keys.setdefault(keyset.keyset_id, keyset.extended_public_key) != keyset.extended_public_key:
            raise _invalid(f"gives keyset {keyset.keyset_id} two different keys")
        if (keyset.chain, keyset.network) in places:
            raise _invalid(f"names {keyset.chain}.{keyset.network} twice")
        places.add((keyset.chain, keyset.network))


def _invalid(what: str) -> ConfigError:
    return ConfigError("CONFIG_DEVTEST_KEYSETS_INVALID", f"{_VARIABLE} {what}")


# One and the same key in three spellings: the generator point of secp256k1, private key 1.
PUBLISHED_TEST_KEYSETS: Final = """{
  "bitcoin": {
    "regtest": {
      "keyset_id": "ks_btc_regtest",
      "extended_public_key": "tpubDC2pzLGKv5DoHtRoYjJsbgESSzFqc3mtPzahMMqhH89bqqHot28MFUHkUECJrBGFb2KPQZUrApq4Ti6Y69S2K3snrsT8E5Zjt1GqTMj7xn5",
      "expected_index0_address": "bcrt1q7xfwy8t0z9xar2klctmdgm96kxvg9k8jn30qfg"
    },
    "testnet": {
      "keyset_id": "ks_btc_testnet",
      "extended_public_key": "vpub5Xzfrm6ouSBPKVriRpkXyai4mvsHjRHq28wxS1znBCdwzLzeJUx8ruJeBnCMKs1AyqYsJ2mriQHuzxNoFtkkq94J4bJyNjGXkbZ8vCYwUy3",
      "expected_index0_address": "tb1q7xfwy8t0z9xar2klctmdgm96kxvg9k8j3ckd7p"
    }
  },
  "ethereum": {
    "sepolia": {
      "keyset_id": "ks_eth_sepolia",
      "extended_public_key": "xpub6BfCU6SeCoGM26Ex6YKnPku57sABcfGprMzPzonYwDPi6Yd6ooHG72cvEC7XKgK1o7nUnyxydj11mXbvhHanRcRVoGhpYYuWJ3gRhPCmQKj",
      "expected_index0_address": "0x61ED32e69Db70C5abAb0522d80E8F5dB215965de"
    }
  }
}"""
"""Published test keys for a first look. Anyone can spend what is sent to their addresses."""
