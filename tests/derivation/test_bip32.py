"""BIP32 from the public side: the published vectors, and everything that must be refused."""

from __future__ import annotations

import traceback
from typing import Any

import pytest
from bip_utils import Bip32KeyNetVersions, Bip32Slip10Secp256k1  # type: ignore[import-untyped]
from bitcoin import base58  # type: ignore[import-untyped]
from coincurve import PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from service.derivation import DerivationFailed, ExtendedPublicKey, InvalidKeyMaterial, curve
from service.derivation import bip32 as bip32_module
from service.derivation.slip132 import TPUB, VPUB, XPUB
from tests.derivation import support

BIP32 = support.load("bip32.json")
B58 = base58.B58_DIGITS

PUBLIC_KEYS = [chain["ext_pub"] for vector in BIP32["valid"] for chain in vector["chains"]]
PRIVATE_KEYS = [chain["ext_prv"] for vector in BIP32["valid"] for chain in vector["chains"]]

REASON_OF_INVALID = {
    "pubkey version / prvkey mismatch": "private_key",
    "prvkey version / pubkey mismatch": "private_key",
    "invalid pubkey prefix 04": "bad_prefix",
    "invalid prvkey prefix 04": "private_key",
    "invalid pubkey prefix 01": "bad_prefix",
    "invalid prvkey prefix 01": "private_key",
    "private key 0 not in 1..n-1": "private_key",
    "private key n not in 1..n-1": "private_key",
    "invalid pubkey 020000000000000000000000000000000000000000000000000000000000000007": "point_not_on_curve",
    "invalid checksum": "bad_checksum",
}

valid_keys = st.sampled_from([*PUBLIC_KEYS, *support.KEYS.values()])


def public_steps() -> list[tuple[str, str, int]]:
    """Parent, child and index of every step of the vectors that needs no private key."""
    steps = []
    for vector in BIP32["valid"]:
        chains = {chain["path"]: chain["ext_pub"] for chain in vector["chains"]}
        for path, child in chains.items():
            parent, _, last = path.rpartition("/")
            if last.isdigit():
                steps.append((chains[parent], child, int(last)))
    return steps


def refusal(text: str) -> InvalidKeyMaterial:
    """The error of parsing `text`, after a look that nothing of a key is in it."""
    with pytest.raises(InvalidKeyMaterial) as caught:
        ExtendedPublicKey.parse(text)
    # Text of another length is no key; and it might be a word that a traceback has anyway.
    if len(text) >= 100:
        assert_not_echoed(caught.value, text)
    return caught.value


def assert_not_echoed(error: BaseException, text: str) -> None:
    """No eight characters in a row of `text` are to be seen, and no other exception hangs on."""
    seen = "".join([str(error), repr(error), *traceback.format_exception(error), repr(vars(error))])
    windows = {text[start : start + 8] for start in range(len(text) - 7)}
    assert not any(window in seen for window in windows)
    assert error.__cause__ is None
    assert error.__context__ is None


@pytest.mark.parametrize("text", PUBLIC_KEYS)
def test_published_keys_are_read_and_written_back(text: str) -> None:
    assert ExtendedPublicKey.parse(text).serialize() == text


def test_there_are_public_steps_in_the_vectors() -> None:
    assert len(public_steps()) == 6


@pytest.mark.parametrize(("parent", "child", "index"), public_steps())
def test_every_public_step_of_the_vectors(parent: str, child: str, index: int) -> None:
    assert ExtendedPublicKey.parse(parent).derive_child(index) == ExtendedPublicKey.parse(child)


@pytest.mark.parametrize("case", BIP32["invalid"], ids=lambda case: case["reason"])
def test_vector_5_is_refused(case: dict[str, str]) -> None:
    error = refusal(case["key"])
    assert error.code == "invalid_key_material_format"
    # A private key is called that, whatever else is wrong with it.
    private = case["key"].startswith("xprv") and "checksum" not in case["reason"]
    expected = "private_key" if private else REASON_OF_INVALID.get(case["reason"], error.reason)
    assert error.reason == expected


def test_vector_5_tells_depth_zero_faults_apart() -> None:
    faults = {case["reason"]: case["key"] for case in BIP32["invalid"] if case["key"].startswith("xpub")}
    assert refusal(faults["zero depth with non-zero parent fingerprint"]).reason == "depth_zero_with_parent"
    assert refusal(faults["zero depth with non-zero index"]).reason == "depth_zero_with_child_number"


@pytest.mark.parametrize("text", PRIVATE_KEYS)
def test_private_keys_are_refused_by_name_and_never_echoed(text: str) -> None:
    assert refusal(text).reason == "private_key"


