"""Paths in decimal and in Base58, class pointers and scan URLs: by hand, by another library, at random."""

from __future__ import annotations

import hashlib
from itertools import permutations
from typing import Any

import pytest
from bip_utils import Base58Decoder, Base58Encoder  # type: ignore[import-untyped]
from hypothesis import example, given
from hypothesis import strategies as st

from service.paths.errors import MESSAGES, PathError
from service.paths.notation import (
    MAX_COMPONENT,
    MAX_COMPONENTS,
    Path,
    derivation_path,
    parse_base58,
    parse_decimal,
    parse_prefixed,
    to_base58,
    to_decimal,
    to_prefixed,
)
from service.paths.pointer import class_pointer, parse_class_pointer
from service.paths.scan_url import Carrier, Scan, build_scan_url, parse_scan_url
from tests.derivation.support import load

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

# Worked out by hand: 2147483647 = ((((3·58 + 15)·58 + 44)·58 + 24)·58 + 4)·58 + 7.
BY_HAND = {
    0: "1",
    1: "2",
    2: "3",
    9: "A",
    15: "G",
    57: "z",
    58: "21",
    75: "2J",
    127: "3C",
    158: "3j",
    370: "7P",
    506: "9j",
    2024: "bu",
    58**2 - 1: "zz",
    58**2: "211",
    MAX_COMPONENT: "4GmR58",
}

# Bitcoin Core's, of those bytes that are a number without a zero in front.
PUBLISHED = [
    (int(digits, 16), text)
    for digits, text in load("base58.json")["hex_to_base58"]
    if digits and not digits.startswith("00")
]

components = st.integers(0, MAX_COMPONENT) | st.sampled_from(list(BY_HAND))
paths = st.lists(components, min_size=1, max_size=MAX_COMPONENTS).map(tuple)
wallets = st.integers(1, MAX_COMPONENT)
keys = st.binary(min_size=32, max_size=32).map(Base58Encoder.Encode)


def refused(reason: str) -> Any:
    return pytest.raises(PathError, match=f"^{MESSAGES[reason]}$")


# Decimal and Base58


@pytest.mark.parametrize(("number", "text"), BY_HAND.items())
def test_a_number_in_base58(number: int, text: str) -> None:
    assert to_base58([number]) == text
    assert parse_base58(text) == (number,)


@pytest.mark.parametrize(("number", "text"), PUBLISHED)
def test_a_published_number_in_base58(number: int, text: str) -> None:
    if number <= MAX_COMPONENT:
        assert to_base58([number]) == text
        assert parse_base58(text) == (number,)
    else:
        with pytest.raises(PathError):
            parse_base58(text)


def test_the_row_that_the_seed_worked_out() -> None:
    assert parse_decimal("2.3.4.5.10") == (2, 3, 4, 5, 10)
    assert derivation_path(1, (2, 3, 4, 5, 10)) == "m/44'/501'/1'/2'/3'/4'/5'/10'"


def test_a_path_with_its_wallet() -> None:
    assert to_prefixed(1, (15, 1, 1, 6, 370, 506)) == "2.G.2.2.7.7P.9j"
    assert parse_prefixed("2.G.2.2.7.7P.9j") == (1, (15, 1, 1, 6, 370, 506))


@given(paths, wallets)
def test_what_is_written_is_read_back(path: Path, wallet: int) -> None:
    assert parse_decimal(to_decimal(path)) == path
    assert parse_base58(to_base58(path)) == path
    assert parse_prefixed(to_prefixed(wallet, path)) == (wallet, path)


@given(paths)
def test_base58_is_that_of_another_library(path: Path) -> None:
    for number, text in zip(path, to_base58(path).split("."), strict=True):
        minimal = number.to_bytes(4).lstrip(b"\0") or b"\0"
        assert text == Base58Encoder.Encode(minimal)
        assert int.from_bytes(Base58Decoder.Decode(text)) == number


@given(st.text(st.sampled_from("0123456789.'/- ") | st.characters(), max_size=40))
@example("٣.٤")
@example("2.3\n")
def test_a_text_that_is_read_as_decimal_is_what_would_be_written(text: str) -> None:
    try:
        path = parse_decimal(text)
    except PathError:
        return
    assert to_decimal(path) == text


