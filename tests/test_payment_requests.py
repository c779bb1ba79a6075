"""The contract of POST and GET /v1/payment-requests and of GET /v1/assets, over HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest
import rfc8785
from starlette.testclient import TestClient

from service.http.app import create_app
from service.payment_uri import MAX_UINT256
from tests.conftest import Database
from tests.derivation.support import TPUB, VPUB, XPUB
from tests.support import (
    BTC,
    BTC_TESTNET,
    ETH,
    PATH,
    USDT,
    USDT_CONTRACT,
    Merchant,
    Shop,
    Wire,
    add_key,
    assert_whole,
    create_merchant,
    execute,
    independent_address,
    rows,
    serving,
    settings_for,
    wait_until,
)

JSON = "application/json; charset=utf-8"
LIMIT = 64 * 1024


def assert_refused(
    answer: httpx2.Response, status: int, code: str, *, field: str | None = None, **details: Any
) -> None:
    """The one shape of a refusal; details exactly as given."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == JSON
    error = answer.json()["error"]
    assert answer.json() == {"error": error}
    assert error["code"] == code
    assert error["message"]
    wanted = details | ({"field": field} if field else {})
    assert error.get("details", {}) == wanted
    assert set(error) == {"code", "message"} | ({"details"} if wanted else set())


def metadata_of(size: int) -> dict[str, str]:
    """Metadata of exactly that many bytes as RFC 8785 text."""
    return {"a": "x" * (size - len(b'{"a":""}'))}


# Created and replayed


def test_a_first_request_is_201_with_its_location(shop: Shop) -> None:
    answer = shop.post(BTC | {"expected_amount_minor": "150000"}, key="first")
    assert answer.status_code == 201
    assert answer.headers["content-type"] == JSON
    body = answer.json()
    assert answer.headers["location"] == f"{PATH}/{body['id']}"
    assert "x-idempotency-replayed" not in answer.headers
    assert re.fullmatch(r"pr_[0-9a-f]{24}", body["id"])
    instructions = body["payment_instructions"]
    address = independent_address("bitcoin", "regtest", TPUB, instructions["derivation_index"])
    assert body == {
        "id": body["id"],
        "status": "pending",
        "chain": "bitcoin",
        "network": "regtest",
        "asset": "BTC",
        "expected_amount_minor": "150000",
        "expires_at": body["expires_at"],
        "created_at": body["created_at"],
        "payment_instructions": {
            "address": address,
            "address_scheme": "bip84_p2wpkh",
            "derivation_index": instructions["derivation_index"],
            "payment_uri": f"bitcoin:{address}?amount=0.0015",
        },
    }


def test_times_are_rfc_3339_in_utc_to_the_microsecond(shop: Shop) -> None:
    body = shop.post(BTC | {"expires_in_seconds": 61}).json()
    for name in ("created_at", "expires_at"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", body[name])
    created, expires = (datetime.fromisoformat(body[name]) for name in ("created_at", "expires_at"))
    assert expires - created == timedelta(seconds=61)


def test_the_same_key_and_request_is_200_with_the_same_bytes(shop: Shop) -> None:
    first = shop.post(USDT | {"expected_amount_minor": "7", "metadata": {"a": 1}}, key="again")
    for _ in range(3):
        again = shop.post(USDT | {"metadata": {"a": 1}, "expected_amount_minor": "7"}, key="again")
        assert again.status_code == 200
        assert again.content == first.content
        assert again.headers["location"] == first.headers["location"]
        assert again.headers["x-idempotency-replayed"] == "true"
        assert again.headers["content-type"] == JSON


def test_a_replay_takes_no_index(shop: Shop) -> None:
    before = shop.post(ETH, key="no index").json()["payment_instructions"]["derivation_index"]
    shop.post(ETH, key="no index")
    shop.post(ETH | {"expected_amount_minor": "1"}, key="no index")
    shop.post({"chain": "ethereum", "network": "sepolia", "asset": "DOGE"})
    assert shop.post(ETH).json()["payment_instructions"]["derivation_index"] == before + 1
    assert_whole(shop.dsn)


def test_the_same_key_for_another_request_is_409(shop: Shop) -> None:
    assert shop.post(BTC, key="taken").status_code == 201
    for body in (
        BTC | {"expected_amount_minor": "1"},
        BTC | {"expires_in_seconds": 60},
        BTC | {"metadata": {"a": 1}},
        BTC_TESTNET,
        ETH,
        USDT,
        BTC | {"asset": "DOGE"},
    ):
        assert_refused(shop.post(body, key="taken"), 409, "idempotency_key_conflict", idempotency_key="taken")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({}, {"expires_in_seconds": 3600}, id="the default expiry, given"),
        pytest.param({"expires_in_seconds": 3600}, {}, id="the default expiry, left out"),
        pytest.param({}, {"metadata": {}}, id="empty metadata"),
        pytest.param({"expected_amount_minor": "0"}, {"expected_amount_minor": "000"}, id="zeros"),
        pytest.param({"expected_amount_minor": "150"}, {"expected_amount_minor": "000150"}, id="more zeros"),
        pytest.param({}, {"chain": " BitCoin\t", "network": "\nREGTEST "}, id="case and white space"),
        pytest.param({}, {"asset": " btc "}, id="case of the asset"),
        pytest.param(
            {"metadata": {"b": 1.0, "a": "é"}}, {"metadata": {"a": "\u00e9", "b": 1}}, id="metadata"
        ),
        pytest.param({"metadata": {"a": 1e2}}, {"metadata": {"a": 100}}, id="numbers"),
    ],
)
def test_what_is_normalised_alike_is_the_same_request(
    shop: Shop, request: pytest.FixtureRequest, first: dict[str, Any], second: dict[str, Any]
) -> None:
    key = f"alike {request.node.callspec.id}"
    assert shop.post(BTC | first, key=key).status_code == 201
    assert shop.post(BTC | second, key=key).status_code == 200


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"expected_amount_minor": "0"}, {}, id="zero is not open"),
        pytest.param({}, {"expires_in_seconds": 3601}, id="another expiry than the default"),
        pytest.param({"expires_in_seconds": 3601}, {}, id="the default and not the first expiry"),
        pytest.param(
            {"expected_amount_minor": "1"},
            {"expires_in_seconds": 3600},
            id="the default expiry, and no amount",
        ),
        pytest.param({"metadata": {"a": None}}, {}, id="a null is not nothing"),
        pytest.param({"metadata": {"a": "1"}}, {"metadata": {"a": 1}}, id="text is not a number"),
        pytest.param({"metadata": {"a": [1, 2]}}, {"metadata": {"a": [2, 1]}}, id="order of an array"),
        pytest.param({"metadata": {"a": "e\u0301"}}, {"metadata": {"a": "\u00e9"}}, id="no unicode folding"),
    ],
)
def test_what_is_not_alike_is_another_request(
    shop: Shop, request: pytest.FixtureRequest, first: dict[str, Any], second: dict[str, Any]
) -> None:
    key = f"not alike {request.node.callspec.id}"
    assert shop.post(BTC | first, key=key).status_code == 201
    assert shop.post(BTC | second, key=key).status_code == 409


