"""Which extended public keys each chain and network takes as an account key."""

from __future__ import annotations

import pytest

from service.derivation import (
    DerivationError,
    ExtendedPublicKey,
    InvalidConfiguration,
    InvalidKeyMaterial,
    UnsupportedTarget,
    load_account_key,
)
from service.derivation.networks import NETWORKS
from service.derivation.slip132 import PRIVATE_VERSIONS, PUBLIC_VERSIONS
from tests.derivation import support
from tests.derivation.test_bip32 import assert_not_echoed

SLIP132 = support.load("slip132.json")
PAIRS = [(chain, network, key) for chain, network in support.ACCEPTED for key in support.KEYS]


def spelling(chain: str, network: str) -> str:
    """A fixture key that the network accepts."""
    return support.KEYS[min(support.ACCEPTED[chain, network])]


def test_the_table_holds_exactly_the_supported_networks() -> None:
    assert {(chain, network) for chain in NETWORKS for network in NETWORKS[chain]} == set(support.ACCEPTED)


@pytest.mark.parametrize(("chain", "network", "key"), PAIRS)
def test_each_network_takes_its_own_spellings_only(chain: str, network: str, key: str) -> None:
    if key in support.ACCEPTED[chain, network]:
        account = load_account_key(chain, network, support.KEYS[key])
        assert account == load_account_key(chain, network, spelling(chain, network))
        assert account.version == NETWORKS[chain][network].key_versions[0]
    else:
        with pytest.raises(InvalidKeyMaterial) as caught:
            load_account_key(chain, network, support.KEYS[key])
        assert caught.value.reason == "wrong_network"
        assert_not_echoed(caught.value, support.KEYS[key])


def test_surrounding_white_space_is_forgiven() -> None:
    assert load_account_key("bitcoin", "regtest", f"\t {support.VPUB}\r\n") == load_account_key(
        "bitcoin", "regtest", support.TPUB
    )


@pytest.mark.parametrize("depth", [1, 2, 4, 255])
def test_a_key_of_another_depth_is_refused(depth: int) -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        load_account_key("bitcoin", "regtest", support.rewrite(support.TPUB, 4, bytes([depth])))
    assert (caught.value.code, caught.value.reason) == ("invalid_configuration", "wrong_depth")


@pytest.mark.parametrize("child_number", [0, 2, 2**31 - 1])
def test_an_account_that_is_not_hardened_is_refused(child_number: int) -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        load_account_key("bitcoin", "regtest", support.rewrite(support.TPUB, 9, child_number.to_bytes(4)))
    assert (caught.value.code, caught.value.reason) == ("invalid_configuration", "child_not_hardened")


@pytest.mark.parametrize("child_number", [2**31, 2**32 - 1])
def test_every_hardened_account_is_taken(child_number: int) -> None:
    text = support.rewrite(support.TPUB, 9, child_number.to_bytes(4))
    assert load_account_key("bitcoin", "regtest", text).child_number == child_number


@pytest.mark.parametrize(
    ("chain", "network", "reason"),
    [
        ("litecoin", "mainnet", "unknown_chain"),
        ("Bitcoin", "mainnet", "unknown_chain"),
        ("", "", "unknown_chain"),
        ("bitcoin", "signet", "unknown_network"),
        ("bitcoin", "sepolia", "unknown_network"),
        ("ethereum", "local", "unknown_network"),
        ("ethereum", "regtest", "unknown_network"),
    ],
)
def test_other_targets_are_refused_before_the_key_is_read(chain: str, network: str, reason: str) -> None:
    with pytest.raises(UnsupportedTarget) as caught:
        load_account_key(chain, network, "no key at all")
    assert (caught.value.code, caught.value.reason) == ("unsupported_allocator_target", reason)


@pytest.mark.parametrize("vector", SLIP132["bitcoin_vectors"], ids=lambda vector: vector["path"])
def test_slip132s_own_vectors(vector: dict[str, str]) -> None:
    """Its xpub is the only public key of the three that is read; its private keys never are."""
    if vector["ext_pub"].startswith("xpub"):
        assert load_account_key("bitcoin", "mainnet", vector["ext_pub"]).serialize() == vector["ext_pub"]
    else:
        with pytest.raises(InvalidKeyMaterial) as caught:
            load_account_key("bitcoin", "mainnet", vector["ext_pub"])
        assert caught.value.reason == "unknown_version"
    with pytest.raises(InvalidKeyMaterial) as caught:
        load_account_key("bitcoin", "mainnet", vector["ext_prv"])
    assert caught.value.reason == "private_key"
    assert_not_echoed(caught.value, vector["ext_prv"])


@pytest.mark.parametrize("entry", SLIP132["version_bytes"], ids=lambda e: f"{e['coin']} {e['pub_prefix']}")
def test_only_three_registered_versions_are_read(entry: dict[str, str]) -> None:
    version = bytes.fromhex(entry["pub_version"][2:])
    text = support.respell(support.XPUB, version.hex())
    if version in PUBLIC_VERSIONS:
        assert ExtendedPublicKey.parse(text).version == version
    else:
        with pytest.raises(InvalidKeyMaterial, match="version bytes are not"):
            ExtendedPublicKey.parse(text)


def test_bitcoins_private_versions_are_all_known() -> None:
    registered = {
        bytes.fromhex(entry["prv_version"][2:])
        for entry in SLIP132["version_bytes"]
        if entry["coin"] in ("Bitcoin", "Bitcoin Testnet")
    }
    assert registered == PRIVATE_VERSIONS


def test_a_reason_that_is_not_in_the_table_is_a_bug() -> None:
    for kind in DerivationError.__subclasses__():
        with pytest.raises(KeyError):
            kind("no such reason")
