"""Ed25519 against RFC 8032, Wycheproof and another library; and what each level of delegation allows."""

from __future__ import annotations

from typing import Any

import pytest
from bip_utils import Base58Encoder  # type: ignore[import-untyped]
from Crypto.Signature import eddsa
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.signing import SigningKey

from service.paths import delegation
from service.paths.delegation import Level, Right, Verdict
from service.paths.errors import MESSAGES, PathError
from tests.derivation import support

VECTORS = support.load("ed25519.json")

# RFC 8032 §7.1, TEST 2: secret key, public key, message, signature.
RFC8032 = (
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
)

MAKER = SigningKey(bytes(range(32)))
PRODUCER = SigningKey(bytes(range(1, 33)))


def text(data: bytes) -> str:
    return str(Base58Encoder.Encode(data))


def key_of(signer: SigningKey) -> str:
    return text(bytes(signer.verify_key))


def sign(signer: SigningKey, message: bytes) -> str:
    return text(signer.sign(message).signature)


def refused(reason: str) -> Any:
    return pytest.raises(PathError, match=f"^{MESSAGES[reason]}$")


def is_accepted(case: dict[str, Any]) -> bool:
    try:
        key = delegation.load_public_key(text(bytes.fromhex(case["key"])))
    except PathError:
        return False
    return delegation.has_signed(key, bytes.fromhex(case["message"]), bytes.fromhex(case["signature"]))


# Signatures


def test_the_vector_of_rfc_8032() -> None:
    secret, key, message, signature = map(bytes.fromhex, RFC8032)
    assert bytes(SigningKey(secret).verify_key) == key
    assert SigningKey(secret).sign(message).signature == signature
    assert delegation.has_signed(delegation.load_public_key(text(key)), message, signature)
    assert not delegation.has_signed(delegation.load_public_key(text(key)), message + b"\0", signature)


@pytest.mark.parametrize("case", VECTORS["wycheproof"], ids=lambda case: case["case"])
def test_wycheproof(case: dict[str, Any]) -> None:
    if len(case["signature"]) != 128:
        with refused("not_signature"):
            delegation.parse_signature(text(bytes.fromhex(case["signature"])))
    else:
        assert is_accepted(case) is case["valid"]


@pytest.mark.parametrize("case", VECTORS["cctv_low_order_key"], ids=lambda case: case["case"])
def test_a_key_of_small_order_proves_nothing(case: dict[str, Any]) -> None:
    with refused("weak_key"):
        delegation.load_public_key(text(bytes.fromhex(case["key"])))


@pytest.mark.parametrize("case", VECTORS["cctv_other_spelling_of_r"], ids=lambda case: case["case"])
def test_a_point_has_one_spelling(case: dict[str, Any]) -> None:
    case = case | {"message": case["message"].encode().hex()}
    assert not is_accepted(case)


def test_the_library_alone_takes_what_anybody_can_sign() -> None:
    """Why keys of small order are refused: under the identity S = 1 and R = G sign every message."""
    identity, base_point = bytes([1, *[0] * 31]), bytes([0x58, *[0x66] * 31])
    library = eddsa.new(eddsa.import_public_key(identity), "rfc8032")
    library.verify(b"anything", base_point + identity)  # raises nothing
    with refused("weak_key"):
        delegation.load_public_key(text(identity))


@settings(max_examples=50, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200), bit=st.integers(0, 511))
def test_what_another_library_signed_and_nothing_like_it(seed: bytes, message: bytes, bit: int) -> None:
    signer = SigningKey(seed)
    key = delegation.load_public_key(key_of(signer))
    signature = signer.sign(message).signature
    assert delegation.has_signed(key, message, signature)
    flipped = (int.from_bytes(signature) ^ 1 << bit).to_bytes(64)
    assert not delegation.has_signed(key, message, flipped)
    assert not delegation.has_signed(key, message + b"x", signature)


@settings(max_examples=20, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32))
def test_s_has_one_spelling(seed: bytes) -> None:
    signature = SigningKey(seed).sign(b"m").signature
    again = int.from_bytes(signature[32:], "little") + delegation.ORDER
    key = delegation.load_public_key(key_of(SigningKey(seed)))
    assert not delegation.has_signed(key, b"m", signature[:32] + again.to_bytes(32, "little"))


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=200, deadline=None)
def test_every_32_bytes_are_a_key_or_refused(data: bytes) -> None:
    try:
        key = delegation.load_public_key(text(data))
    except PathError:
        return
    assert key.export_key(format="raw") == data


