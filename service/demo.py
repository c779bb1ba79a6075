"""`pgtill run`: a database, a merchant and curl lines, for a first look."""

from __future__ import annotations

import asyncio
import os
import secrets
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

import psycopg
import structlog
import typer

from service import logs, migrations, server
from service.auth import SCOPES, make_key
from service.config import SIGNING_VARIABLE, Settings, database_url
from service.database import create_pool, identity
from service.embedded import Cluster
from service.keysets import PUBLISHED_TEST_KEYSETS
from service.keysets import VARIABLE as KEYSETS_VARIABLE

log = structlog.get_logger()

DATABASE: Final = "pgtill"
MERCHANT: Final = "demo"
USER: Final = "demo@example.org"
SIGNING_SECRET: Final = migrations.ROOT / ".secrets" / "signing"
SECRET_VARIABLE: Final = "PAYMENT_REQUEST_KEYSET_HASH_HMAC_SECRET"  # noqa: S105 - a name, not a secret


def run() -> None:
    """Start what is missing, serve until Ctrl-C, stop what was started."""
    logs.configure()
    with ExitStack() as stack:
        admin_url, service_url = _database(stack)
        migrations.deploy(admin_url, quiet=True)
        log.info("schema deployed")
        demo = asyncio.run(_demo_merchant(admin_url))
        settings = Settings.from_env({**os.environ, "DATABASE_URL": service_url, **_defaults()})
        server.serve(settings, when_up=lambda: typer.echo(_welcome(settings.port, demo)))


def _database(stack: ExitStack) -> tuple[str, str]:
    """Two DSNs: who may deploy, and who serves."""
    if os.environ.get("DATABASE_URL"):
        url = database_url()
        return url, url
    cluster = Cluster.embedded(migrations.ROOT)
    cluster.start()
    stack.callback(cluster.stop)
    with psycopg.connect(cluster.dsn(), autocommit=True) as conn:
        if conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() is None:
            conn.execute(f"CREATE DATABASE {DATABASE}")
    log.info("database started", version=cluster.version)
    return cluster.dsn(dbname=DATABASE), cluster.dsn("pgtill_service", DATABASE)


async def _demo_merchant(dsn: str) -> tuple[str, str] | None:
    """The demo merchant's key and user, made with the merchant; None when that was done before."""
    async with create_pool(dsn, size=1, role="pgtill_operator") as pool:
        try:
            organization_id = await identity.create_organization(pool, name=MERCHANT)
        except psycopg.Error as exc:
            if exc.sqlstate != "TL902":
                raise
            return None
        key = make_key()
        await identity.create_api_key(
            pool,
            organization_id=organization_id,
            key_id=key.key_id,
            secret_hash=key.secret_hash,
            scopes=list(SCOPES),
        )
        user_id = await identity.create_user(pool, organization_id=organization_id, email=USER, role="owner")
        return key.text, user_id


def _defaults() -> dict[str, str]:
    """What a first look needs and the environment does not say."""
    given = {name for name in os.environ if os.environ[name]}
    defaults = {}
    if not given & {KEYSETS_VARIABLE, f"{KEYSETS_VARIABLE}_FILE"}:
        log.warning("published test keys in use: anyone can spend what is sent to these addresses")
        defaults[KEYSETS_VARIABLE] = PUBLISHED_TEST_KEYSETS
    if not given & {SECRET_VARIABLE, f"{SECRET_VARIABLE}_FILE"}:
        defaults[SECRET_VARIABLE] = _local_secret(migrations.ROOT / ".secrets" / "keyset-hash-hmac")
    if not given & {SIGNING_VARIABLE, f"{SIGNING_VARIABLE}_FILE"}:
        defaults[SIGNING_VARIABLE] = _local_secret(SIGNING_SECRET)
    return defaults


def signing_secrets() -> tuple[str, ...]:
    """The secret that a start in this folder made, if there was one."""
    return (SIGNING_SECRET.read_text(),) if SIGNING_SECRET.exists() else ()


def _local_secret(path: Path) -> str:
    """A secret made at the first start and kept in this folder, readable by us alone."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        with open(path, "x", opener=partial(os.open, mode=0o600)) as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text()


def _welcome(port: int, demo: tuple[str, str] | None) -> str:
    url = f"http://127.0.0.1:{port}"
    if demo is None:
        said = "The demo merchant's key was shown at the first start; `.venv/bin/pgtill merchant create NAME` makes one."
        assignment = "KEY='sk_test_…'"
        user_id = f"usr_{'0' * 24}"
    else:
        key, user_id = demo
        said = "The demo merchant's key is shown this once."
        assignment = f"KEY='{key}'"
    return f"""
pgtill is up on {url} (Ctrl-C stops it). {said}
Try, in another terminal:

{assignment}
curl -s {url}/v1/assets -H "Authorization: Bearer $KEY"
curl -si {url}/v1/payment-requests -H "Authorization: Bearer $KEY" \\
  -H 'Idempotency-Key: order-1' -H 'Content-Type: application/json' \\
  -d '{{"chain":"bitcoin","network":"regtest","asset":"BTC","expected_amount_minor":"150000"}}'
curl -si {url}/v1/payment-requests -H "Authorization: Bearer $KEY" \\
  -H 'Idempotency-Key: order-2' -H 'Content-Type: application/json' \\
  -d '{{"chain":"ethereum","network":"sepolia","asset":"USDT","expected_amount_minor":"2500000"}}'
curl -si {url}/v1/wallets -H "Authorization: Bearer $KEY" \\
  -H 'Idempotency-Key: wallet-1' -H 'Content-Type: application/json' \\
  -d '{{"user_id":"{user_id}","provider":"fincra","provider_account_id":"wallet_123"}}'

The API's own page: {url}/docs
"""