def test_the_request_hash_is_of_the_normalised_request_as_rfc_8785_text(shop: Shop) -> None:
    # By UTF-16 units the emoji (surrogates D83D…) sorts before U+FB33; by code points after it.
    metadata: dict[str, Any] = {
        "\ufb33": [1.5, -0.0, 1e21, 1e-7],
        "\U0001f600": "<&>\u2028",
        "a": {"z": None, "b": True},
    }
    shop.post(
        {"chain": "Ethereum", "network": " sepolia", "asset": "usdt", "metadata": metadata}
        | {"expected_amount_minor": "0042", "expires_in_seconds": 3600},
        key="hashed",
    )
    expected = rfc8785.dumps(
        {
            "chain": "ethereum",
            "network": "sepolia",
            "asset": "USDT",
            "expires_in_seconds": 3600,
            "expected_amount_minor": "42",
            "metadata": metadata,
        }
    )
    assert rows(
        shop.dsn,
        "SELECT request_hash, hash_algorithm FROM app.idempotency_records WHERE idempotency_key = 'hashed'",
    ) == [(hashlib.sha256(expected).hexdigest(), "sha256")]


def test_the_request_hash_leaves_out_what_is_absent(shop: Shop) -> None:
    shop.post(BTC, key="bare")
    text = '{"asset":"BTC","chain":"bitcoin","network":"regtest"}'
    assert rows(
        shop.dsn, "SELECT request_hash FROM app.idempotency_records WHERE idempotency_key = 'bare'"
    ) == [(hashlib.sha256(text.encode()).hexdigest(),)]


def test_metadata_is_stored_and_never_echoed(shop: Shop) -> None:
    metadata = {"order": "A-1", "lines": [{"n": 1}], "ü": "\u2028<>&"}
    body = shop.post(BTC | {"metadata": metadata}).json()
    assert "metadata" not in body
    assert "metadata" not in shop.client.get(f"{PATH}/{body['id']}").json()
    assert rows(shop.dsn, "SELECT metadata FROM app.payment_requests WHERE id = %s", body["id"]) == [
        (metadata,)
    ]


def test_the_wallet_account_is_never_shown(shop: Shop) -> None:
    body = shop.post(ETH)
    assert "wallet" not in body.text
    assert "wa_" not in shop.client.get("/v1/assets").text


# Chain, network, asset


@pytest.mark.parametrize("field", ["chain", "network", "asset"])
@pytest.mark.parametrize(
    "value",
    ["", " ", "a" * 33, "a b", "bit.coin", "bitcoin/", "\uff42itcoin", "bitcoin\0", "é", "-" * 33, "a\nb"],
)
def test_a_name_that_is_no_name_is_refused(shop: Shop, field: str, value: str) -> None:
    assert_refused(shop.post(BTC | {field: value}), 400, "invalid_request", field=field)


@pytest.mark.parametrize("field", ["chain", "network", "asset"])
@pytest.mark.parametrize("value", [None, 1, 1.5, True, [], {}, ["bitcoin"]])
def test_a_name_of_another_type_is_refused(shop: Shop, field: str, value: object) -> None:
    assert_refused(shop.post(BTC | {field: value}), 400, "invalid_request", field=field)


@pytest.mark.parametrize("field", ["chain", "network", "asset"])
def test_a_missing_name_is_refused(shop: Shop, field: str) -> None:
    body = {name: value for name, value in BTC.items() if name != field}
    assert_refused(shop.post(body), 400, "invalid_request", field=field)