@pytest.mark.parametrize(
    "version", sorted({entry["prv_version"][2:] for entry in support.load("slip132.json")["version_bytes"]})
)
def test_a_private_key_is_recognised_under_any_version(version: str) -> None:
    assert refusal(support.respell(PRIVATE_KEYS[0], version)).reason == "private_key"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "bad_length", id="empty"),
        pytest.param(support.XPUB[:-1], "bad_length", id="cut"),
        pytest.param(support.XPUB + "11", "bad_length", id="longer"),
        pytest.param("1" + support.XPUB[:-1], "bad_checksum", id="shifted"),
        pytest.param("1" + support.XPUB, "bad_checksum", id="leading zero byte"),
        pytest.param("x" * 1_000_000, "bad_length", id="a million characters, quickly"),
        pytest.param(support.XPUB[:-1] + "é", "not_ascii", id="accent"),
        pytest.param(support.XPUB[:-1] + "０", "not_ascii", id="full-width digit"),  # noqa: RUF001
        pytest.param(support.XPUB[:-1] + "0", "not_base58", id="zero"),
        pytest.param(support.XPUB[:-1] + "\n", "not_base58", id="newline"),
        pytest.param(support.XPUB[:-1] + "\0", "not_base58", id="NUL"),
        pytest.param(" " + support.XPUB, "not_base58", id="space"),
        pytest.param(support.XPUB[:-1] + "k", "bad_checksum", id="another last letter"),
        pytest.param(str(base58.CBase58Data.from_bytes(bytes(78), 4)), "bad_length", id="79 bytes"),
        pytest.param(
            str(base58.CBase58Data.from_bytes(bytes(76), 255)), "bad_length", id="77 bytes, 111 digits"
        ),
        pytest.param(str(base58.CBase58Data.from_bytes(bytes(78), 0)), "bad_length", id="zeros"),
        pytest.param(support.respell(support.XPUB, "04b24746"), "unknown_version", id="zpub"),
        pytest.param(support.respell(support.XPUB, "049d7cb2"), "unknown_version", id="ypub"),
        pytest.param(support.rewrite(support.XPUB, 45, b"\x04"), "bad_prefix", id="prefix 04"),
        pytest.param(support.rewrite(support.XPUB, 45, b"\x00"), "private_key", id="prefix 00"),
        pytest.param(support.rewrite(support.XPUB, 46, b"\xff" * 32), "point_not_on_curve", id="x > p"),
        pytest.param(support.rewrite(support.XPUB, 4, b"\x00"), "depth_zero_with_parent", id="depth 0"),
        pytest.param(
            support.rewrite(support.XPUB, 4, bytes(5)),
            "depth_zero_with_child_number",
            id="depth 0, no parent",
        ),
    ],
)
def test_malformed_text_is_refused_for_its_reason(text: str, reason: str) -> None:
    assert refusal(text).reason == reason


@pytest.mark.parametrize(("hex_bytes", "text"), support.load("base58.json")["hex_to_base58"])
def test_the_base58_library_handles_leading_zeros(hex_bytes: str, text: str) -> None:
    assert base58.encode(bytes.fromhex(hex_bytes)) == text
    assert base58.decode(text) == bytes.fromhex(hex_bytes)


@settings(deadline=None)
@given(text=valid_keys, version=st.sampled_from([XPUB, TPUB, VPUB]))
def test_parse_inverts_serialize_under_every_version(text: str, version: bytes) -> None:
    key = ExtendedPublicKey.parse(text)
    spelt = ExtendedPublicKey.parse(key.serialize(version))
    assert spelt.version == version
    assert spelt.digest == key.digest
    assert spelt.serialize(key.version) == text


@settings(deadline=None)
@given(text=valid_keys, data=st.data())
def test_any_changed_character_is_refused_and_not_echoed(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(B58).filter(lambda char: char != text[place]) | st.characters())
    corrupted = text[:place] + other + text[place + 1 :]
    if corrupted != text:
        assert refusal(corrupted).code == "invalid_key_material_format"


@settings(deadline=None)
@given(text=valid_keys, data=st.data())
def test_swapped_cut_or_doubled_text_is_refused(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 1, len(text) - 1))
    refusal(text[:start] + text[end:])
    refusal(text[:end] + text[start:])
    swapped = text[:start] + text[end] + text[start + 1 : end] + text[start] + text[end + 1 :]
    if swapped != text:
        refusal(swapped)


@settings(deadline=None)
@given(st.text(max_size=99) | st.text(B58, min_size=111, max_size=112))
def test_arbitrary_text_is_refused(text: str) -> None:
    refusal(text)


@settings(deadline=None)
@given(st.binary(min_size=78, max_size=78))
def test_arbitrary_bytes_with_a_good_checksum_are_refused(payload: bytes) -> None:
    refusal(str(base58.CBase58Data.from_bytes(payload[1:], payload[0])))


