"""The wallet registry's pages: the clients that they show work, and the alerts fire."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
import yaml  # type: ignore[import-untyped]
from prometheus_client import REGISTRY

from tests.support import ROOT, Shop, serving
from tests.test_signatures import SERVICE_SECRET, create_signer
from tests.test_wallets import create_user, registration

PAGE = (ROOT / "docs" / "wallet-registry.md").read_text()
RUNBOOK = (ROOT / "docs" / "runbooks" / "wallet-registry.md").read_text()
RULES = ROOT / "docs" / "runbooks" / "wallet-registry.rules.yml"
PROMTOOL = shutil.which("promtool")


def function_of_the_page(name: str) -> Callable[..., Any]:
    """A function as the page defines it."""
    blocks: list[str] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    source = next(block for block in blocks if f"def {name}(" in block)
    found: dict[str, Any] = {"contextlib": contextlib, "httpx2": httpx2, "time": time, "uuid": uuid}
    exec(source, found)  # noqa: S102 - our own page
    function: Callable[..., Any] = found[name]
    return function


def test_the_client_has_ten_lines() -> None:
    source = next(
        block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "register_wallet" in block
    )
    assert len([line for line in source.splitlines() if line.strip()]) <= 10


def test_the_client_registers(shop: Shop) -> None:
    register_wallet = function_of_the_page("register_wallet")
    user = create_user(shop.dsn, shop.merchant)
    wallet = register_wallet(shop.client, **registration(user))
    assert shop.client.get(f"/v1/wallets/{wallet['id']}").json() == wallet
    with pytest.raises(httpx2.HTTPStatusError):
        register_wallet(shop.client, **registration(user, provider="stripe"))


def test_the_client_asks_again_with_the_same_key(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    register_wallet = function_of_the_page("register_wallet")
    user = create_user(shop.dsn, shop.merchant)
    keys: list[str] = []

    class Lossy:
        """Loses the first answer, and gets a 503 for the second."""

        def post(self, url: str, **request: Any) -> httpx2.Response:
            keys.append(request["headers"]["Idempotency-Key"])
            answer = shop.client.post(url, **request)
            if len(keys) == 1:
                raise httpx2.ReadError("the answer was lost")
            return httpx2.Response(503, request=answer.request) if len(keys) == 2 else answer

    monkeypatch.setattr("time.sleep", lambda _: None)
    wallet = register_wallet(Lossy(), **registration(user))
    assert len(keys) == 3
    assert len(set(keys)) == 1
    listed = shop.client.get("/v1/wallets", params={"user_id": user}).json()["wallets"]
    assert listed == [wallet]


def test_the_signer_signs(shop: Shop) -> None:
    signed = function_of_the_page("signed")
    signer = create_signer(shop.dsn, shop.merchant)
    with serving(shop.database.dsn("pgtill_service"), PGTILL_SIGNING_SECRET=SERVICE_SECRET) as server:
        path = "/v1/wallets?limit=1"
        headers = signed(signer.key_id, signer.secret, "GET", path)
        assert httpx2.get(server.url + path, headers=headers).status_code == 200


# The alerts


@pytest.fixture(scope="module")
def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def metrics_of(expression: str) -> Iterator[str]:
    for name in re.findall(r"\bwallet_[a-z_]+", re.sub(r"wallet_registry:[\w:]+", "", expression)):
        yield re.sub(r"_(bucket|count|sum)$", "", name)


def test_every_metric_of_a_rule_is_one_of_ours(rules: list[dict[str, Any]]) -> None:
    ours = {metric.name for metric in REGISTRY.collect()}
    used = {name.removesuffix("_total") for rule in rules for name in metrics_of(rule["expr"])}
    assert used == {"wallet_registrations", "wallet_registration_races", "wallet_query_seconds"}
    assert used <= ours


def test_every_recorded_name_of_a_rule_is_recorded(rules: list[dict[str, Any]]) -> None:
    recorded = {rule["record"] for rule in rules if "record" in rule}
    used = {name for rule in rules for name in re.findall(r"wallet_registry:[\w:]+", rule["expr"])}
    assert used <= recorded
    assert set(re.findall(r"`(wallet_registry:[\w:]+)`", RUNBOOK)) <= recorded


def test_the_alerts_are_those_of_the_runbook(rules: list[dict[str, Any]]) -> None:
    alerts = {rule["alert"]: rule for rule in rules if "alert" in rule}
    assert set(alerts) == {"WalletRegistrationSuccessLow", "WalletQuerySlow"}
    assert alerts["WalletRegistrationSuccessLow"]["expr"].endswith("< 0.95")
    assert alerts["WalletQuerySlow"]["expr"].endswith("> 0.1")
    headings = {
        re.sub(r"\W+", "-", heading.lower()) for heading in re.findall(r"^## (.*)$", RUNBOOK, re.MULTILINE)
    }
    for name, rule in alerts.items():
        assert f"`{name}`" in RUNBOOK
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert (ROOT / page).exists()
        assert anchor in headings


def test_a_tenth_of_a_second_is_a_bound_of_the_histogram() -> None:
    from service.metrics import WALLET_QUERY_SECONDS

    assert 0.1 in WALLET_QUERY_SECONDS._kwargs["buckets"]  # else its p99 would be a guess around the alert


@pytest.mark.skipif(PROMTOOL is None, reason="no promtool here (Debian: prometheus); parsed above, not run")
@pytest.mark.parametrize(
    "arguments", [("check", "rules", str(RULES)), ("test", "rules", "tests/wallet_registry_rules_test.yml")]
)
def test_promtool_accepts_the_rules_and_they_fire(arguments: tuple[str, ...]) -> None:
    assert PROMTOOL is not None
    done = subprocess.run([PROMTOOL, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
