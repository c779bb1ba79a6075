"""A server that is told to end carries out what it has sent, though nobody waits for the answer any more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2
import pytest

from service.auth import SCOPES
from tests.conftest import Database
from tests.paths.support import PATHS, Desk, Person, serving_desk
from tests.support import BTC, PATH, Merchant, create_merchant, execute, rows
from tests.test_signatures import SERVICE_SECRET, create_signer

pytestmark = pytest.mark.alone

SLOW_S = 4
"""How long each write takes; longer than a call may, and than it takes to tell the server to end."""


@contextmanager
def slow(dsn: str, table: str) -> Iterator[None]:
    """Whoever adds a row to the table, or changes one, waits."""
    execute(
        dsn,
        f"CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql AS "
        f"'BEGIN PERFORM pg_sleep({SLOW_S}); RETURN NULL; END'",
        f"CREATE TRIGGER slow BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION public.wait()",
    )
    try:
        yield
    finally:
        execute(dsn, "DROP FUNCTION public.wait() CASCADE")


Ask = Callable[[], httpx2.Response]


def owner(desk: Desk) -> Person:
    """Who may do everything in an organization."""
    return desk.person(desk.owner.organization_id, "owner", scopes=SCOPES)


def payment_request(desk: Desk) -> Ask:
    client = owner(desk).client
    return lambda: client.post(PATH, content=json.dumps(BTC))


def journal(desk: Desk) -> Ask:
    client, ledger = owner(desk).client, "/v1/ledger"
    cash, pot = (
        client.post(f"{ledger}/accounts", json={"name": name, "type": kind, "currency": "USD"})
        for name, kind in (("cash", "asset"), ("pot", "equity"))
    )
    lines = [
        {"account": account.json()["id"], "side": side, "amount": "1"}
        for account, side in ((cash, "DEBIT"), (pot, "CREDIT"))
    ]
    return lambda: client.post(f"{ledger}/journals", json={"reason": "last", "lines": lines})


def wallet(desk: Desk) -> Ask:
    person = owner(desk)
    body = {"user_id": person.user_id, "provider": "fincra", "provider_account_id": "last"}
    return lambda: person.client.post("/v1/wallets", json=body)


def end_of_wallet(desk: Desk) -> Ask:
    person = owner(desk)
    body = {"user_id": person.user_id, "provider": "fincra", "provider_account_id": "ends"}
    made = person.client.post("/v1/wallets", json=body)
    return lambda: person.client.post(f"{made.headers['location']}/deactivate")


def path(desk: Desk) -> Ask:
    body = {"wallet_version": 1, "base_path": f"{desk.owner.register()}.1"}
    return lambda: desk.owner.client.post(PATHS, json=body)


def signature(desk: Desk) -> Ask:
    merchant: Merchant = create_merchant(desk.dsn, "signs")
    signer, target = create_signer(desk.dsn, merchant), "/v1/wallets?user_id=usr_x"
    return lambda: httpx2.get(f"{desk.server.url}{target}", headers=signer.headers("GET", target))


@pytest.mark.parametrize(
    ("stored", "prepare", "code"),
    [
        ("app.payment_requests", payment_request, "outcome_unknown"),
        ("ledger.journals", journal, "outcome_unknown"),
        ("wallets.wallet_registry", wallet, "outcome_unknown"),
        ("wallets.wallet_registry WHERE NOT is_active", end_of_wallet, "outcome_unknown"),
        ("paths.path_registry", path, "outcome_unknown"),
        ("identity.used_signatures", signature, "database_unavailable"),
    ],
)
def test_what_was_not_answered_in_time_is_carried_out_before_the_end(
    database: Database, stored: str, prepare: Callable[[Desk], Ask], code: str
) -> None:
    variables = {"PGTILL_CALL_DEADLINE_SECONDS": "2", "PGTILL_SIGNING_SECRET": SERVICE_SECRET}
    with serving_desk(database, **variables) as desk:
        ask = prepare(desk)
        with slow(desk.dsn, stored.split()[0]):
            answer = ask()
            assert (answer.status_code, answer.json()["error"]["code"]) == (503, code)
            assert desk.server.stop() == 0, desk.server.text
        assert rows(desk.dsn, f"SELECT count(*) FROM {stored}") == [(1,)]