@pytest.mark.parametrize(
    ("chain", "network"),
    [
        ("bitcoin", "mainnet"),
        ("ethereum", "mainnet"),
        ("ethereum", "local"),
        ("dogecoin", "regtest"),
        ("ethereum", "regtest"),
        ("bitcoin", "x" * 32),
        ("_-_", "0"),
    ],
)
def test_an_unknown_network_is_unsupported(shop: Shop, chain: str, network: str) -> None:
    answer = shop.post({"chain": chain, "network": network, "asset": "BTC"})
    assert_refused(answer, 400, "unsupported_network", chain=chain, network=network)


@pytest.mark.parametrize("asset", ["DOGE", "ETH", "X" * 32, "_-0"])
def test_an_unknown_asset_of_a_known_network_is_unsupported(shop: Shop, asset: str) -> None:
    assert_refused(shop.post(BTC | {"asset": asset}), 400, "unsupported_asset", asset=asset)


# Amounts


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("0", "0"),
        ("00", "0"),
        ("1", "1"),
        ("000150", "150"),
        ("0" * 77 + "9", "9"),
        ("9" * 78, "9" * 78),
        ("1" + "0" * 77, "1" + "0" * 77),
    ],
)
def test_an_amount_comes_back_without_leading_zeros(shop: Shop, given: str, shown: str) -> None:
    body = shop.post(BTC | {"expected_amount_minor": given}).json()
    assert body["expected_amount_minor"] == shown
    assert shop.client.get(f"{PATH}/{body['id']}").json() == body
    stored = rows(
        shop.dsn, "SELECT expected_amount_minor::text FROM app.payment_requests WHERE id = %s", body["id"]
    )
    assert stored == [(shown,)]


def test_an_open_amount_is_left_out(shop: Shop) -> None:
    body = shop.post(BTC).json()
    assert "expected_amount_minor" not in body
    assert body["payment_instructions"]["payment_uri"] == f"bitcoin:{body['payment_instructions']['address']}"


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            " ",
            "-1",
            "+1",
            "1.0",
            "1.",
            "1e3",
            "0x10",
            "1_000",
            "1,000",
            " 1",
            "1 ",
            "1\n",
            "\n1",
            "1\r\n",
        ),
        *("NaN", "Infinity", "9" * 79, "0" * 79, "\u0661", "\uff11", "\u00b2", "1\u00a0", "1\0", "½"),
        *(0, 1, 150000, 1.5, -1, True, None, [], {}, ["1"]),
    ],
)
def test_an_amount_that_is_not_1_to_78_digits_in_a_string_is_refused(shop: Shop, value: object) -> None:
    assert_refused(
        shop.post(BTC | {"expected_amount_minor": value}),
        400,
        "invalid_request",
        field="expected_amount_minor",
    )


# Expiry


@pytest.mark.parametrize("seconds", [60, 61, 3600, 2_591_999, 2_592_000])
def test_an_expiry_within_bounds_is_kept(shop: Shop, seconds: int) -> None:
    body = shop.post(BTC | {"expires_in_seconds": seconds}).json()
    created, expires = (datetime.fromisoformat(body[name]) for name in ("created_at", "expires_at"))
    assert expires - created == timedelta(seconds=seconds)


def test_the_default_expiry_is_the_asset_s(shop: Shop) -> None:
    body = shop.post(USDT).json()
    created, expires = (datetime.fromisoformat(body[name]) for name in ("created_at", "expires_at"))
    assert expires - created == timedelta(seconds=3600)


@pytest.mark.parametrize(
    "value",
    [
        *("0", "59", "2592001", "-60", "60.5", "1e99", "9" * 30, "-" + "9" * 30),
        *('"3600"', "null", "true", "[]", "{}", '""'),
    ],
)
def test_an_expiry_out_of_bounds_or_of_another_type_is_refused(shop: Shop, value: str) -> None:
    body = json.dumps(BTC)[:-1] + f', "expires_in_seconds": {value}}}'
    assert_refused(shop.post(body), 400, "invalid_request", field="expires_in_seconds")


# Metadata


def test_metadata_of_4096_bytes_is_taken(shop: Shop) -> None:
    assert shop.post(BTC | {"metadata": metadata_of(4096)}).status_code == 201


def test_metadata_of_4097_bytes_is_refused(shop: Shop) -> None:
    assert_refused(shop.post(BTC | {"metadata": metadata_of(4097)}), 400, "invalid_request", field="metadata")


def test_metadata_is_measured_in_bytes_of_compact_text(shop: Shop) -> None:
    spaced = json.dumps(BTC | {"metadata": metadata_of(4096)}, indent=40)
    assert shop.post(spaced).status_code == 201
    # Two bytes each, though json.dumps writes six: 4,088 + 8 of the object around it.
    assert shop.post(BTC | {"metadata": {"a": "é" * 2044}}).status_code == 201
    answer = shop.post(BTC | {"metadata": {"a": "é" * 2045}})
    assert_refused(answer, 400, "invalid_request", field="metadata")


