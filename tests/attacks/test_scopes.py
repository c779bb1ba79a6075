"""Every route there is, asked with a key that may do all else: none is added without its scope."""

from __future__ import annotations

import re

import pytest

from service.auth import SCOPES
from service.http.openapi import AREAS
from tests.support import Merchant, Shop, add_key

ROUTES = sorted(
    {
        (method, route.path)
        for area in AREAS
        for route in area.ROUTES
        for method in sorted((route.methods or set()) - {"HEAD"})
    }
)

AREA_OF = {
    "payment-requests": "payment_requests",
    "assets": "assets",
    "wallets": "wallets",
    "ledger": "ledger",
    "paths": "paths",
    "path-schemas": "paths",
    "manufacturers": "paths",
    "wallet-versions": "paths",
    "transfers": "paths",
    "incidents": "paths",
}
"""The first part of a route → whose scopes it is behind."""

FOR_ADMINS = re.compile(r"/v1/(transfers|incidents|wallet-versions/proposals)")
READS = ("/v1/paths/verify", "/v1/transfers/verify")
"""What is asked with POST and changes nothing."""


def scope_of(method: str, path: str) -> str:
    area = AREA_OF[path.split("/")[2]]
    if path.startswith("/v1/wallet-versions/proposals"):
        return "paths:admin"
    if method == "GET" or path in READS:
        return f"{area}:read"
    return f"{area}:admin" if FOR_ADMINS.match(path) else f"{area}:write"


@pytest.fixture(scope="module")
def all_but(shop: Shop) -> dict[str, Merchant]:
    """Scope → a key that has every other one."""
    return {
        scope: add_key(shop.dsn, shop.merchant, [name for name in SCOPES if name != scope])
        for scope in SCOPES
    }


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_route_lets_a_key_in_that_has_every_scope_but_its_own(
    shop: Shop, all_but: dict[str, Merchant], method: str, path: str
) -> None:
    scope = scope_of(method, path)
    concrete = re.sub(r"\{\w+\}", "3", path)
    answer = shop.client.request(method, concrete, content=b"{}", headers=all_but[scope].headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "insufficient_scope")
    assert answer.json()["error"]["details"] == {"scope": scope}
    nobody = shop.client.request(method, concrete, content=b"{}", headers={"authorization": "Bearer no"})
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (401, "unauthorized")


def test_every_scope_is_wanted_somewhere() -> None:
    assert {scope_of(*route) for route in ROUTES} == set(SCOPES)
