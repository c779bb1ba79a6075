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
    rows,
    serving,
    starting,
)

HMAC = "canary-hmac-7f3a9c51d2"
PREVIOUS = "canary-previous-0b8e64aa17"
METADATA = "canary-metadata-5d5c7f20e9"
FORGED = "sk_test_0123456789abcdef_" + "canaryforged" + "x" * 31


def test_no_secret_gets_out_whatever_goes_wrong(database: Database, tmp_path: Path) -> None:
    dsn = database.dsn()
    merchant = create_merchant(dsn)
    said: list[str] = []
    variables = {SECRET_VARIABLE: HMAC, PREVIOUS_VARIABLE: json.dumps([PREVIOUS])}
    with (
        serving(database.dsn("pgtill_service"), **variables) as server,
        httpx2.Client(base_url=server.url, headers=merchant.headers, timeout=30) as client,
    ):
        said += provoke(client, dsn)
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

    keys = [TPUB, VPUB, XPUB, HMAC, PREVIOUS, merchant.key, merchant.key.split("_")[-1], FORGED]
    for secret in keys:
        for name, text in (("answers, logs and statistics", "\n".join(said)), ("the server's log", log)):
            assert secret not in text, (secret, name)
        assert secret not in dump, secret
    # What a merchant entrusts to us is stored, and appears nowhere else.
    assert METADATA in dump
    assert METADATA not in "\n".join(said)
    assert METADATA not in log
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
