"""Extended public keys as configuration gives them, and as they are once verified."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from service.derivation import AddressDeriver, load_account_key
from service.errors import ConfigError, StartupError

VARIABLE: Final = "PAYMENT_REQUEST_DEVTEST_KEYSETS_JSON"
EXAMPLE: Final = (
    '{"bitcoin": {"regtest": {"keyset_id": "ks_btc_regtest", "extended_public_key": "tpub…", '
    '"expected_index0_address": "bcrt1…"}}}'
)

_KEY_NAMES: Final = ("extended_public_key", "key_material", "xpub")

# One scheme a chain in this release; app.address_schemes says the same of the catalog.
SCHEMES: Final = {"bitcoin": "bip84_p2wpkh", "ethereum": "evm_bip44"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyset:
    """
    One account key of one network, and the address that its index 0 must give.

    The flat forms of the configuration name neither place nor address: there all three are empty.
    """

    chain: str
    network: str
    keyset_id: str
    extended_public_key: str = field(repr=False)
    expected_index0_address: str

    @property
    def place(self) -> dict[str, str]:
        """What may be logged of it."""
        return {"chain": self.chain, "network": self.network, "keyset_id": self.keyset_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedKeyset:
    """A keyset whose index 0 gave the expected address; holds digests, no key."""

    chain: str
    network: str
    keyset_id: str
    deriver: AddressDeriver
    index0_address: str
    key_material_hash: str
    legacy_hashes: tuple[str, ...]

    @property
    def target(self) -> tuple[str, str, str]:
        return self.chain, self.network, self.keyset_id


def parse_keysets(text: str) -> tuple[Keyset, ...]:
    """
    Read chain -> network -> {keyset_id, extended_public_key, expected_index0_address}.

    The older flat forms, id -> key and id -> {extended_public_key}, parse too; start-up refuses
    them because they name no address to compare. Raises `ConfigError`:
    CONFIG_DEVTEST_KEYSETS_REQUIRED when there is none, CONFIG_DEVTEST_KEYSETS_INVALID for anything
    else; neither repeats what was given.
    """
    if not text.strip():
        raise ConfigError("CONFIG_DEVTEST_KEYSETS_REQUIRED", f"{VARIABLE} is not set; example: {EXAMPLE}")
    try:
        tree = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise _invalid(f"is not a JSON object; example: {EXAMPLE}") from None
    keysets = tuple(keyset for name, value in tree.items() for keyset in _read(name.strip(), value))
    if not keysets:
        raise _invalid(f"holds no keyset; example: {EXAMPLE}")
    _refuse_ambiguity(keysets)
    return keysets


def verify_keyset(keyset: Keyset, secret: str, previous_secrets: tuple[str, ...]) -> VerifiedKeyset:
    """
    Parse the key, hold it against network and depth, derive index 0, compare.

    Raises `StartupError` invalid_configuration (flat form, address_mismatch), and what
    `load_account_key` raises.
    """
    if not keyset.chain:
        raise StartupError(
            "invalid_configuration", f"{VARIABLE} is in the flat form, which names no address; use: {EXAMPLE}"
        )
    account = load_account_key(keyset.chain, keyset.network, keyset.extended_public_key)
    deriver = AddressDeriver(
        chain=keyset.chain,
        network=keyset.network,
        address_scheme=SCHEMES.get(keyset.chain, ""),
        account=account,
    )
    derived = deriver.derive(0).lower()
    if derived != keyset.expected_index0_address.lower():
        raise StartupError(
            "invalid_configuration",
            f"keyset {keyset.keyset_id} gives {derived} at index 0, which is not the expected address",
        )
    # The network's own spelling: a tpub and a vpub of one key are one key.
    normalised = account.serialize().encode()
    return VerifiedKeyset(
        chain=keyset.chain,
        network=keyset.network,
        keyset_id=keyset.keyset_id,
        deriver=deriver,
        index0_address=derived,
        key_material_hash=_hmac(secret, normalised),
        legacy_hashes=tuple(_hmac(previous, normalised) for previous in previous_secrets),
    )


def _hmac(secret: str, message: bytes) -> str:
    return hmac.digest(secret.encode(), message, hashlib.sha256).hex()


def _read(name: str, value: Any) -> list[Keyset]:
    if isinstance(value, str):
        return [_flat(name, value)]
    if not isinstance(value, dict):
        raise _invalid(f"gives {name[:32]} neither networks nor a key; example: {EXAMPLE}")
    if any(key in value for key in _KEY_NAMES):
        return [_flat(name, _text(value, name, *_KEY_NAMES))]
    return [_nested(name.lower(), network.strip().lower(), entry) for network, entry in value.items()]


def _flat(keyset_id: str, key: str) -> Keyset:
    return Keyset(
        chain="",
        network="",
        keyset_id=keyset_id,
        extended_public_key=key.strip(),
        expected_index0_address="",
    )


def _nested(chain: str, network: str, entry: Any) -> Keyset:
    place = f"{chain[:32]}.{network[:32]}"
    if not isinstance(entry, dict):
        raise _invalid(f"has no object at {place}; example: {EXAMPLE}")
    return Keyset(
        chain=chain,
        network=network,
        keyset_id=_text(entry, place, "keyset_id"),
        extended_public_key=_text(entry, place, *_KEY_NAMES),
        expected_index0_address=_text(entry, place, "expected_index0_address"),
    )


def _text(entry: dict[str, Any], place: str, *names: str) -> str:
    for name in names:
        value = entry.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    raise _invalid(f"lacks {names[0]} at {place[:70]}; example: {EXAMPLE}")


def _refuse_ambiguity(keysets: tuple[Keyset, ...]) -> None:
    keys: dict[str, str] = {}
    places = set()
    for keyset in keysets:
        if keys.setdefault(keyset.keyset_id, keyset.extended_public_key) != keyset.extended_public_key:
            raise _invalid(f"gives keyset {keyset.keyset_id[:64]} two different keys")
        place = (keyset.chain, keyset.network)
        if keyset.chain and place in places:
            raise _invalid(f"names {keyset.chain[:32]}.{keyset.network[:32]} twice")
        places.add(place)


def _invalid(what: str) -> ConfigError:
    return ConfigError("CONFIG_DEVTEST_KEYSETS_INVALID", f"{VARIABLE} {what}")


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
