"""BIP21 and EIP-681: exact text, exact amounts, and what is refused."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.payment_uri import MAX_UINT256, payment_uri
from tests.derivation import support

BTC = "bcrt1q7xfwy8t0z9xar2klctmdgm96kxvg9k8jn30qfg"
ETH = "0x61ED32e69Db70C5abAb0522d80E8F5dB215965de"
TOKEN = "0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238"


def btc(amount: str | None, **changes: Any) -> str:
    arguments: dict[str, Any] = {"chain": "bitcoin", "address": BTC, "decimals": 8}
    return payment_uri(**arguments | {"expected_amount_minor": amount} | changes)


def eth(amount: str | None, **changes: Any) -> str:
    arguments: dict[str, Any] = {"chain": "ethereum", "address": ETH, "decimals": 18, "chain_id": 11155111}
    return payment_uri(**arguments | {"expected_amount_minor": amount} | changes)


@pytest.mark.parametrize(
    ("amount", "query"),
    [
        (None, ""),
        ("0", "?amount=0"),
        ("1", "?amount=0.00000001"),
        ("10", "?amount=0.0000001"),
        ("15000", "?amount=0.00015"),
        ("00015000", "?amount=0.00015"),
        ("100000000", "?amount=1"),
        ("2030000000", "?amount=20.3"),
        ("5000000000", "?amount=50"),
        ("2100000000000000", "?amount=21000000"),
        ("123456789012345678901", "?amount=1234567890123.45678901"),
    ],
)
def test_bip21_amounts(amount: str | None, query: str) -> None:
    assert btc(amount) == f"bitcoin:{BTC}{query}"


@pytest.mark.parametrize(
    ("amount", "query"),
    [(None, ""), ("0", "?value=0"), ("007", "?value=7"), ("1" + "0" * 18, f"?value={10**18}")],
)
def test_eip681_coin(amount: str | None, query: str) -> None:
    assert eth(amount) == f"ethereum:{ETH}@11155111{query}"


@pytest.mark.parametrize(("amount", "query"), [(None, ""), ("0", "&uint256=0"), ("150", "&uint256=150")])
def test_eip681_token(amount: str | None, query: str) -> None:
    expected = f"ethereum:{TOKEN}@11155111/transfer?address={ETH}{query}"
    assert eth(amount, token_contract=TOKEN, decimals=6) == expected


@settings(deadline=None)
@given(st.integers(0, 10**78 - 1), st.integers(0, 20))
def test_bip21_amount_is_exact_and_in_its_grammar(amount: int, decimals: int) -> None:
    text = btc(str(amount), decimals=decimals).partition("?amount=")[2]
    # BIP21: "amount=" *digit [ "." *digit ]; ours never begins or ends with the point.
    assert re.fullmatch(r"(0|[1-9][0-9]*)(\.[0-9]*[1-9])?", text)
    assert Decimal(text).scaleb(decimals, None) == amount or len(str(amount)) > 28
    whole, _, fraction = text.partition(".")
    assert int(whole + fraction.ljust(decimals, "0")) == amount


@settings(deadline=None)
@given(
    amount=st.none() | st.integers(0, MAX_UINT256), chain_id=st.integers(1, 2**63 - 1), token=st.booleans()
)
def test_eip681_follows_its_grammar(amount: int | None, chain_id: int, token: bool) -> None:
    uri = eth(
        None if amount is None else str(amount), chain_id=chain_id, token_contract=TOKEN if token else None
    )
    grammar = r"ethereum:0x[0-9a-fA-F]{40}@[0-9]+(\?value=[0-9]+|/transfer\?address=0x[0-9a-fA-F]{40}(&uint256=[0-9]+)?)?"
    assert re.fullmatch(grammar, uri)


def test_the_published_token_example_has_our_shape() -> None:
    """EIP-681's example names no chain id and writes its addresses in lower case; the rest is equal."""
    example = support.load("eip681_bip21_bip321_uri.json")["eip681_examples"][1]
    ours = eth(
        "1",
        chain_id=1,
        address="0x8e23ee67d1332ad560396262c48ffbb01f93d052",
        token_contract="0x89205a3a3b2a69de6dbf7f01ed13b2108b2c43e7",
    )
    assert ours.replace("@1/", "/").lower() == example


@pytest.mark.parametrize("amount", ["", "-1", "+1", "1.5", "1e8", " 1", "1\n", "٣", "0x1", "1_000", "9" * 79])
def test_an_amount_that_is_not_digits_is_refused(amount: str) -> None:
    for build in (btc, eth):
        with pytest.raises(ValueError, match="78 digits"):
            build(amount)


def test_an_amount_above_uint256_is_refused_on_ethereum_only() -> None:
    assert eth(str(MAX_UINT256)).endswith(str(MAX_UINT256))
    for token in (None, TOKEN):
        with pytest.raises(ValueError, match="uint256"):
            eth(str(MAX_UINT256 + 1), token_contract=token)
    assert btc(str(MAX_UINT256 + 1)).startswith("bitcoin:")


@pytest.mark.parametrize("chain_id", [None, 0, -1])
def test_ethereum_needs_a_chain_id(chain_id: int | None) -> None:
    with pytest.raises(ValueError, match="chain_id"):
        eth("1", chain_id=chain_id)


@pytest.mark.parametrize("changes", [{"chain_id": 1}, {"token_contract": TOKEN}])
def test_bitcoin_takes_neither_chain_id_nor_token(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no chain id and no tokens"):
        btc("1", **changes)


def test_negative_decimals_are_refused() -> None:
    with pytest.raises(ValueError, match="decimals"):
        btc("1", decimals=-1)
