"""AddressDeriver: the fixture table, BIP84, and the two forms of an address."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import bitcoin  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.derivation import (
    AddressDeriver,
    DerivationError,
    DerivationFailed,
    ExtendedPublicKey,
    InvalidConfiguration,
    InvalidKeyMaterial,
    UnsupportedTarget,
    bech32,
    canonical_address,
    curve,
    display_address,
)
from service.derivation.hashes import hash160
from tests.derivation import support
from tests.derivation.test_bip32 import assert_not_echoed, force_tweak

INDEXES = [0, 1, 2, 42, 2147483647]

# Computed by an independent implementation, of the key in three spellings.
FIXTURES = {
    ("bitcoin", "regtest", support.TPUB): [
        "bcrt1q7xfwy8t0z9xar2klctmdgm96kxvg9k8jn30qfg",
        "bcrt1qez5c95gtfhmwrwqwc4zn9x2k693uj8jv0kme20",
        "bcrt1q8cxhy8jyunevfs33s37mek9gu9wcp4wyun4z47",
        "bcrt1q6mwq5dunv9e0rw9dwm4sfn8ch4ec8448fe0j9y",
        "bcrt1qvwztv3wgx5xcdu627vvrfejg083pk4gahqky7f",
    ],
    ("bitcoin", "testnet", support.VPUB): [
        "tb1q7xfwy8t0z9xar2klctmdgm96kxvg9k8j3ckd7p",
        "tb1qez5c95gtfhmwrwqwc4zn9x2k693uj8jvdlz5ax",
        "tb1q8cxhy8jyunevfs33s37mek9gu9wcp4wy76v0zh",
        "tb1q6mwq5dunv9e0rw9dwm4sfn8ch4ec8448tskljd",
        "tb1qvwztv3wgx5xcdu627vvrfejg083pk4ga4f0ffq",
    ],
    ("ethereum", "sepolia", support.XPUB): [
        "0x61ED32e69Db70C5abAb0522d80E8F5dB215965de",
        "0xb4f58Aa6dFc82a042125a5a6600B3bA96AE60EAa",
        "0x1415b55121547f3D3EcD196EE30d7d1235910C5E",
        "0x74B8eECD05e38503435Cf6195EF8AAd22844EC10",
        "0x314EC49F0e7517B617CcBB3BA5c8dc4CdD450e57",
    ],
}

BIP84 = support.load("bip49_bip84_bip86.json")["bip84_mainnet"]
# BIP84 publishes its account as a zpub; the same key, spelt as Bitcoin mainnet accepts it here.
BIP84_ACCOUNT = support.respell(BIP84["Account 0, root = m/84'/0'/0'"]["xpub"], "0488b21e")


CASES = [
    (*target, index, address)
    for target, addresses in FIXTURES.items()
    for index, address in zip(INDEXES, addresses, strict=True)
]


@pytest.mark.parametrize(("chain", "network", "key", "index", "address"), CASES)
def test_fixture_table(chain: str, network: str, key: str, index: int, address: str) -> None:
    deriver = support.deriver(chain, network, key)
    assert deriver.derive(index) == address
    assert deriver.derive_many(index, 1) == [address]
    assert display_address(chain, canonical_address(chain, address)) == address


def test_bip84_addresses() -> None:
    deriver = support.deriver("bitcoin", "mainnet", BIP84_ACCOUNT)
    assert deriver.derive_many(0, 2) == [
        BIP84["Account 0, first receiving address = m/84'/0'/0'/0/0"]["address"],
        BIP84["Account 0, second receiving address = m/84'/0'/0'/0/1"]["address"],
    ]


def test_bip84_change_address() -> None:
    vector = BIP84["Account 0, first change address = m/84'/0'/0'/1/0"]
    change = ExtendedPublicKey.parse(BIP84_ACCOUNT).derive_child(1).derive_child(0)
    assert change.public_key.hex() == vector["pubkey"]
    assert bech32.encode_p2wpkh("bc", hash160(change.public_key)) == vector["address"]


def test_a_deriver_says_what_it_derives() -> None:
    deriver = support.deriver("bitcoin", "testnet", support.VPUB)
    assert (deriver.chain, deriver.network, deriver.address_scheme) == ("bitcoin", "testnet", "bip84_p2wpkh")
    assert support.VPUB[:12] not in repr(deriver)


def test_spellings_of_one_key_are_one_parent_key_and_one_set_of_addresses() -> None:
    tpub, vpub = (support.deriver("bitcoin", "regtest", key) for key in (support.TPUB, support.VPUB))
    xpub = support.deriver("ethereum", "sepolia", support.XPUB)
    assert tpub.derive_many(0, 3) == vpub.derive_many(0, 3)
    assert {tpub.parent_key_digest, vpub.parent_key_digest} == {xpub.parent_key_digest}
    assert tpub.parent_key_digest == ExtendedPublicKey.parse(support.TPUB).digest


@pytest.mark.parametrize(
    "template",
    [
        "",
        "0/{index} ",
        "1/{index}",
        "0'/{index}",
        "0/{index}'",
        "0h/{index}",
        "m/0/{index}",
        "0/{INDEX}",
        "{index}",
    ],
)
def test_another_template_is_refused(template: str) -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        AddressDeriver.for_account(
            chain="bitcoin",
            network="regtest",
            address_scheme="bip84_p2wpkh",
            template=template,
            extended_public_key=support.TPUB,
        )
    assert (caught.value.code, caught.value.reason) == ("invalid_configuration", "wrong_template")


@pytest.mark.parametrize(
    ("chain", "network", "scheme", "reason"),
    [
        ("dogecoin", "mainnet", "bip84_p2wpkh", "unknown_chain"),
        ("ethereum", "local", "evm_bip44", "unknown_network"),
        ("bitcoin", "regtest", "evm_bip44", "unknown_scheme"),
        ("bitcoin", "regtest", "bip86_p2tr", "unknown_scheme"),
        ("ethereum", "sepolia", "bip84_p2wpkh", "unknown_scheme"),
    ],
)
def test_an_unsupported_target_is_refused_first(chain: str, network: str, scheme: str, reason: str) -> None:
    with pytest.raises(UnsupportedTarget) as caught:
        AddressDeriver.for_account(
            chain=chain, network=network, address_scheme=scheme, template="bad", extended_public_key="bad"
        )
    assert (caught.value.code, caught.value.reason) == ("unsupported_allocator_target", reason)


@pytest.mark.parametrize("network", ["mainnet", "testnet", "regtest"])
def test_a_private_key_is_refused_without_an_echo(network: str) -> None:
    private = support.load("slip132.json")["bitcoin_vectors"][0]["ext_prv"]
    with pytest.raises(InvalidKeyMaterial) as caught:
        support.deriver("bitcoin", network, private)
    assert caught.value.reason == "private_key"
    assert_not_echoed(caught.value, private)


@pytest.mark.parametrize("index", [-1, 2**31, 2**32, 2**63 - 1, True])
def test_an_index_that_bip32_does_not_have_is_refused(index: int) -> None:
    with pytest.raises(DerivationFailed) as caught:
        support.deriver("bitcoin", "regtest", support.TPUB).derive(index)
    assert (caught.value.code, caught.value.reason) == ("address_derivation_failed", "index_out_of_range")


def test_a_window_is_within_the_indexes_or_refused_whole() -> None:
    deriver = support.deriver("ethereum", "mainnet", support.XPUB)
    assert deriver.derive_many(2**31 - 2, 2) == [deriver.derive(2**31 - 2), deriver.derive(2**31 - 1)]
    assert deriver.derive_many(2**31, 0) == []
    for first, count in [(2**31 - 2, 3), (2**31, 1), (-1, 1), (2**31 + 1, 0)]:
        with pytest.raises(DerivationFailed):
            deriver.derive_many(first, count)
    with pytest.raises(ValueError, match="negative"):
        deriver.derive_many(5, -1)


@settings(deadline=None)
@given(first=st.integers(0, 2**31 - 9), count=st.integers(0, 8))
def test_a_window_equals_its_single_addresses(first: int, count: int) -> None:
    for chain, network, key in FIXTURES:
        deriver = support.deriver(chain, network, key)
        assert deriver.derive_many(first, count) == [deriver.derive(first + step) for step in range(count)]


@pytest.mark.parametrize(
    ("tweak", "reason"),
    [(int.from_bytes(curve.ORDER), "tweak_out_of_range"), (2**256 - 1, "tweak_out_of_range")],
)
def test_an_index_without_a_key_fails_the_window(
    monkeypatch: pytest.MonkeyPatch, tweak: int, reason: str
) -> None:
    deriver = support.deriver("bitcoin", "regtest", support.TPUB)
    force_tweak(monkeypatch, tweak)
    with pytest.raises(DerivationFailed, match="the next index must be used") as caught:
        deriver.derive_many(0, 2)
    assert caught.value.reason == reason


@pytest.mark.parametrize("setting", ["mainnet", "testnet", "regtest"])
def test_the_librarys_process_wide_network_has_no_influence(setting: str) -> None:
    before = bitcoin.params.NAME
    bitcoin.SelectParams(setting)
    try:
        for chain, network, key, index, address in CASES:
            assert support.deriver(chain, network, key).derive(index) == address
            assert canonical_address(chain, address) == address.lower()
    finally:
        bitcoin.SelectParams(before)


def test_threads_share_a_deriver_and_the_first_table() -> None:
    expected = {case: support.deriver(*case).derive_many(0, 200) for case in FIXTURES}
    derivers = {case: support.deriver(*case) for case in FIXTURES}
    curve._generator_table.cache_clear()
    bech32._program_contributions.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        work = [(case, index) for index in range(200) for case in FIXTURES]
        addresses = pool.map(lambda job: derivers[job[0]].derive(job[1]), work)
        for (case, index), address in zip(work, addresses, strict=True):
            assert address == expected[case][index]


def test_canonical_form_is_lower_case() -> None:
    address = FIXTURES["bitcoin", "regtest", support.TPUB][0]
    assert canonical_address("bitcoin", address.upper()) == address
    assert display_address("bitcoin", address) == address
    evm = FIXTURES["ethereum", "sepolia", support.XPUB][0]
    assert canonical_address("ethereum", evm) == canonical_address("ethereum", evm.lower()) == evm.lower()
    assert display_address("ethereum", evm.lower()) == evm


@pytest.mark.parametrize(
    ("chain", "address"),
    [
        ("bitcoin", ""),
        ("bitcoin", "Bcrt1q7xfwy8t0z9xar2klctmdgm96kxvg9k8jn30qfg"),
        ("bitcoin", "bcrt1q7xfwy8t0z9xar2klctmdgm96kxvg9k8jn30qfh"),
        ("bitcoin", "tb1q7xfwy8t0z9xar2klctmdgm96kxvg9k8jn30qfg"),
        ("bitcoin", "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"),
        ("bitcoin", "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"),
        ("bitcoin", "0x61ED32e69Db70C5abAb0522d80E8F5dB215965de"),
        ("ethereum", "0x61ed32e69Db70C5abAb0522d80E8F5dB215965de"),
        ("ethereum", "0x61ED32E69DB70C5ABAB0522D80E8F5DB215965DE"),
        ("ethereum", "bcrt1q7xfwy8t0z9xar2klctmdgm96kxvg9k8jn30qfg"),
    ],
)
def test_what_is_no_address_has_no_canonical_form(chain: str, address: str) -> None:
    with pytest.raises(DerivationFailed) as caught:
        canonical_address(chain, address)
    assert caught.value.reason == "not_an_address"


def test_forms_of_an_unknown_chain_are_refused() -> None:
    for form in (canonical_address, display_address):
        with pytest.raises(UnsupportedTarget):
            form("dogecoin", "D")


def test_the_codes_of_the_tree() -> None:
    assert {kind.code for kind in DerivationError.__subclasses__()} == {
        "invalid_key_material_format",
        "invalid_configuration",
        "address_derivation_failed",
        "unsupported_allocator_target",
    }
