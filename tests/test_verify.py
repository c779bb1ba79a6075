"""`sqitch verify` finds what is missing or open: each thing taken away, or granted, must make it fail."""

from __future__ import annotations

import re
import subprocess

import psycopg
import pytest

from tests.conftest import Database
from tests.database import ROOT

# What is done behind sqitch's back, and the change that must complain.
SABOTAGE = {
    "a CHECK dropped": (
        "ALTER TABLE app.payment_requests DROP CONSTRAINT payment_requests_address_valid",
        "tables/app/payment_requests",
    ),
    "a unique constraint dropped": (
        "ALTER TABLE app.payment_requests DROP CONSTRAINT payment_requests_derivation_index_unique",
        "tables/app/payment_requests",
    ),
    "a foreign key dropped": (
        "ALTER TABLE app.asset_catalog DROP CONSTRAINT asset_catalog_enabled_account_active_fk",
        "tables/app/asset_catalog",
    ),
    "a constraint there, but not for the rows there are": (
        """
        ALTER TABLE app.asset_catalog DROP CONSTRAINT asset_catalog_decimals_range;
        ALTER TABLE app.asset_catalog
        ADD CONSTRAINT asset_catalog_decimals_range CHECK (decimals BETWEEN 0 AND 77) NOT VALID
        """,
        "tables/app/asset_catalog",
    ),
    "an index dropped": (
        "DROP INDEX identity.api_keys_organization_idx",
        "tables/identity/api_keys",
    ),
    "a unique index dropped": (
        "DROP INDEX app.wallet_accounts_active_parent_key_unique",
        "tables/app/wallet_accounts",
    ),
    "a unique index that is not unique any more": (
        """
        DROP INDEX app.wallet_accounts_active_parent_key_unique;
        CREATE INDEX wallet_accounts_active_parent_key_unique
        ON app.wallet_accounts (chain, network, parent_key_digest) WHERE is_active
        """,
        "tables/app/wallet_accounts",
    ),
    "a column dropped": (
        "ALTER TABLE app.payment_requests DROP COLUMN token_decimals CASCADE",
        "tables/app/payment_requests",
    ),
    "a NOT NULL dropped": (
        "ALTER TABLE app.payment_requests ALTER COLUMN address_canonical DROP NOT NULL",
        "roles/pgtill_owner",
    ),
    "a trigger dropped": (
        "DROP TRIGGER payment_requests_never_removed ON app.payment_requests",
        "functions/app/refuse_payment_request_change",
    ),
    "a trigger disabled": (
        "ALTER TABLE app.wallet_account_sync_events DISABLE TRIGGER wallet_account_sync_events_append_only",
        "functions/app/refuse_sync_event_change",
    ),
    "a trigger that replication switches off": (
        "ALTER TABLE app.wallet_accounts ENABLE TRIGGER wallet_accounts_cursor_never_goes_back",
        "functions/app/refuse_cursor_rewind",
    ),
    "a notification dropped": (
        "DROP TRIGGER asset_catalog_changed ON app.asset_catalog",
        "functions/app/notify_catalog_changed",
    ),
    "a function dropped": (
        "DROP FUNCTION app.get_payment_requests(bigint[], text[])",
        "functions/app/get_payment_requests",
    ),
    "a view dropped": ("DROP VIEW app.anomalies", "views/app/anomalies"),
    "a function with the rights of its caller": (
        "ALTER FUNCTION app.allocate_and_insert(jsonb, jsonb) SECURITY INVOKER",
        "functions/app/allocate_and_insert",
    ),
    "a function with a search_path of its caller": (
        "ALTER FUNCTION app.sync_wallet_account(text, text, text, text, text, text[], text) RESET search_path",
        "functions/app/sync_wallet_account",
    ),
    "a private function with a search_path of its caller": (
        "ALTER FUNCTION wallets.refuse_wallet_change() RESET search_path",
        "functions/wallets/refuse_wallet_change",
    ),
    "a private function of a superuser": (
        "ALTER FUNCTION app.insert_allocations(jsonb, jsonb) OWNER TO postgres",
        "functions/app/insert_allocations",
    ),
    "a private function with the rights of its owner": (
        "ALTER FUNCTION app.plan_allocation(jsonb, jsonb) SECURITY DEFINER",
        "functions/app/plan_allocation",
    ),
    "a function of a superuser": (
        "ALTER FUNCTION identity.find_api_key(text) OWNER TO postgres",
        "functions/identity/find_api_key",
    ),
    "EXECUTE revoked": (
        "REVOKE EXECUTE ON FUNCTION app.list_assets() FROM pgtill_service",
        "functions/app/list_assets",
    ),
    "EXECUTE granted to PUBLIC": (
        "GRANT EXECUTE ON FUNCTION app.plan_allocation(jsonb, jsonb) TO public",
        "functions/app/plan_allocation",
    ),
    "EXECUTE granted to a role that has no need of it": (
        "GRANT EXECUTE ON FUNCTION app.set_mainnet_override(boolean) TO pgtill_service",
        "functions/app/set_mainnet_override",
    ),
    "SELECT granted to the service": (
        "GRANT SELECT (secret_hash) ON identity.api_keys TO pgtill_service",
        "tables/identity/api_keys",
    ),
    "INSERT granted to PUBLIC": (
        "GRANT INSERT ON app.idempotency_records TO public",
        "tables/app/idempotency_records",
    ),
    "UPDATE granted to operators": (
        "GRANT UPDATE ON app.wallet_accounts TO pgtill_operator",
        "tables/app/wallet_accounts",
    ),
    "SELECT on the view revoked": (
        "REVOKE SELECT ON app.anomalies FROM pgtill_auditor",
        "views/app/anomalies",
    ),
    "DELETE on a view granted": (
        "GRANT DELETE ON wallets.audit_trail TO pgtill_operator",
        "views/wallets/audit_trail",
    ),
    "the schema closed": ("REVOKE USAGE ON SCHEMA app FROM pgtill_service", "schemas/app"),
    "the schema opened": ("GRANT CREATE ON SCHEMA identity TO pgtill_service", "schemas/identity"),
    "TEMPORARY granted to PUBLIC": (
        "GRANT TEMPORARY ON DATABASE test TO public",
        "roles/public",
    ),
    "a reference row removed": (
        "DELETE FROM app.asset_catalog WHERE asset = 'USDT'",
        "reference/app/asset_catalog",
    ),
}


def verify(database: Database, *arguments: str) -> tuple[int, str]:
    """Exit code and everything that sqitch says."""
    done = subprocess.run(
        ["sqitch", "verify", *arguments],
        cwd=ROOT,
        env=database.cluster.env(dbname=database.name),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_whole_schema_verifies(database: Database) -> None:
    code, said = verify(database)
    assert (code, "Verify successful" in said) == (0, True), said
    assert "does not exist" not in said, said  # a script that is not there is only a warning


@pytest.mark.parametrize(("statement", "change"), SABOTAGE.values(), ids=SABOTAGE.keys())
def test_what_is_missing_or_open_is_named(database: Database, statement: str, change: str) -> None:
    with psycopg.connect(database.dsn(), autocommit=True) as connection:
        connection.execute(statement)

    # The one change that must complain: all sixty take a second.
    code, said = verify(database, "--from", change, "--to", change)

    assert code != 0, said
    assert re.search(rf"^ *\* {re.escape(change)} \.+ (?!ok)", said, re.MULTILINE), said