def test_metadata_whose_numbers_grow_is_measured_after_they_grew(shop: Shop) -> None:
    # [1e20,…] is written as 100000000000000000000 by RFC 8785.
    body = json.dumps(BTC)[:-1] + ', "metadata": {"a": [' + ",".join(["1e20"] * 200) + "]}}"
    assert len(body) < 4096
    assert_refused(shop.post(body), 400, "invalid_request", field="metadata")


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "\\u0000"}',
        '{"\\u0000": 1}',
        '{"a": {"b": ["\\u0000"]}}',
        '{"a": 9007199254740993}',
        '{"a": ' + "9" * 400 + "}",
        '{"a": -9007199254740993}',
        '{"a": 1e400}',
        '{"a": -1e400}',
        "null",
        "[]",
        '"text"',
        "1",
        "true",
    ],
)
def test_metadata_that_cannot_be_kept_is_refused(shop: Shop, text: str) -> None:
    answer = shop.post(json.dumps(BTC)[:-1] + f', "metadata": {text}}}')
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize("text", ['{"a": "\\ud800"}', '{"\\udfff": 1}', '{"a": "\\udc00\\ud800"}'])
def test_a_lone_surrogate_is_refused(shop: Shop, text: str) -> None:
    answer = shop.post(json.dumps(BTC)[:-1] + f', "metadata": {text}}}')
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize(
    "value",
    [{"a": 2**53 - 1}, {"a": -(2**53) + 1}, {"a": 1e308}, {"a": 5e-324}, {"a": "\U0001f600"}, {"": ""}],
)
def test_metadata_at_the_edges_is_taken(shop: Shop, value: object) -> None:
    answer = shop.post(BTC | {"metadata": value})
    assert answer.status_code == 201, answer.text


def test_metadata_is_taken_32_deep_and_refused_beyond(shop: Shop) -> None:
    def nested(depth: int) -> Any:
        return {"a": nested(depth - 1)} if depth else 1

    assert shop.post(BTC | {"metadata": nested(32)}).status_code == 201
    for depth in (33, 200, 5_000):
        body = json.dumps(BTC)[:-1] + ', "metadata": ' + '{"a":' * depth + "1" + "}" * depth + "}"
        answer = shop.post(body)
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]["code"] == "invalid_request"


# The body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"}",
        b"null",
        b"true",
        b"1",
        b'"text"',
        b"[]",
        b"[{}]",
        b"chain=bitcoin",
        b"{'chain': 'bitcoin'}",
        json.dumps(BTC).encode() + b"x",
        json.dumps(BTC).encode() * 2,
        json.dumps(BTC).encode() + b"\n{}",
        b"[" + json.dumps(BTC).encode() + b"]",
        json.dumps(BTC).encode()[:-1],
        json.dumps(BTC).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps(BTC).encode(),
        b'{"chain":"\xff","network":"regtest","asset":"BTC"}',
        b'{"chain":"bitcoin","network":"regtest","asset":"BTC","metadata":{"a":"\xc3"}}',
        b'{"chain":"bitcoin","network":"regtest","asset":"BTC","metadata":{"a":NaN}}',
        b'{"chain":"bitcoin","network":"regtest","asset":"BTC",}',
        b"\0",
        b"[" * 60_000,
        b'{"a":' * 12_000,
    ],
    ids=lambda body: repr(body[:40]),
)
def test_a_body_that_is_not_one_json_object_is_refused(shop: Shop, body: bytes) -> None:
    answer = shop.post(body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize(
    "name", ["webhook_url", "expires_at", "Chain", "chain ", "wallet_account_id", "", "é"]
)
def test_an_unknown_field_is_refused(shop: Shop, name: str) -> None:
    answer = shop.post(BTC | {name: "x"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] == "invalid_request"


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ('"chain": "ethereum"', "chain"),
        ('"asset": "BTC"', "asset"),
        (r'"ch\u0061in": "bitcoin"', "chain"),
        ('"metadata": {"a": 1, "a": 1}', "a"),
        ('"metadata": {"a": 1}, "metadata": {}', "metadata"),
        ('"metadata": {"a": [{"b": {"c": 1, "d": 2, "c": 3}}]}', "c"),
        (r'"metadata": {"a": {"x": 1}, "a": "\u003a\u003A"}', "a"),
    ],
)
def test_a_name_that_stands_twice_in_an_object_is_refused(shop: Shop, more: str, name: str) -> None:
    body = f"{json.dumps(BTC)[:-1]}, {more}}}"
    assert_refused(shop.post(body), 400, "invalid_request", field=name)


@pytest.mark.parametrize(
    "metadata",
    ['{"a": {"x": 1}, "b": {"x": 1}}', r'{"a": "\u003a", "b:": ":", "\u003a": 1}', '{"a": "\\\\u003a"}'],
)
def test_a_name_may_stand_in_several_objects_and_with_colons(shop: Shop, metadata: str) -> None:
    assert shop.post(f'{json.dumps(BTC)[:-1]}, "metadata": {metadata}}}').status_code == 201


def test_an_unknown_field_is_named(shop: Shop) -> None:
    answer = shop.post(BTC | {"webhook_url": "https://example.test"})
    assert_refused(answer, 400, "invalid_request", field="webhook_url")


def test_a_body_of_64_kib_is_read_and_one_more_byte_is_413(shop: Shop) -> None:
    text = json.dumps(BTC)
    assert shop.post(text + " " * (LIMIT - len(text))).status_code == 201
    assert_refused(shop.post(text + " " * (LIMIT + 1 - len(text))), 413, "body_too_large")


