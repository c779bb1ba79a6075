"""
Every lock that a function takes, met: whoever calls it waits there, while another session has it.

The locks are read from the sources, the cases stand here: a lock that is added needs a case, and a lock
that is removed leaves its case red. That a call waits *somewhere* proves nothing, as what is written
later waits, too; so it is asked in which function, and in which statement. Each case is tried on the
function without its lock as well, where nobody may wait there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import psycopg
import pytest

from service.embedded import Cluster
from tests.conftest import Database
from tests.database import ROOT, TESTS, close_to_public
from tests.support import cloned, execute

FUNCTIONS = ROOT / "db" / "functions"
LOCK = re.compile(
    r"""
    \n\ *FOR\ (?:NO\ KEY\ UPDATE|UPDATE|SHARE|KEY\ SHARE)(?:\ OF\ \w+)?(?:\ SKIP\ LOCKED|\ NOWAIT)?
    | \bpg_advisory_xact_lock(?=\()
    | \bLOCK\ TABLE\b[^;]*;
    """,
    re.VERBOSE,
)

ACCOUNTS = "SELECT FROM ledger.accounts FOR NO KEY UPDATE"
SYNC = "SELECT * FROM given.sync('key a', first_address => 100)"
JOURNAL = "jsonb_build_array(given.journal('k', 'cash', 'wallet', 1))"
HOLD = """
jsonb_build_array(
    given.journal('h', 'wallet', 'cash', 1) || jsonb_build_object(
        'debit_account', given.account('wallet'), 'credit_account', given.account('cash'),
        'amount', '1', 'currency', 'USD', 'expires_at', clock_timestamp() + interval '100 ms'
    )
)
"""
SUE = "given.organization_id('ikea'), given.user_id('sue')"
COKE = "given.organization_id('coke'), given.user_id('cid')"
ORDER_OF_COKE = """
given.path_order(
    '3.1',
    fields => jsonb_build_object(
        'organization_id', given.organization_id('coke'), 'user_id', given.user_id('cid')
    )
)
"""
IKEA = "given.organization_id('ikea'), given.user_id('ann')"

FURNITURE = {
    "app": ("SELECT given.shop()",),
    "identity": ("INSERT INTO identity.used_signatures VALUES (sha256('old'), now() - interval '1 hour')",),
    "wallets": ("SELECT given.people()", "SELECT * FROM given.register(given.registration('a'))"),
    "ledger": (
        "SELECT given.book()",
        "SELECT given.post(given.journal('fund', 'cash', 'wallet', 100))",
        f"SELECT * FROM ledger.post_holds({HOLD})",
        "SELECT pg_sleep(0.2)",
    ),
    "paths": (
        "SELECT given.makers()",
        "SELECT * FROM given.allocate_paths('2.1.1')",
        f"SELECT * FROM paths.register_manufacturer({COKE}, 'n', given.digest('n'), 2, 'Coca-Cola', 3)",
        f"SELECT * FROM paths.allocate_paths(jsonb_build_array({ORDER_OF_COKE}))",
        f"SELECT * FROM paths.define_path_schema({COKE}, 'l', given.digest('l'), 1, 3, 4, 'Plant', NULL, NULL, TRUE, 1)",
        f"SELECT * FROM paths.transfer_manufacturer({IKEA}, 't', given.digest('t'), 1, 2, 2, 'security_upgrade')",
        f"""SELECT * FROM paths.propose({SUE}, 'p', given.digest('p'), 'set_default_wallet', '{{"version_id": 2}}')""",
    ),
}
"""Schema → what there must be for its functions to have something to lock."""


@dataclass(frozen=True)
class Case:
    """`held` by one session, `call` by another: it waits in the function, in a statement that begins so."""

    function: str
    held: str
    call: str
    waits_for: str = "SELECT"


ADVISORY = "SELECT pg_advisory_xact_lock"
PATHS = "SELECT FROM paths.path_registry FOR NO KEY UPDATE"
NODES = "SELECT FROM paths.path_nodes FOR NO KEY UPDATE"
WALLETS = "SELECT FROM paths.wallet_versions FOR NO KEY UPDATE"
MAKERS = "SELECT FROM paths.manufacturer_registry FOR NO KEY UPDATE"

CASES = (
    Case(
        "app.allocate_and_insert",
        "SELECT FROM app.wallet_accounts FOR NO KEY UPDATE",
        "SELECT * FROM given.allocate(jsonb_build_array(given.order('k')),"
        " given.window('wa_btc_regtest_001', 0, 1))",
        waits_for="WITH",
    ),
    Case(
        "app.sync_wallet_account",
        "SELECT pg_advisory_xact_lock(hashtextextended('pgtill wallet account sync', 0))",
        SYNC,
        waits_for=ADVISORY,
    ),
    Case("app.sync_wallet_account", "SELECT FROM app.wallet_accounts FOR NO KEY UPDATE", SYNC),
    Case(
        "app.chain_sync_event",
        "LOCK TABLE app.wallet_account_sync_events IN ROW EXCLUSIVE MODE",
        SYNC,
        waits_for="LOCK TABLE",
    ),
    Case(
        "wallets.change_wallet",
        "SELECT FROM wallets.wallet_registry FOR NO KEY UPDATE",
        "SELECT wallets.change_wallet(given.organization_id(), given.wallet_id('a'), 'x', '{}')",
    ),
    Case("ledger.lock_accounts", ACCOUNTS, f"SELECT ledger.lock_accounts({JOURNAL})"),
    Case(
        "ledger.post_holds",
        ACCOUNTS,
        f"SELECT ledger.post_holds({HOLD})",
    ),
    Case(
        "ledger.resolve_holds",
        ACCOUNTS,
        "SELECT ledger.resolve_holds((SELECT jsonb_agg(given.journal('r', 'wallet', 'cash', 1) ||"
        " jsonb_build_object('hold_id', hold.public_id, 'action', 'release')) FROM ledger.holds AS hold))",
    ),
    Case("ledger.expire_holds", ACCOUNTS, "SELECT ledger.expire_holds(10)"),
    Case("ledger.record_daily_balances", ACCOUNTS, "SELECT ledger.record_daily_balances(current_date - 2)"),
    Case(
        "paths.find_answer",
        "SELECT pg_advisory_xact_lock(hashtextextended('pgtill paths 1 k', 0))",
        "SELECT paths.find_answer(1, 'k', 'hash')",
        waits_for=ADVISORY,
    ),
    Case(
        "paths.create_wallet_version",
        "SELECT pg_advisory_xact_lock(hashtextextended('pgtill paths wallet versions', 0))",
        "SELECT paths.create_wallet_version(NULL, 'hsm:3')",
        waits_for=ADVISORY,
    ),
    Case(
        "paths.continue_transfer",
        "SELECT FROM paths.transfers FOR NO KEY UPDATE",
        f"SELECT paths.continue_transfer({IKEA}, (SELECT public_id FROM paths.transfers), 1)",
    ),
    Case(
        "paths.lock_proposal",
        "SELECT FROM paths.proposals FOR NO KEY UPDATE",
        "SELECT paths.lock_proposal((SELECT public_id FROM paths.proposals))",
    ),
    Case(
        "paths.place_paths",
        NODES,
        "SELECT * FROM paths.allocate_paths(jsonb_build_array(given.child_order('3', 'c')))",
    ),
    Case(
        "paths.count_allocations",
        WALLETS,
        "SELECT paths.count_allocations(ARRAY[(1, 'allocated', 1, '3.7', NULL)::paths.placement])",
    ),
    Case(
        "paths.count_allocations",
        MAKERS,
        "SELECT paths.count_allocations(ARRAY[(1, 'allocated', 1, '3.7', NULL)::paths.placement])",
    ),
    Case(
        "paths.define_path_schema",
        MAKERS,
        f"SELECT paths.define_path_schema({COKE}, 's', given.digest('s'), 1, 3, 4, 'Site', NULL, NULL, TRUE, 1)",
    ),
    Case(
        "paths.define_level_value",
        MAKERS,
        f"SELECT paths.define_level_value({COKE}, 'v', given.digest('v'), 1, 3, 4, 1, 'Atlanta', NULL, NULL, NULL, TRUE)",
    ),
    Case("paths.lock_wallet", WALLETS, "SELECT paths.lock_wallet(1)"),
    Case("paths.set_wallet_status", WALLETS, "SELECT paths.set_wallet_status(2, 'deprecated')"),
    Case("paths.set_default_wallet", WALLETS, "SELECT paths.set_default_wallet(2)"),
    Case("paths.lock_path", PATHS, "SELECT paths.lock_path(given.organization_id('coke'), 1, '3.1')"),
    Case("paths.move_path", PATHS, "SELECT paths.move_path(1, '3.1', 2, 3)"),
)

LEAVES_ALONE = "identity.use_signatures"
"""It locks what nobody else has, and waits for nobody."""


@pytest.fixture(scope="module")
def furnished(cluster: Cluster, template: str) -> Iterator[dict[str, Database]]:
    """A database a schema, in which its functions find what they lock."""
    with ExitStack() as stack:
        databases = {}
        for schema, statements in FURNITURE.items():
            database = stack.enter_context(cloned(cluster, template, f"locks_{schema}"))
            close_to_public(cluster, database.name)
            cluster.run(
                "psql",
                "--no-psqlrc",
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                f"--dbname={database.name}",
                f"--file={TESTS / 'support' / 'given.psql'}",
            )
            execute(database.dsn(), *statements)
            databases[schema] = database
        yield databases


SOURCES = {f"{path.parent.name}.{path.stem}": path.read_text() for path in FUNCTIONS.rglob("*.sql")}


def without_lock(case: Case) -> str:
    """The function's source without the lock of the case: of a function's cases the nth is its nth lock."""
    nth = [each for each in CASES if each.function == case.function].index(case)
    text = SOURCES[case.function]
    found = list(LOCK.finditer(text))[nth]
    return text[: found.start()] + text[found.end() :]


def definition(source: str) -> bytes:
    """The function alone: its trigger, made again, would lock the table."""
    found = re.search(r"^CREATE OR REPLACE FUNCTION.*\$function\$;$", source, re.MULTILINE | re.DOTALL)
    assert found
    return found[0].encode()


def waits(database: Database, case: Case, before: str = "") -> bool:
    """Whether the call waits for what is held, and there; `before` is run in its transaction."""
    with psycopg.connect(database.dsn()) as holder, psycopg.connect(database.dsn()) as caller:
        caller.execute("SET LOCAL lock_timeout = '150ms'")
        if before:
            caller.execute(definition(before))
        assert holder.execute(case.held.encode()).rowcount != 0, "nothing to hold"
        try:
            caller.execute(case.call.encode())
        except psycopg.errors.LockNotAvailable as exc:
            where = str(exc.diag.context)
            # In a trigger, or in a statement that changes the row, whoever is late waits as well.
            innermost = re.findall(r"PL/pgSQL function (\S+)\(", where)[0]
            return f'SQL statement "{case.waits_for}' in where and innermost == case.function
        finally:
            caller.rollback()
        return False


def test_every_lock_of_the_sources_has_its_case() -> None:
    found = [name for name, text in SOURCES.items() for _ in LOCK.findall(text)]
    assert sorted(found) == sorted([LEAVES_ALONE, *(case.function for case in CASES)])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.function}: {case.waits_for}")
def test_who_calls_it_waits_for_who_has_it(furnished: dict[str, Database], case: Case) -> None:
    database = furnished[case.function.partition(".")[0]]
    assert waits(database, case)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.function}: {case.waits_for}")
def test_without_the_lock_nobody_waits_there(furnished: dict[str, Database], case: Case) -> None:
    assert not waits(furnished[case.function.partition(".")[0]], case, before=without_lock(case))


@pytest.mark.parametrize("lock", ["FOR UPDATE SKIP LOCKED", "FOR UPDATE", ""])
def test_expired_signatures_are_left_to_whoever_removes_them(
    furnished: dict[str, Database], lock: str
) -> None:
    with psycopg.connect(furnished["identity"].dsn()) as holder:
        assert holder.execute("SELECT FROM identity.used_signatures FOR UPDATE").rowcount == 1
        with psycopg.connect(furnished["identity"].dsn()) as caller:
            caller.execute("SET LOCAL lock_timeout = '150ms'")
            source = SOURCES[LEAVES_ALONE]
            assert source.count("FOR UPDATE SKIP LOCKED") == 1
            caller.execute(definition(source.replace("FOR UPDATE SKIP LOCKED", lock)))
            call = "SELECT identity.use_signatures(ARRAY[sha256('new')], ARRAY[now()])"
            if lock == "FOR UPDATE SKIP LOCKED":
                assert caller.execute(call).fetchone() == ([True],)
            else:
                with pytest.raises(psycopg.errors.LockNotAvailable):
                    caller.execute(call)
            caller.rollback()