@given(st.text(st.sampled_from(f"{ALPHABET}.") | st.characters(), max_size=40))
def test_a_text_that_is_read_as_base58_is_what_would_be_written(text: str) -> None:
    try:
        path = parse_base58(text)
    except PathError:
        return
    assert to_base58(path) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not_decimal"),
        (".", "not_decimal"),
        ("2.", "not_decimal"),
        (".2", "not_decimal"),
        ("2..3", "not_decimal"),
        ("02.3", "not_decimal"),
        ("2.03", "not_decimal"),
        ("00", "not_decimal"),
        ("+2", "not_decimal"),
        ("-1", "not_decimal"),
        ("2_0", "not_decimal"),
        (" 2", "not_decimal"),
        ("2\n", "not_decimal"),
        ("2.3'", "not_decimal"),
        ("m/2/3", "not_decimal"),
        ("2.G", "not_decimal"),
        ("12345678901", "not_decimal"),
        ("2147483648", "component_out_of_range"),
        ("2.4294967295", "component_out_of_range"),
        (".".join(["1"] * (MAX_COMPONENTS + 1)), "too_many_components"),
        ("1." * 100_000, "too_many_components"),
    ],
)
def test_what_is_no_decimal_path(text: str, reason: str) -> None:
    with refused(reason):
        parse_decimal(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not_base58"),
        ("2.3.4.5.10", "not_base58"),  # as the seed has it: 0 is no digit
        ("2.-2J", "not_base58"),  # the markers of before
        ("O", "not_base58"),
        ("I", "not_base58"),
        ("l", "not_base58"),
        ("12", "not_base58"),
        ("11", "not_base58"),
        ("2111111", "not_base58"),
        ("4GmR59", "component_out_of_range"),
        ("zzzzzz", "component_out_of_range"),
        (".".join(["2"] * (MAX_COMPONENTS + 1)), "too_many_components"),
    ],
)
def test_what_is_no_base58_path(text: str, reason: str) -> None:
    with refused(reason):
        parse_base58(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("2", "too_few_components"), ("1.2", "wallet_out_of_range"), ("zzzzzz.2", "wallet_out_of_range")],
)
def test_what_is_no_path_with_a_wallet(text: str, reason: str) -> None:
    with refused(reason):
        parse_prefixed(text)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ((), "too_few_components"),
        ((1, -1), "component_out_of_range"),
        ((2**31,), "component_out_of_range"),
        ((1,) * (MAX_COMPONENTS + 1), "too_many_components"),
    ],
)
def test_what_cannot_be_written(path: Path, reason: str) -> None:
    for write in (to_decimal, to_base58):
        with refused(reason):
            write(path)
    with refused(reason):
        derivation_path(1, path)


@pytest.mark.parametrize("wallet", [0, -1, 2**31])
def test_a_wallet_out_of_range(wallet: int) -> None:
    for write in (to_prefixed, derivation_path):
        with refused("wallet_out_of_range"):
            write(wallet, (1,))


# Class pointers


def independent_pointer(public_key: str, text: str) -> str:
    """Digits of a 64-bit number, one by one."""
    number = int(hashlib.sha256(f"{public_key}:{text}".encode()).hexdigest()[:16], 16)
    digits = ""
    for _ in range(11):
        number, digit = divmod(number, 58)
        digits = ALPHABET[digit] + digits
    return digits


@given(keys, paths)
def test_a_class_pointer_is_a_number_of_eleven_digits(public_key: str, path: Path) -> None:
    pointer = class_pointer(public_key, path)
    assert pointer == independent_pointer(public_key, to_decimal(path))
    assert parse_class_pointer(pointer) == pointer


def test_a_small_class_pointer_is_filled_up() -> None:
    pointers = {number: class_pointer("k", (number,)) for number in range(2000)}
    short = [pointer for pointer in pointers.values() if pointer.startswith("1")]
    assert short  # one in 43: 58^10 of 2^64
    assert {len(pointer) for pointer in pointers.values()} == {11}
    assert all(pointer == independent_pointer("k", str(number)) for number, pointer in pointers.items())


@pytest.mark.parametrize("text", ["", "2" * 10, "2" * 12, "z" * 11, "0" * 11, "jpXCZedGfVR", "2" * 11 + "\n"])
def test_what_is_no_class_pointer(text: str) -> None:
    with refused("not_class_pointer"):
        parse_class_pointer(text)


def test_the_last_class_pointer() -> None:
    assert parse_class_pointer("jpXCZedGfVQ") == "jpXCZedGfVQ"  # 2^64 - 1; the next one is refused above


# Scan URLs

KEY = "11111111111111111111111111111111"
POINTER = class_pointer(KEY, (4, 2, 3))
GOOD = f"https://s.plings.io?t=q&i={KEY}&p=4.2.3.3.6"