def test_a_declared_length_over_the_limit_is_413_before_the_body_comes(shop: Shop) -> None:
    async def declare() -> int:
        wire = await Wire.open(shop.server.port)
        head = {"content-length": str(10**12), **shop.merchant.headers}
        lines = [f"POST {PATH} HTTP/1.1", "host: x", *(f"{name}: {value}" for name, value in head.items())]
        await wire.write("\r\n".join([*lines, "", ""]).encode())
        reply = await wire.receive()
        await wire.close()
        return reply.status

    assert asyncio.run(declare()) == 413


def test_a_chunked_body_over_the_limit_is_413(shop: Shop) -> None:
    def chunks(size: int) -> Any:
        text = json.dumps(BTC).encode()
        yield text
        for _ in range(0, size - len(text), 1000):
            yield b" " * 1000

    answer = shop.client.post(PATH, content=chunks(60_000))
    assert answer.status_code == 201
    assert_refused(shop.client.post(PATH, content=chunks(70_000)), 413, "body_too_large")


def test_the_content_type_of_a_request_is_not_asked_for(shop: Shop) -> None:
    assert shop.post(BTC, **{"content-type": "text/plain"}).status_code == 201


# Idempotency-Key


@pytest.mark.parametrize("key", [None, "", "   ", "\t"])
def test_without_a_key_one_is_made_and_recorded(shop: Shop, key: str | None) -> None:
    headers = {} if key is None else {"idempotency-key": key}
    body = shop.ask_by_hand("POST", PATH, json.dumps(BTC).encode(), headers).json()
    found = rows(
        shop.dsn, "SELECT idempotency_key FROM app.idempotency_records WHERE resource_id = %s", body["id"]
    )
    assert re.fullmatch(r"auto_idem_[0-9a-f]{24}", found[0][0])


def test_without_a_key_each_request_is_its_own(shop: Shop) -> None:
    assert shop.post(BTC).json()["id"] != shop.post(BTC).json()["id"]


@pytest.mark.parametrize("key", ["x", "x" * 255, "a b", "!~ {}[]\"'\\;--", "0", "null"])
def test_a_key_of_1_to_255_printable_characters_is_taken(shop: Shop, key: str) -> None:
    assert shop.post(BTC, key=f"{key}"[:255]).status_code in (200, 201)
    assert shop.post(BTC, key=f"{key}").status_code == 200


def test_a_key_is_trimmed(shop: Shop) -> None:
    assert shop.post(BTC, key="trimmed").status_code == 201
    headers = {"idempotency-key": "  trimmed \t "}
    assert shop.ask_by_hand("POST", PATH, json.dumps(BTC).encode(), headers).status == 200


@pytest.mark.parametrize(
    "key", ["x" * 256, "x" * 5000, "é", "a\u00a0b", "\x7f", "a\x01b", "a\tb"], ids=lambda key: repr(key[:8])
)
def test_a_key_beyond_that_is_refused(shop: Shop, key: str) -> None:
    answer = shop.ask_by_hand("POST", PATH, json.dumps(BTC).encode(), {"idempotency-key": key})
    assert answer.status == 400
    # Nobody but the parser of HTTP sees a control character.
    field = None if key in ("\x7f", "a\x01b") else {"field": "Idempotency-Key"}
    error = answer.json()["error"]
    assert (error["code"], error.get("details")) == ("invalid_request", field)


def test_two_keys_are_refused(shop: Shop) -> None:
    headers = [("Idempotency-Key", "one"), ("Idempotency-Key", "one")]
    answer = shop.client.post(PATH, content=json.dumps(BTC), headers=headers)
    assert_refused(answer, 400, "invalid_request", field="Idempotency-Key")


def test_a_refused_request_leaves_its_key_free(shop: Shop) -> None:
    assert shop.post(BTC | {"asset": "DOGE"}, key="still free").status_code == 400
    assert shop.post(BTC | {"expected_amount_minor": "-1"}, key="still free").status_code == 400
    assert shop.post(BTC, key="still free").status_code == 201


# Organizations, scopes, keys


@pytest.fixture(scope="module")
def stranger(shop: Shop) -> Merchant:
    """Another organization."""
    return create_merchant(shop.dsn, "stranger")


def test_another_organization_s_payment_request_is_not_there(shop: Shop, stranger: Merchant) -> None:
    body = shop.post(BTC).json()
    answer = shop.client.get(f"{PATH}/{body['id']}", headers=stranger.headers)
    assert_refused(answer, 404, "payment_request_not_found", id=body["id"])
    absent = shop.client.get(f"{PATH}/{body['id']}"[:-1] + "x", headers=stranger.headers)
    assert absent.status_code == 404
    assert absent.json()["error"]["message"] == answer.json()["error"]["message"]


def test_one_key_in_two_organizations_is_two_keys(shop: Shop, stranger: Merchant) -> None:
    ours = shop.post(BTC, key="shared name")
    theirs = shop.post(BTC, key="shared name", **stranger.headers)
    assert (ours.status_code, theirs.status_code) == (201, 201)
    assert ours.json()["id"] != theirs.json()["id"]
    other = shop.post(ETH, key="shared name", **stranger.headers)
    assert_refused(other, 409, "idempotency_key_conflict", idempotency_key="shared name")


