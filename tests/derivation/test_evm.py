"""EIP-55: the published addresses, and the spellings that are refused."""

from __future__ import annotations

import pytest
from bip_utils import EthAddrEncoder  # type: ignore[import-untyped]
from coincurve import PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from service.derivation import DerivationFailed, is_checksum_address, to_checksum_address
from service.derivation.evm import address_from_point, to_canonical_address
from tests.derivation import support

EIP55 = support.load("eip55.json")
VALID = sorted(
    {address for group in EIP55["valid_eip55"].values() for address in group}
    | set(EIP55["valid_eip55_from_erc1191_eth_mainnet"])
)
RSK = sorted({*EIP55["eip1191_rsk_mainnet"], *EIP55["eip1191_rsk_testnet"]} - set(VALID))
NOT_ADDRESSES = [
    "",
    "0x",
    "0x" + "a" * 39,
    "0x" + "a" * 41,
    "0x" + "g" * 40,
    "a" * 40,
    "0X" + "a" * 40,
    "0x" + "a" * 40 + "\n",
    " 0x" + "a" * 40,
    "0x" + "٣" * 40,
    "0x" + "１" * 40,  # noqa: RUF001
]

addresses = st.binary(min_size=20, max_size=20).map(lambda raw: f"0x{raw.hex()}")


@pytest.mark.parametrize("address", VALID)
def test_published_address(address: str) -> None:
    assert to_checksum_address(address.lower()) == address
    assert to_checksum_address("0x" + address[2:].upper()) == address
    assert is_checksum_address(address)
    assert to_canonical_address(address) == to_canonical_address(address.lower()) == address.lower()


@pytest.mark.parametrize("address", RSK)
def test_rsk_spellings_are_refused(address: str) -> None:
    assert not is_checksum_address(address)
    with pytest.raises(DerivationFailed) as caught:
        to_canonical_address(address)
    assert (caught.value.code, caught.value.reason) == ("address_derivation_failed", "not_an_address")


def test_eip681s_own_example_has_a_wrong_checksum() -> None:
    assert not is_checksum_address("0xfb6916095ca1df60bb79Ce92ce3ea74c37c5d359")


@pytest.mark.parametrize("text", NOT_ADDRESSES)
def test_text_that_is_no_address(text: str) -> None:
    assert not is_checksum_address(text)
    for convert in (to_checksum_address, to_canonical_address):
        with pytest.raises(DerivationFailed):
            convert(text)


@settings(deadline=None)
@given(address=addresses, data=st.data())
def test_one_letter_in_the_other_case_is_refused(address: str, data: st.DataObject) -> None:
    text = to_checksum_address(address)
    letters = [place for place in range(2, 42) if text[place].isalpha()]
    if not letters:
        return
    place = data.draw(st.sampled_from(letters))
    changed = text[:place] + text[place].swapcase() + text[place + 1 :]
    assert not is_checksum_address(changed)
    if changed != address:
        with pytest.raises(DerivationFailed):
            to_canonical_address(changed)


@settings(deadline=None)
@given(address=addresses)
def test_canonical_and_checksummed_are_inverse(address: str) -> None:
    assert to_canonical_address(to_checksum_address(address)) == address


@settings(deadline=None)
@given(st.binary(min_size=31, max_size=31))
def test_addresses_equal_those_of_bip_utils(secret: bytes) -> None:
    point = PublicKey.from_valid_secret(b"\x01" + secret)
    assert address_from_point(point.format(compressed=False)) == EthAddrEncoder.EncodeKey(point.format())