scans = st.builds(
    Scan,
    carrier=st.sampled_from(list(Carrier)),
    instance_key=keys,
    path=paths,
    class_pointer=st.none() | st.builds(class_pointer, keys, paths),
)


@given(scans)
def test_a_scan_url_says_what_was_put_in(scan: Scan) -> None:
    assert parse_scan_url(build_scan_url(scan)) == scan


def test_a_scan_url_by_hand() -> None:
    scan = Scan(carrier=Carrier.NFC, instance_key=KEY, path=(4, 2, 3, 3, 6), class_pointer=POINTER)
    url = f"https://s.plings.io?t=n&i={KEY}&p=4.2.3.3.6&cp={POINTER}"
    assert build_scan_url(scan) == url
    assert parse_scan_url(url) == scan
    assert parse_scan_url(url.replace("?", "/?")) == scan
    other = url.replace("s.plings.io", "tags.example.org")
    assert parse_scan_url(other, host="tags.example.org") == scan
    assert build_scan_url(scan, host="tags.example.org") == other


@pytest.mark.parametrize("pairs", list(permutations(["t=q", f"i={KEY}", "p=4.2", f"cp={POINTER}"])))
def test_the_order_of_the_parameters_is_free(pairs: tuple[str, ...]) -> None:
    scan = parse_scan_url("https://s.plings.io?" + "&".join(pairs))
    assert scan == Scan(carrier=Carrier.QR, instance_key=KEY, path=(4, 2), class_pointer=POINTER)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "not_scan_url"),
        (GOOD.replace("https", "http"), "not_scan_url"),
        (GOOD.upper(), "not_scan_url"),
        (GOOD.replace("?", "#"), "not_scan_url"),
        (GOOD.replace("?", "/x?"), "not_scan_url"),
        (GOOD.replace("s.plings.io", "user@s.plings.io"), "not_scan_url"),
        (GOOD.replace("s.plings.io", "s.plings.io:443"), "not_scan_url"),
        (GOOD.replace("s.plings.io", "s.plings.io.evil.example"), "wrong_host"),
        (GOOD.replace("4.2", "4%2E2"), "not_scan_url"),
        (GOOD + "#x", "not_scan_url"),
        (GOOD + "\n", "not_scan_url"),
        (" " + GOOD, "not_scan_url"),
        (GOOD + "&utm=1", "wrong_parameters"),
        (GOOD + "&p=4.2", "wrong_parameters"),
        (GOOD + "&", "wrong_parameters"),
        (GOOD + "&T=q", "wrong_parameters"),
        (GOOD.replace("t=q&", ""), "wrong_parameters"),
        (GOOD.replace(f"i={KEY}&", ""), "wrong_parameters"),
        (GOOD.replace("&p=4.2.3.3.6", ""), "wrong_parameters"),
        (GOOD.replace("t=q", "t=x"), "unknown_carrier"),
        (GOOD.replace("t=q", "t="), "unknown_carrier"),
        (GOOD.replace("t=q", "t=qr"), "unknown_carrier"),
        (GOOD.replace("t=q", "t=q=n"), "unknown_carrier"),
        (GOOD.replace("p=4.2", "p=G.2"), "not_decimal"),
        (GOOD.replace(KEY, KEY[1:]), "not_key"),
        (GOOD.replace(KEY, KEY + "1"), "not_key"),
        (GOOD.replace(KEY, ""), "not_key"),
        (f"{GOOD}&cp=", "not_class_pointer"),
        (f"{GOOD}&cp={POINTER}2", "not_class_pointer"),
        (GOOD + "9" * 600, "not_scan_url"),
    ],
)
def test_what_is_no_scan_url(url: str, reason: str) -> None:
    with refused(reason):
        parse_scan_url(url)


@given(st.text(max_size=60), st.integers(0, len(GOOD)), st.integers(0, 3))
def test_a_broken_scan_url_is_refused_and_nothing_else(noise: str, place: int, cut: int) -> None:
    text = GOOD[:place] + noise + GOOD[place + cut :]
    try:
        scan = parse_scan_url(text)
    except PathError:
        return
    assert parse_scan_url(build_scan_url(scan)) == scan


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"instance_key": "x"}, "not_key"),
        ({"path": ()}, "too_few_components"),
        ({"class_pointer": "x"}, "not_class_pointer"),
    ],
)
def test_a_scan_url_is_not_built_of_what_it_could_not_say(changed: dict[str, Any], reason: str) -> None:
    fields = {"carrier": Carrier.QR, "instance_key": KEY, "path": (4,), "class_pointer": None} | changed
    with refused(reason):
        build_scan_url(Scan(**fields))