def test_two_keys_of_one_organization_share_their_requests(shop: Shop) -> None:
    second = add_key(shop.dsn, shop.merchant, ["payment_requests:read", "payment_requests:write"])
    first = shop.post(BTC, key="shared by keys")
    again = shop.post(BTC, key="shared by keys", **second.headers)
    assert again.status_code == 200
    assert again.content == first.content


def test_the_principal_is_never_a_header(shop: Shop, stranger: Merchant) -> None:
    body = shop.post(BTC).json()
    headers = stranger.headers | {"x-principal-id": shop.merchant.public_id}
    assert shop.client.get(f"{PATH}/{body['id']}", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", PATH, "payment_requests:write"),
        ("GET", f"{PATH}/pr_000000000000000000000000", "payment_requests:read"),
        ("GET", "/v1/assets", "assets:read"),
    ],
)
def test_a_key_without_the_scope_is_403(shop: Shop, method: str, path: str, scope: str) -> None:
    others = {"payment_requests:write", "payment_requests:read", "assets:read"} - {scope}
    without, with_it = add_key(shop.dsn, shop.merchant, others), add_key(shop.dsn, shop.merchant, [scope])
    content = json.dumps(BTC) if method == "POST" else None
    refused = shop.client.request(method, path, content=content, headers=without.headers)
    assert_refused(refused, 403, "insufficient_scope", scope=scope)
    allowed = shop.client.request(method, path, content=content, headers=with_it.headers)
    assert allowed.status_code in (200, 201, 404)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Basic c2s6",
        "Token {key}",
        "{key}",
        "Bearer sk_test_",
        "Bearer sk_live_{rest}",
        "Bearer {key}x",
        "Bearer {key} {key}",
        "Bearer x{key}",
        "Bearer sk_test_0123456789abcdef_" + "0" * 64,
        "Bearer sk_test_{id}_" + "0" * 64,
        "Bearer " + "x" * 10_000,
        "Bearer {upper}",
    ],
    ids=lambda header: repr(header)[:30],
)
def test_without_a_good_key_it_is_401(shop: Shop, header: str | None) -> None:
    key = shop.merchant.key
    given = (
        {}
        if header is None
        else {
            "authorization": header.format(
                key=key, id=shop.merchant.key_id, rest=key.removeprefix("sk_test_"), upper=key.upper()
            )
        }
    )
    with httpx2.Client(base_url=shop.server.url) as client:
        for method, path in (("POST", PATH), ("GET", f"{PATH}/pr_x"), ("GET", "/v1/assets")):
            answer = client.request(method, path, headers=given, content=b"{" if method == "POST" else None)
            assert_refused(answer, 401, "unauthorized")
            assert answer.headers["www-authenticate"] == "Bearer"
            assert key not in answer.text


@pytest.mark.parametrize("second", ["{}", "Bearer x"])
def test_of_two_keys_none_is_taken(shop: Shop, second: str) -> None:
    given = [("authorization", f"Bearer {shop.merchant.key}"), ("authorization", second.format("x"))]
    with httpx2.Client(base_url=shop.server.url) as client:
        for headers in (given, given[::-1], [given[0], given[0]]):
            assert_refused(client.get("/v1/assets", headers=headers), 401, "unauthorized")


@pytest.mark.parametrize("form", ["bearer {}", "BEARER {}", "Bearer   {}"])
def test_the_scheme_is_case_insensitive(shop: Shop, form: str) -> None:
    answer = shop.client.get("/v1/assets", headers={"authorization": form.format(shop.merchant.key)})
    assert answer.status_code == 200


def test_a_revocation_takes_effect_in_a_running_process(shop: Shop) -> None:
    key = add_key(shop.dsn, shop.merchant, ["assets:read"])
    assert shop.client.get("/v1/assets", headers=key.headers).status_code == 200
    execute(shop.dsn, f"SELECT identity.revoke_api_key('{key.key_id}')")
    # Long before the minute for which a key is remembered.
    wait_until(lambda: shop.client.get("/v1/assets", headers=key.headers).status_code == 401, seconds=10)
    assert shop.client.get("/v1/assets").status_code == 200


# GET


