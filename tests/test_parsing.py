"""What every area takes from clients: RFC 8785 text, query parameters, cursors."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from service.errors import ApiError
from service.parsing import (
    canonical_text,
    convert_query,
    decode_cursor,
    encode_cursor,
    idempotency_key,
)

NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    'abcAB"\\/\x7f\x1f\b\n{} :,é\U0001f600\uffff'
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=6),
    max_leaves=20,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=8))
def test_canonical_text_is_that_of_rfc_8785(value: dict[str, Any]) -> None:
    assert canonical_text(value) == rfc8785.dumps(value)


@given(st.dictionaries(st.text("aZ09_-", max_size=4), st.integers() | st.text('xyz~ "\\/'), max_size=8))
def test_canonical_text_of_what_usually_comes_is_that_of_rfc_8785(value: dict[str, Any]) -> None:
    try:
        expected = rfc8785.dumps(value)
    except rfc8785.CanonicalizationError:
        with pytest.raises(ApiError):
            canonical_text(value)
    else:
        assert canonical_text(value) == expected


class Query(msgspec.Struct, forbid_unknown_fields=True):
    limit: int = 10
    is_active: bool | None = None
    name: str = ""


def test_a_query_is_converted_to_its_types() -> None:
    items = [("limit", "7"), ("is_active", "false"), ("name", "7")]
    assert convert_query(items, Query) == Query(7, is_active=False, name="7")
    assert convert_query([("name", "null")], Query).name == "null"


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([("limit", "x")], "limit"),
        ([("limit", "1"), ("limit", "1")], "limit"),
        ([("other", "1")], "other"),
        ([("name", "\0")], "name"),
        ([("is_active", "null")], "is_active"),
        ([("is_active", "NULL")], "is_active"),
    ],
)
def test_a_bad_query_is_refused_with_its_field(items: list[tuple[str, str]], field: str) -> None:
    with pytest.raises(ApiError) as refused:
        convert_query(items, Query)
    assert (refused.value.code, refused.value.details) == ("invalid_request", {"field": field})


@given(st.tuples(st.integers(0, 2**63 - 1), st.text(st.characters(exclude_categories=["Cs"]), max_size=40)))
def test_a_cursor_comes_back_as_it_was(place: tuple[int, str]) -> None:
    assert decode_cursor(encode_cursor(place), tuple[int, str]) == place


@pytest.mark.parametrize("text", ["", "=", "!", "AAAA", encode_cursor("x"), "W10" * 400, "é", "[1,2]"])
def test_a_cursor_that_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(ApiError) as refused:
        decode_cursor(text, int)
    assert refused.value.details == {"field": "cursor"}


def test_a_key_is_trimmed_and_one_is_made_where_there_is_none() -> None:
    assert idempotency_key(" a b ") == "a b"
    assert idempotency_key(None).startswith("auto_idem_")
    assert idempotency_key(" ") != idempotency_key(" ")
    for bad in ("é", "a\tb", "x" * 256):
        with pytest.raises(ApiError):
            idempotency_key(bad)
