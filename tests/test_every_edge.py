"""
Every bound and order of a function, put wrong one at a time: < where <= stands, no LIMIT, upside down.

They are found in the sources, so that what is added tomorrow is held, too: a pgTAP test of the function,
of one that calls it, or a story must turn red. Here a few are tried, other ones each time; with --long all
of them. What no test here can notice is named in ELSEWHERE with what does, what nobody need notice in
HARMLESS. The order of locks is what two sessions see: db/tests/isolation.
"""

from __future__ import annotations

import random

import pytest

from tests.conftest import Database
from tests.controls.functions import SOURCES, is_noticed
from tests.controls.mutants import edges
from tests.database import ROOT

EDGES = [(name, edge) for name, source in SOURCES.items() for edge in edges(source)]
FEW = 8

STANDBYS = "tests/ha/test_replica_reads.py"

ELSEWHERE = {
    (
        "app.has_replayed",
        "bound: ) > ('x' || lpad(substr(has_replayed.token, 1, 8), 16, '0'))::bit(64)::bigint",
    ): STANDBYS,
    (
        "app.has_replayed",
        "bound: > ('x' || substr(has_replayed.token, 9))::bit(64)::bigint",
    ): STANDBYS,
}
"""Function, and the edge as it is when it is wrong → what notices it."""

AT_ONCE = "whether the very microsecond counts: no test can stop the clock there"
NO_SUCH_PATH = "no path is spelled like that: none is at the bound itself"
LOCKS = "an order of insertions, so of locks: upside down it is one order still"