@pytest.mark.parametrize("order", [BTC, BTC_TESTNET, ETH, USDT | {"expected_amount_minor": "2500000"}])
def test_get_shows_what_was_answered(shop: Shop, order: dict[str, str]) -> None:
    made = shop.post(order)
    answer = shop.client.get(made.headers["location"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == JSON
    assert answer.content == made.content


@pytest.mark.parametrize(
    "name",
    ["pr_000000000000000000000000", "x", "pr_", "%00", "a%00b", "..%2f", "%27--", "%F0%9F%98%80", "%ff"],
)
def test_an_unknown_id_is_404(shop: Shop, name: str) -> None:
    answer = shop.client.get(f"{PATH}/{name}")
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert error["code"] in ("payment_request_not_found", "not_found")
    if error["code"] == "payment_request_not_found":
        assert set(error["details"]) == {"id"}


def test_a_very_long_id_is_404_and_not_repeated_whole(shop: Shop) -> None:
    answer = shop.client.get(f"{PATH}/{'x' * 5000}")
    assert answer.status_code == 404
    assert len(answer.content) < 500


def test_a_status_changed_later_shows_in_get_and_not_in_a_replay(shop: Shop) -> None:
    made = shop.post(BTC, key="changes later")
    execute(
        shop.dsn, f"UPDATE app.payment_requests SET status = 'confirmed' WHERE id = '{made.json()['id']}'"
    )
    assert shop.client.get(made.headers["location"]).json() == made.json() | {"status": "confirmed"}
    assert shop.post(BTC, key="changes later").content == made.content


def test_the_assets_are_exactly_those_enabled(shop: Shop) -> None:
    answer = shop.client.get("/v1/assets")
    assert answer.headers["content-type"] == JSON
    bitcoin = {"minor_unit": "sats", "decimals": 8, "address_scheme": "bip84_p2wpkh"}
    ethereum = {"address_scheme": "evm_bip44", "chain_id": 11155111}
    token = {"token_standard": "ERC20", "token_contract": USDT_CONTRACT, "token_decimals": 6}
    expiry = {"default_expires_in_seconds": 3600}
    assert answer.json() == {
        "assets": [
            BTC | bitcoin | expiry,
            BTC_TESTNET | bitcoin | expiry,
            ETH | {"minor_unit": "wei", "decimals": 18} | ethereum | expiry,
            USDT | {"minor_unit": "token_minor", "decimals": 6} | ethereum | expiry | token,
        ]
    }


def test_a_catalog_change_reaches_a_running_process(database: Database) -> None:
    merchant = create_merchant(database.dsn())
    with (
        serving(database.dsn("pgtill_service")) as server,
        httpx2.Client(base_url=server.url, headers=merchant.headers) as client,
    ):
        execute(
            database.dsn(),
            "UPDATE app.asset_catalog SET default_expires_in_seconds = 120 WHERE asset = 'USDT'",
            "UPDATE app.asset_catalog SET enabled = false WHERE asset = 'ETH'",
            "UPDATE app.asset_catalog SET enabled = false WHERE network = 'testnet'",
        )
        wait_until(lambda: [a["asset"] for a in client.get("/v1/assets").json()["assets"]] == ["BTC", "USDT"])
        body = client.post(PATH, json=USDT).json()
        created, expires = (datetime.fromisoformat(body[name]) for name in ("created_at", "expires_at"))
        assert expires - created == timedelta(seconds=120)
        assert_refused(client.post(PATH, json=ETH), 400, "unsupported_asset", asset="ETH")
        assert_refused(
            client.post(PATH, json=BTC_TESTNET),
            400,
            "unsupported_network",
            chain="bitcoin",
            network="testnet",
        )


def test_a_retry_is_the_same_request_whatever_became_of_the_asset_meanwhile(database: Database) -> None:
    merchant = create_merchant(database.dsn())
    with (
        serving(database.dsn("pgtill_service")) as server,
        httpx2.Client(base_url=server.url, headers=merchant.headers) as client,
    ):

        def post(body: dict[str, Any], key: str) -> httpx2.Response:
            return client.post(PATH, json=body, headers={"idempotency-key": key})

        def change(assignment: str) -> None:
            execute(database.dsn(), f"UPDATE app.asset_catalog SET {assignment} WHERE asset = 'BTC'")

        def default() -> object:
            return client.get("/v1/assets").json()["assets"][0]["default_expires_in_seconds"]

        given = BTC | {"expires_in_seconds": 3600}
        left_out, named = post(BTC, "left out"), post(given, "named")
        change("default_expires_in_seconds = 7200")
        wait_until(lambda: default() == 7200)
        for body, key, first in (
            (BTC, "left out", left_out),
            (given, "left out", left_out),
            (given, "named", named),
        ):
            again = post(body, key)
            assert (again.status_code, again.content) == (200, first.content), (body, key)
        # Neither was made to live for two hours.
        for body, key in ((BTC | {"expires_in_seconds": 7200}, "left out"), (BTC, "named")):
            assert_refused(post(body, key), 409, "idempotency_key_conflict", idempotency_key=key)
        change("enabled = false")
        wait_until(
            lambda: all(asset["asset"] != "BTC" for asset in client.get("/v1/assets").json()["assets"])
        )
        assert post(BTC, "left out").content == left_out.content
        assert_refused(post(BTC, "another"), 400, "unsupported_network", chain="bitcoin", network="regtest")
        # Nobody asks twice but where keys conflict.
        counted = 'payment_request_create_total{result="unsupported_network"} 1.0'
        assert counted in client.get("/metrics").text


# Other methods and paths


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", PATH, {"POST"}),
        ("PUT", PATH, {"POST"}),
        ("DELETE", PATH, {"POST"}),
        ("OPTIONS", PATH, {"POST"}),
        ("POST", f"{PATH}/pr_x", {"GET", "HEAD"}),
        ("DELETE", f"{PATH}/pr_x", {"GET", "HEAD"}),
        ("POST", "/v1/assets", {"GET", "HEAD"}),
        ("POST", "/healthz", {"GET", "HEAD"}),
        ("PUT", "/v1/wallets", {"GET", "HEAD", "POST"}),
        ("DELETE", "/v1/wallets/wal_x", {"GET", "HEAD", "PATCH"}),
        ("GET", "/v1/wallets/wal_x/deactivate", {"POST"}),
    ],
)
def test_another_method_is_405_and_says_which(shop: Shop, method: str, path: str, allowed: set[str]) -> None:
    answer = shop.client.request(method, path)
    assert_refused(answer, 405, "method_not_allowed")
    assert set(re.split(r",\s*", answer.headers["allow"])) == allowed


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v2/payment-requests", f"{PATH}/", f"{PATH}/a/b", "/docs/no", "//"]
)
def test_another_path_is_404(shop: Shop, path: str) -> None:
    assert_refused(shop.client.get(f"{shop.server.url}{path}"), 404, "not_found")


