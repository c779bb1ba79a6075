"""Bodies that no route asked for: refused by each in the same way, and as /openapi.json says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2
import pytest

from service.auth import SCOPES
from service.http.openapi import document
from tests.conftest import Database
from tests.paths.support import assert_documented, serving_desk

# The batch of paths takes a megabyte; nothing takes more.
HUGE = b" " * (1024 * 1024 + 1)

WRITES = [
    (method.upper(), path)
    for path, operations in document()["paths"].items()
    for method in operations
    if method != "get"
]
READS = [path for path in document()["paths"] if "get" in document()["paths"][path]]

NAMED = {
    "wallet_version": "1",
    "version_id": "1",
    "manufacturer_index": "2",
    "base_path": "2.3",
    "path_level": "3",
    "level_value": "1",
}
"""What a placeholder of a path is asked with; all others are names of nothing."""


@pytest.fixture(scope="module")
def client(module_database: Database) -> Iterator[httpx2.Client]:
    """Somebody who may ask for everything."""
    with serving_desk(module_database) as desk:
        yield desk.person(desk.root.organization_id, "owner", scopes=SCOPES, is_super_admin=True).client


def filled(path: str) -> str:
    return re.sub(r"{(\w+)}", lambda place: NAMED.get(place[1], "nothing"), path)


def in_chunks(body: bytes) -> Iterator[bytes]:
    """Without a declared length."""
    yield body[:1]
    yield body[1:]


WRONG = (
    b"[]",
    b"null",
    b'"text"',
    b"{",
    b" ",
    b"\xff",
    b'{"surprise": 1}',
    b"{}{}",
    b"[" * 10_000,
    b"<order/>",
    b"surprise=1",
)


@pytest.mark.parametrize(("method", "path"), WRITES, ids=lambda value: value.strip("/"))
class TestWrites:
    def test_a_body_that_is_too_long_is_413(self, client: httpx2.Client, method: str, path: str) -> None:
        for content in (HUGE, in_chunks(HUGE)):
            answer = client.request(method, filled(path), content=content)
            assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")
            assert_documented(method, filled(path), answer)

    @pytest.mark.parametrize(
        "kind", ["application/json", "application/x-www-form-urlencoded", "multipart/", ""]
    )
    def test_a_body_that_is_no_order_of_the_route_is_400(
        self, client: httpx2.Client, method: str, path: str, kind: str
    ) -> None:
        for body in WRONG:
            for content in (body, in_chunks(body)):
                headers = {"content-type": kind}
                answer = client.request(method, filled(path), content=content, headers=headers)
                assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request"), body
                assert_documented(method, filled(path), answer)

    def test_no_body_and_an_empty_object_are_one_where_none_is_asked_for(
        self, client: httpx2.Client, method: str, path: str
    ) -> None:
        answers = [client.request(method, filled(path), content=body) for body in (b"", b"{}")]
        for answer in answers:
            assert_documented(method, filled(path), answer)
        if "requestBody" not in document()["paths"][path][method.lower()]:
            assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("path", READS, ids=lambda value: value.strip("/"))
def test_a_body_means_nothing_to_a_read(client: httpx2.Client, path: str) -> None:
    plain = client.get(filled(path))
    for content in (b"{", HUGE):
        answer = client.request("GET", filled(path), content=content)
        assert (answer.status_code, answer.content) == (plain.status_code, plain.content)