HARMLESS = {
    (
        "app.insert_allocations",
        "order: ORDER BY answer.organization_id DESC, answer.idempotency_key",
    ): LOCKS,
    (
        "app.insert_allocations",
        "order: ORDER BY answer.organization_id, answer.idempotency_key DESC",
    ): LOCKS,
    (
        "identity.use_signatures",
        "order: ORDER BY item.signature DESC, item.place",
    ): LOCKS,
    (
        "ledger.broken_links",
        "order: string_agg(linked.image, ''::bytea ORDER BY linked.version, linked.place DESC) AS images,",
    ): "of one version a link has more than one only where a hash was removed: it is broken in any order",
    (
        "ledger.broken_links",
        "order: ORDER BY joined.id DESC, joined.version, joined.link;",
    ): "verify() orders what it is told",
    (
        "ledger.broken_links",
        "order: ORDER BY joined.id, joined.version DESC, joined.link;",
    ): "the same",
    (
        "ledger.expire_holds",
        "bound: WHERE open.expires_at < clock_timestamp()",
    ): AT_ONCE,
    (
        "ledger.insert_journals",
        "bound: CASE WHEN abs(_balances[_slot]) <= 1e80 THEN _balances[_slot] END, NULL",
    ): "a balance of 1e78 is refused before; it is there so that nothing overflows",
    (
        "ledger.insert_journals",
        "bound: IF cardinality(_journals) >= 0 THEN",
    ): "nothing to write is written",
    (
        "ledger.record_daily_balances",
        "bound: IF _end >= clock_timestamp() THEN",
    ): AT_ONCE,
    (
        "ledger.resolve_hold",
        "bound: WHEN _settles AND _hold.expires_at < clock_timestamp() THEN 'hold_expired'",
    ): AT_ONCE,
    (
        "ledger.version_at",
        "order: ORDER BY closing.day ASC",
    ): "a day further away: the search is longer and ends at the same place",
    (
        "ledger.version_at",
        "order: ORDER BY closing.day DESC",
    ): "the same, after it",
    (
        "ledger.write_journals",
        "order: ORDER BY made.organization_id DESC, made.idempotency_key",
    ): LOCKS,
    (
        "paths.advance_transfer",
        """bound: >= coalesce(_transfer.resume_after, _transfer.source_index || '.') COLLATE "C\"""",
    ): "the path it ended with has moved and is not taken again",
    (
        "paths.advance_transfer",
        """bound: AND path.base_path <= (_transfer.source_index || '/') COLLATE "C\"""",
    ): NO_SUCH_PATH,
    (
        "paths.allocate_batch",
        "bound: EXIT WHEN _attempt >= 0 AND current_setting('transaction_isolation') <> 'read committed';",
    ): "whoever is above READ COMMITTED is told to call again, an attempt sooner",
    (
        "paths.list_paths",
        """bound: AND registered.base_path <= coalesce(list_paths.prefix || '/', ':') COLLATE pg_catalog."C\"""",
    ): NO_SUCH_PATH,
    (
        "paths.manufacturer_tree",
        """bound: <= (manufacturer_tree.manufacturer_index::text || '/') COLLATE pg_catalog."C\"""",
    ): NO_SUCH_PATH,
    (
        "paths.manufacturer_tree",
        """bound: AND deeper.base_path <= (page.base_path || '/') COLLATE pg_catalog."C\"""",
    ): NO_SUCH_PATH,
    (
        "paths.move_paths",
        "order: ORDER BY path.base_path DESC;",
    ): LOCKS,
    (
        "paths.open_transfer",
        """bound: AND path.base_path >= (_source.manufacturer_index || '.') COLLATE "C\"""",
    ): NO_SUCH_PATH,
    (
        "paths.open_transfer",
        """bound: AND path.base_path <= (_source.manufacturer_index || '/') COLLATE "C\"""",
    ): NO_SUCH_PATH,
    (
        "paths.parse_path",
        "bound: - 2 * (cardinality(string_to_array(parse_path.path, '.')) - 1) < 9",
    ): "a short way: without it the numbers are compared, and say the same",
    (
        "paths.parse_scan_url",
        "bound: length(cut.query) < 512",
    ): "what can be read is shorter; it is there so that nothing long is looked at",
    (
        "paths.place_paths",
        "bound: AND (SELECT count(*) FROM placed) > 0",
    ): "says only that one statement waits for the other; where nothing is placed nobody is named",
    (
        "paths.place_paths",
        'order: ORDER BY plan.wallet_version DESC, plan.base_path COLLATE "C"',
    ): LOCKS,
    (
        "paths.place_paths",
        'order: ORDER BY plan.wallet_version, plan.base_path COLLATE "C" DESC',
    ): LOCKS,
    (
        "paths.try_to_allocate",
        "order: ORDER BY asked.organization_id DESC, asked.idempotency_key;",
    ): LOCKS,
    (
        "paths.try_to_allocate",
        "order: ORDER BY asked.organization_id, asked.idempotency_key DESC;",
    ): LOCKS,
    (
        "paths.verify_lineage",
        "bound: WHEN origin.id >= lineage.id THEN 'its predecessor was assigned later'",
    ): "none is its own predecessor: manufacturer_lineage_predecessor_another",
    (
        "wallets.insert_registrations",
        'order: ORDER BY item.user_id DESC, item.idempotency_key COLLATE "C", item.item_position',
    ): LOCKS,
    (
        "wallets.insert_registrations",
        'order: ORDER BY item.user_id, item.idempotency_key COLLATE "C" DESC, item.item_position',
    ): LOCKS,
    (
        "wallets.insert_registrations",
        'order: item.user_id DESC, item.provider, item.provider_account_id COLLATE "C", item.item_position',
    ): LOCKS,
    (
        "wallets.insert_registrations",
        'order: item.user_id, item.provider DESC, item.provider_account_id COLLATE "C", item.item_position',
    ): LOCKS,
    (
        "wallets.insert_registrations",
        'order: item.user_id, item.provider, item.provider_account_id COLLATE "C" DESC, item.item_position',
    ): LOCKS,
    (
        "wallets.list_wallets",
        "bound: LIMIT ALL",
    ): "of each user as many as of all are enough: the LIMIT of all stands",
}
"""The same → why nothing is lost."""


def test_an_edge_that_is_put_wrong_is_missed(
    workshop: Database, drawn_seed: int, pytestconfig: pytest.Config
) -> None:
    tried = [(name, edge) for name, edge in EDGES if (name, str(edge)) not in {**ELSEWHERE, **HARMLESS}]
    if not pytestconfig.getoption("--long"):
        tried = random.Random(drawn_seed).sample(tried, FEW)
    assert [(name, str(edge)) for name, edge in tried if not is_noticed(workshop, name, edge)] == []


def test_what_is_not_noticed_here_is_there_once() -> None:
    there = [(name, str(edge)) for name, edge in EDGES]
    assert [key for key in (*ELSEWHERE, *HARMLESS) if there.count(key) != 1] == []
    assert [place for place in ELSEWHERE.values() if not (ROOT / place).exists()] == []