@pytest.mark.parametrize("path", ["/v1/assets", "/healthz", "/readyz"])
def test_head_has_the_headers_of_get_and_no_body(shop: Shop, path: str) -> None:
    get, head = shop.client.get(path), shop.client.head(path)
    assert head.status_code == get.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == JSON
    assert head.headers["content-length"] == str(len(get.content))


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_needs_no_key(shop: Shop, path: str) -> None:
    answer = httpx2.get(f"{shop.server.url}{path}")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_the_docs_page_asks_nobody_else(shop: Shop) -> None:
    page = shop.client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "'unsafe-eval'" not in page.headers["content-security-policy"]
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page.text)
    for path in re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text):
        assert shop.client.get(path).status_code == 200, path


# Addresses and payment URIs


@pytest.mark.parametrize("amount", [None, "0", "1", "100000000", "150000", str(MAX_UINT256), "9" * 78])
def test_a_bitcoin_uri_counts_in_whole_coins(shop: Shop, amount: str | None) -> None:
    order = BTC | ({"expected_amount_minor": amount} if amount else {})
    instructions = shop.post(order).json()["payment_instructions"]
    address, _, query = instructions["payment_uri"].partition("?")
    assert address == f"bitcoin:{instructions['address']}"
    if amount is None:
        assert query == ""
    else:
        name, _, value = query.partition("=")
        assert name == "amount"
        whole, _, fraction = value.partition(".")
        assert len(fraction) <= 8
        assert int(whole + fraction.ljust(8, "0")) == int(amount)


@pytest.mark.parametrize("amount", [None, "0", "1", str(MAX_UINT256)])
def test_an_ether_uri_names_chain_and_value(shop: Shop, amount: str | None) -> None:
    order = ETH | ({"expected_amount_minor": amount} if amount else {})
    instructions = shop.post(order).json()["payment_instructions"]
    query = f"?value={amount}" if amount else ""
    assert instructions["payment_uri"] == f"ethereum:{instructions['address']}@11155111{query}"
    assert instructions["chain_id"] == 11155111
    assert "token_standard" not in instructions


@pytest.mark.parametrize("amount", [None, "0", "2500000", str(MAX_UINT256)])
def test_a_token_uri_is_a_transfer_of_the_contract(shop: Shop, amount: str | None) -> None:
    order = USDT | ({"expected_amount_minor": amount} if amount else {})
    instructions = shop.post(order).json()["payment_instructions"]
    query = f"?address={instructions['address']}" + (f"&uint256={amount}" if amount else "")
    assert instructions["payment_uri"] == f"ethereum:{USDT_CONTRACT}@11155111/transfer{query}"
    assert instructions["token_standard"] == "ERC20"
    assert instructions["token_contract"] == USDT_CONTRACT
    assert instructions["token_decimals"] == 6


@pytest.mark.parametrize("order", [ETH, USDT])
@pytest.mark.parametrize("amount", [str(MAX_UINT256 + 1), "9" * 78])
def test_an_amount_no_transfer_can_hold_has_no_uri(shop: Shop, order: dict[str, str], amount: str) -> None:
    answer = shop.post(order | {"expected_amount_minor": amount})
    assert answer.status_code == 201
    assert "payment_uri" not in answer.json()["payment_instructions"]
    assert shop.client.get(answer.headers["location"]).json() == answer.json()


def test_the_first_addresses_are_those_that_another_library_derives(database: Database) -> None:
    merchant = create_merchant(database.dsn())
    app = create_app(settings_for(database.dsn("pgtill_service")))
    with TestClient(app, headers=merchant.headers) as client:
        for order, key in ((BTC, TPUB), (BTC_TESTNET, VPUB)):
            for index in range(21):
                got = client.post(PATH, json=order).json()["payment_instructions"]
                wanted = independent_address(order["chain"], order["network"], key, index)
                assert (got["derivation_index"], got["address"]) == (index, wanted)
        # One account, one cursor: ether and tokens take turns.
        for index in range(21):
            got = client.post(PATH, json=(ETH, USDT)[index % 2]).json()["payment_instructions"]
            wanted = independent_address("ethereum", "sepolia", XPUB, index)
            assert (got["derivation_index"], got["address"]) == (index, wanted)
            assert wanted != wanted.lower()  # EIP-55 in the answer, lower case in storage
    stored = rows(
        database.dsn(),
        "SELECT chain, network, derivation_index, address_canonical FROM app.payment_requests",
    )
    keys = {"regtest": TPUB, "testnet": VPUB, "sepolia": XPUB}
    for chain, network, index, address in stored:
        assert address == independent_address(chain, network, keys[network], index).lower()
    assert assert_whole(database.dsn()) == 63