@pytest.mark.parametrize("data", [b"", bytes(31), bytes(33), bytes(64), b"\xff" * 31, b"\xff" * 33])
def test_what_is_no_key(data: bytes) -> None:
    with refused("not_key"):
        delegation.parse_key(text(data))


@pytest.mark.parametrize("data", [b"", bytes(63), bytes(65), b"\xff" * 63, b"\xff" * 65, b"\xff" * 10_000])
def test_what_is_no_signature(data: bytes) -> None:
    with refused("not_signature"):
        delegation.parse_signature("1" * len(data) if set(data) == {0} else text(data[:80]))


@pytest.mark.parametrize("wrong", ["0", "O", "I", "l", " ", "\n", "é", "\0"])
def test_a_key_has_base58_digits_only(wrong: str) -> None:
    good = key_of(MAKER)
    assert delegation.parse_key(good) == bytes(MAKER.verify_key)
    for bad in (wrong + good[1:], good[:-1] + wrong, good + wrong):
        with refused("not_key"):
            delegation.parse_key(bad)


# Statements


def test_what_is_signed_for_an_instance_is_its_derivation_path() -> None:
    statement = delegation.instance_statement(1, (2, 3, 4, 5, 10), 17)
    assert statement == b"m/44'/501'/1'/2'/3'/4'/5'/10'/17'"


def test_what_is_signed_for_a_producer_names_range_and_key() -> None:
    statement = delegation.range_statement(1, (2, 3), 1, 90_000, key_of(PRODUCER))
    assert statement == f"m/44'/501'/1'/2'/3'/1'-90000':{key_of(PRODUCER)}".encode()


@pytest.mark.parametrize("instance", [0, -1, 2**31])
def test_an_instance_out_of_range(instance: int) -> None:
    with refused("instance_out_of_range"):
        delegation.instance_statement(1, (2,), instance)
    with refused("instance_out_of_range"):
        delegation.range_statement(1, (2,), 1, instance, key_of(PRODUCER))


def test_a_range_is_of_one_instance_at_least_and_for_a_real_key() -> None:
    delegation.range_statement(1, (2,), 5, 5, key_of(PRODUCER))
    with refused("range_out_of_order"):
        delegation.range_statement(1, (2,), 6, 5, key_of(PRODUCER))
    with refused("weak_key"):
        delegation.range_statement(1, (2,), 1, 5, text(bytes([1, *[0] * 31])))


# Levels

INSTANCE = delegation.instance_statement(1, (2, 3), 17)
RANGE = delegation.range_statement(1, (2, 3), 1, 100, key_of(PRODUCER))


@pytest.mark.parametrize(
    ("level", "right", "is_allowed"),
    [
        (Level.NONE, Right.SIGN_INSTANCE, False),
        (Level.NONE, Right.SIGN_RANGE, False),
        (Level.VERIFICATION, Right.SIGN_INSTANCE, True),
        (Level.VERIFICATION, Right.SIGN_RANGE, False),
        (Level.FULL, Right.SIGN_INSTANCE, True),
        (Level.FULL, Right.SIGN_RANGE, True),
    ],
)
def test_what_a_level_allows(level: Level, right: Right, is_allowed: bool) -> None:
    statement = INSTANCE if right == Right.SIGN_INSTANCE else RANGE
    answers = {
        signer: delegation.verify(
            level=level,
            right=right,
            public_key=key_of(MAKER),
            statement=statement,
            signature=sign(signer, statement),
        )
        for signer in (MAKER, PRODUCER)
    }
    if is_allowed:
        assert answers == {MAKER: Verdict.VERIFIED, PRODUCER: Verdict.WRONG_SIGNATURE}
    else:
        assert set(answers.values()) == {Verdict.NOT_DELEGATED}


def test_without_a_key_nothing_is_delegated() -> None:
    verdict = delegation.verify(
        level=Level.FULL, right=Right.SIGN_INSTANCE, public_key=None, statement=b"x", signature="x"
    )
    assert verdict is Verdict.NOT_DELEGATED


def test_every_level_of_the_seed_is_there_and_each_allows_more() -> None:
    assert [level.value for level in Level] == ["none", "verification", "full"]
    none, verification, full = (delegation.RIGHTS[level] for level in Level)
    assert none < verification < full
