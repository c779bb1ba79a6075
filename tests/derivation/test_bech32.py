"""The fast P2WPKH encoder against python-bitcoinlib's, and BIP173's vectors."""

from __future__ import annotations

import pytest
from bitcoin import segwit_addr  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from service.derivation.bech32 import encode_p2wpkh, is_p2wpkh_address
from tests.derivation import support

BECH32 = support.load("bech32_bip173_bip350.json")
HRPS = ["bc", "tb", "bcrt"]

VALID = [*BECH32["bip173"]["valid_segwit_superseded_by_bip350_for_v1plus"], *BECH32["bip350"]["valid_segwit"]]
P2WPKH = [case for case in VALID if case["script_pubkey_hex"].startswith("0014")]
INVALID = [case["address"] for part in ("bip173", "bip350") for case in BECH32[part]["invalid_segwit"]]
OTHERS = [case["address"] for case in VALID if case not in P2WPKH]
STRINGS = [
    text if isinstance(text, str) else text["string"]
    for part, kinds in (("bip173", "bech32"), ("bip350", "bech32m"))
    for text in [*BECH32[part][f"valid_{kinds}"], *BECH32[part][f"invalid_{kinds}"]]
]

programs = st.binary(min_size=20, max_size=20)
hrps = st.sampled_from(HRPS) | st.text(
    st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30
).map(str.lower)


@settings(deadline=None)
@given(hrp=hrps, program=programs)
def test_encodes_as_python_bitcoinlib_does(hrp: str, program: bytes) -> None:
    address = encode_p2wpkh(hrp, program)
    assert address == segwit_addr.encode(hrp, 0, program)
    assert is_p2wpkh_address(hrp, address)


@pytest.mark.parametrize("bit", range(160))
def test_each_single_bit(bit: int) -> None:
    program = (1 << bit).to_bytes(20)
    assert encode_p2wpkh("bc", program) == segwit_addr.encode("bc", 0, program)


@pytest.mark.parametrize("case", P2WPKH, ids=lambda case: case["address"])
def test_published_p2wpkh_address(case: dict[str, str]) -> None:
    address = case["address"].lower()
    assert encode_p2wpkh("bc", bytes.fromhex(case["script_pubkey_hex"])[2:]) == address
    assert is_p2wpkh_address("bc", address)
    assert not is_p2wpkh_address("bc", case["address"])


@pytest.mark.parametrize("text", [*INVALID, *OTHERS, *STRINGS])
def test_published_texts_that_are_no_p2wpkh_address(text: str) -> None:
    assert not any(is_p2wpkh_address(hrp, form) for hrp in HRPS for form in (text, text.lower()))


@settings(deadline=None)
@given(hrp=st.sampled_from(HRPS), program=programs, data=st.data())
def test_a_changed_address_is_no_address(hrp: str, program: bytes, data: st.DataObject) -> None:
    """BIP173: any error of up to four characters is found; the prefix and the length are checked too."""
    address = encode_p2wpkh(hrp, program)
    letters = list(address)
    for place in data.draw(st.sets(st.integers(0, len(letters) - 1), min_size=1, max_size=4)):
        letters[place] = data.draw(st.sampled_from(segwit_addr.CHARSET) | st.characters())
    changed = "".join(letters)
    assert is_p2wpkh_address(hrp, changed) is (changed == address)


@settings(deadline=None)
@given(st.text())
def test_arbitrary_text_is_no_address(text: str) -> None:
    assert not any(is_p2wpkh_address(hrp, text) for hrp in HRPS)


@settings(deadline=None)
@given(program=programs, network=st.permutations(HRPS))
def test_an_address_belongs_to_one_network(program: bytes, network: list[str]) -> None:
    own, *others = network
    assert not any(is_p2wpkh_address(other, encode_p2wpkh(own, program)) for other in others)


@pytest.mark.parametrize("size", [0, 19, 21, 32])
def test_a_program_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="20 bytes"):
        encode_p2wpkh("bc", bytes(size))


@pytest.mark.parametrize("hrp", ["", "BC", "b c", "bç", "b" * 84, "b\x7f"])
def test_a_bad_human_readable_part_is_refused(hrp: str) -> None:
    with pytest.raises(ValueError, match="human-readable part"):
        encode_p2wpkh(hrp, bytes(20))
