"""Secrets that were given to the service are found in no log, answer, statistic or dump."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx2
import psycopg

from tests.conftest import Database
from tests.derivation.support import TPUB, VPUB, XPUB
from tests.support import (
    BTC,
    ETH,
    PATH,
    PREVIOUS_VARIABLE,
    SECRET_VARIABLE,
    create_merchant,
    execute,
    rows,
    serving,
    starting,
)
from tests.test_signatures import Signer, create_signer

HMAC = "canary-hmac-7f3a9c51d2"
PREVIOUS = "canary-previous-0b8e64aa17"
SIGNING = "canary-signing-c41d0e8b77-as-long-as-it-must-be"
KEPT_AT = "canary-hsm-93be1f0c24"
METADATA = "canary-metadata-5d5c7f20e9"
FORGED = "sk_test_0123456789abcdef_" + "canaryforged" + "x" * 31


def test_no_secret_gets_out_whatever_goes_wrong(database: Database, tmp_path: Path) -> None:
    dsn = database.dsn()
    merchant = create_merchant(dsn)
    signer = create_signer(dsn, merchant, sealed_by=SIGNING)
    execute(dsn, f"UPDATE paths.wallet_versions SET master_key_id = '{KEPT_AT}'")
    said: list[str] = []
    variables = {
        SECRET_VARIABLE: HMAC,
        PREVIOUS_VARIABLE: json.dumps([PREVIOUS]),
        "PGTILL_SIGNING_SECRET": SIGNING,
    }
    with (
        serving(database.dsn("pgtill_service"), **variables) as server,
        httpx2.Client(base_url=server.url, headers=merchant.headers, timeout=30) as client,
    ):
        said += provoke(client, dsn)
        said += provoke_the_ledger(client, dsn)
        said += provoke_signed(client, signer)
        said.append(client.get("/v1/wallet-versions").text)
        said += [text for (text,) in rows(dsn, "SELECT query FROM pg_stat_activity WHERE query IS NOT NULL")]
        said += [client.get(path).text for path in ("/metrics", "/openapi.json", "/docs", "/readyz")]
        said.append(server.text)
    # A start that fails says why, and not with what.
    with starting(
        database.dsn("pgtill_service"), **{**variables, "PAYMENT_REQUEST_DEVTEST_KEYSETS_JSON": TPUB}
    ) as failed:
        assert failed.process.wait(30) != 0
        said.append(failed.text)
    dump = database.cluster.run("pg_dump", f"--dbname={database.name}")
    log = database.cluster.log_path.read_text(errors="replace")

    keys = [TPUB, VPUB, XPUB, HMAC, PREVIOUS, SIGNING, signer.secret]
    keys += [merchant.key, merchant.key.split("_")[-1], FORGED]
    for secret in keys:
        for name, text in (("answers, logs and statistics", "\n".join(said)), ("the server's log", log)):
            assert secret not in text, (secret, name)
        assert secret not in dump, secret
    # What is entrusted to us is stored, and appears nowhere else.
    for secret in (METADATA, KEPT_AT):
        assert secret in dump
        assert secret not in "\n".join(said)
        assert secret not in log
    assert not re.search(r"[a-z]prv[1-9A-HJ-NP-Za-km-z]{50}", dump)


def provoke(client: httpx2.Client, dsn: str) -> list[str]:
    """One answer of every kind that a client can get at."""
    order = BTC | {"metadata": {"note": METADATA}}
    answers = [
        client.post(PATH, json=order, headers={"idempotency-key": "canary"}),
        client.post(PATH, json=order, headers={"idempotency-key": "canary"}),
        client.post(PATH, json=order | {"expires_in_seconds": 61}, headers={"idempotency-key": "canary"}),
        client.post(PATH, json=order | {"asset": "DOGE"}),
        client.post(PATH, json=order | {"expected_amount_minor": METADATA}),
        client.post(PATH, json=order | {METADATA: METADATA}),
        client.post(PATH, content=json.dumps(order)[:-2]),
        client.post(PATH, content=json.dumps(order | {"metadata": METADATA + "x" * 70_000})),
        client.post(PATH, json=order, headers={"authorization": f"Bearer {FORGED}"}),
        client.post(PATH, json=order, headers={"authorization": FORGED}),
        client.get(f"{PATH}/{METADATA}"[:200], headers={"authorization": f"Bearer {FORGED}"}),
        client.get(f"{PATH}/pr_000000000000000000000000"),
        client.put(PATH, json=order),
    ]
    with psycopg.connect(dsn) as holder:
        holder.execute("SELECT FROM app.wallet_accounts FOR UPDATE")
        answers.append(client.post(PATH, json=ETH | {"metadata": {"note": METADATA}}))
    with psycopg.connect(dsn, autocommit=True) as breaker:
        # A bug in the database: its error speaks of the row, and the row of the metadata.
        breaker.execute(
            "ALTER TABLE app.payment_requests ADD CONSTRAINT canary CHECK (metadata = '{}') NOT VALID"
        )
        answers.append(client.post(PATH, json=order))
        breaker.execute("ALTER TABLE app.payment_requests DROP CONSTRAINT canary")
    assert {201, 200, 409, 400, 413, 401, 404, 405, 503} <= {answer.status_code for answer in answers}
    texts = [answer.text for answer in answers]
    unknown = [text for text in texts if METADATA in text]
    # A field that was named in the request may be named in its refusal, and nothing else.
    assert all('"code":"invalid_request"' in text for text in unknown), unknown
    return [text for text in texts if text not in unknown] + [str(answer.headers) for answer in answers]


def provoke_the_ledger(client: httpx2.Client, dsn: str) -> list[str]:
    """Journals that are posted and refused, for every reason there is; their reason is the merchant's own."""

    def open_account(name: str, **more: str) -> str:
        account = {"name": name, "type": "asset", "currency": "USD", **more}
        return str(client.post("/v1/ledger/accounts", json=account).json()["id"])

    cash, bank, full = open_account("cash"), open_account("bank"), open_account("full", floor="0")

    def post(*moves: tuple[str, str, str], key: str | None = None, **more: str) -> httpx2.Response:
        lines = [{"account": account, "side": side, "amount": amount} for account, side, amount in moves]
        headers = {"idempotency-key": key} if key else {}
        body = {"reason": METADATA, "lines": lines, **more}
        return client.post("/v1/ledger/journals", json=body, headers=headers)

    move = (cash, "DEBIT", "5"), (bank, "CREDIT", "5")
    with psycopg.connect(dsn, autocommit=True) as breaker:
        breaker.execute("ALTER TABLE ledger.journals ADD CONSTRAINT canary CHECK (reason = '') NOT VALID")
        broken = post(*move)
        breaker.execute("ALTER TABLE ledger.journals DROP CONSTRAINT canary")
    answers = [
        broken,
        post(*move, key="canary"),
        post(*reversed(move), key="canary"),
        post((cash, "DEBIT", "5"), (full, "CREDIT", "5")),
        post((cash, "DEBIT", "5"), (bank, "CREDIT", "4")),
        post((cash, "DEBIT", METADATA), (bank, "CREDIT", "4")),
        post((METADATA, "DEBIT", "5"), (bank, "CREDIT", "5")),
        post(*move, event_at=METADATA),
    ]
    assert {201, 400, 409, 422} <= {answer.status_code for answer in answers}
    return [answer.text + str(answer.headers) for answer in answers]


def provoke_signed(client: httpx2.Client, signer: Signer) -> list[str]:
    """Signed requests: a good one, the same again, one changed under way, one too old."""
    target = "/v1/wallets"
    good = signer.headers("GET", target)
    requests = [good, good, signer.headers("POST", target), signer.headers("GET", target, at=1.0)]
    answers = [
        httpx2.get(f"{str(client.base_url).rstrip('/')}{target}", headers=headers, timeout=30)
        for headers in requests
    ]
    assert [answer.status_code for answer in answers] == [200, 401, 401, 401]
    return [answer.text + str(answer.headers) for answer in answers]