def test_a_key_is_validated_however_it_is_made() -> None:
    point = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
    fields: dict[str, Any] = {
        "version": XPUB,
        "depth": 1,
        "parent_fingerprint": bytes(4),
        "child_number": 0,
        "chain_code": bytes(32),
        "public_key": point,
    }
    assert ExtendedPublicKey(**fields).public_key == point
    changes: list[tuple[dict[str, Any], str]] = [
        ({"depth": 256}, "depth_out_of_range"),
        ({"depth": -1}, "depth_out_of_range"),
        ({"child_number": 2**32}, "child_number_out_of_range"),
        ({"chain_code": bytes(31)}, "bad_length"),
        ({"parent_fingerprint": bytes(5)}, "bad_length"),
        ({"public_key": point[:32]}, "bad_length"),
        ({"public_key": b""}, "bad_length"),
        ({"version": b""}, "unknown_version"),
    ]
    for change, reason in changes:
        with pytest.raises(InvalidKeyMaterial) as caught:
            ExtendedPublicKey(**fields | change)
        assert caught.value.reason == reason


def test_serialize_refuses_other_versions() -> None:
    with pytest.raises(InvalidKeyMaterial) as caught:
        ExtendedPublicKey.parse(support.XPUB).serialize(bytes.fromhex("0488ade4"))
    assert caught.value.reason == "unknown_version"


def test_three_spellings_of_one_key_share_their_digest() -> None:
    digests = {ExtendedPublicKey.parse(text).digest for text in support.KEYS.values()}
    assert len(digests) == 1
    assert len({ExtendedPublicKey.parse(text).digest for text in PUBLIC_KEYS}) == len(PUBLIC_KEYS)


def test_repr_shows_no_key_material() -> None:
    key = ExtendedPublicKey.parse(support.XPUB)
    for secret in (support.XPUB[:12], key.public_key.hex(), key.chain_code.hex(), repr(key.chain_code)):
        assert secret not in repr(key)


@pytest.mark.parametrize("index", [-1, 2**31, 2**32, 2**63, True, 1.0, "1", None])
def test_an_index_outside_the_public_children_is_refused(index: object) -> None:
    with pytest.raises(DerivationFailed) as caught:
        ExtendedPublicKey.parse(support.XPUB).derive_child(index)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.reason) == ("address_derivation_failed", "index_out_of_range")


def test_the_last_public_child_and_the_last_depth() -> None:
    key = ExtendedPublicKey.parse(support.rewrite(support.XPUB, 4, b"\xfe"))
    deepest = key.derive_child(2**31 - 1)
    assert (deepest.depth, deepest.child_number) == (255, 2**31 - 1)
    with pytest.raises(DerivationFailed) as caught:
        deepest.derive_child(0)
    assert caught.value.reason == "depth_exhausted"


# Values that no one will ever meet, forced. The fixture key's private key is 1: its point is G.


def force_tweak(monkeypatch: pytest.MonkeyPatch, tweak: int) -> None:
    forced = tweak.to_bytes(32) + bytes(32)
    monkeypatch.setattr(bip32_module, "hmac_sha512", lambda _key, _data: forced)


ORDER = int.from_bytes(curve.ORDER)


@pytest.mark.parametrize(
    ("tweak", "reason"),
    [
        (ORDER, "tweak_out_of_range"),
        (ORDER + 1, "tweak_out_of_range"),
        (2**256 - 1, "tweak_out_of_range"),
        (ORDER - 1, "point_at_infinity"),
    ],
)
def test_an_index_without_a_key_is_refused(monkeypatch: pytest.MonkeyPatch, tweak: int, reason: str) -> None:
    force_tweak(monkeypatch, tweak)
    with pytest.raises(DerivationFailed, match="the next index must be used") as caught:
        ExtendedPublicKey.parse(support.XPUB).derive_child(0)
    assert caught.value.reason == reason
    assert_not_echoed(caught.value, support.XPUB)


@pytest.mark.parametrize("tweak", [0, 1, 2, ORDER - 2])
def test_tweaks_at_the_edge_give_the_key_they_should(monkeypatch: pytest.MonkeyPatch, tweak: int) -> None:
    force_tweak(monkeypatch, tweak)
    expected = PublicKey.from_secret(((1 + tweak) % ORDER).to_bytes(32)).format()
    assert ExtendedPublicKey.parse(support.XPUB).derive_child(0).public_key == expected


@settings(deadline=None)
@given(text=valid_keys, index=st.integers(0, 2**31 - 1))
def test_children_equal_those_of_bip_utils(text: str, index: int) -> None:
    key = ExtendedPublicKey.parse(text)
    versions = Bip32KeyNetVersions(XPUB, bytes.fromhex("0488ade4"))
    theirs = Bip32Slip10Secp256k1.FromExtendedKey(key.serialize(XPUB), versions).ChildKey(index)
    assert key.derive_child(index).serialize(XPUB) == theirs.PublicKey().ToExtended()
