"""Which protections there are to remove. A removal that finds nothing to remove is an error, not a success."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Edit:
    """Text that stands once in a file, and what stands there instead."""

    path: str
    was: str
    becomes: str


@dataclass(frozen=True)
class Statement:
    """SQL that is deployed after everything else, as a last change of the plan."""

    sql: str


@dataclass(frozen=True)
class Suite:
    """`pgtap` or `isolation` with files below db/tests, or `pytest` with test ids."""

    kind: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind} {' '.join(self.names)}"


@dataclass(frozen=True)
class Control:
    """A protection, how it is removed, and the suite that must notice."""

    protection: str
    removals: tuple[Edit | Statement, ...]
    suite: Suite


def pgtap(*names: str) -> Suite:
    return Suite("pgtap", names)


def isolation(*names: str) -> Suite:
    return Suite("isolation", names)


def pytest(*names: str) -> Suite:
    return Suite("pytest", names)


ALLOCATE: Final = "db/functions/app/allocate_and_insert.sql"
INSERT: Final = "db/functions/app/insert_allocations.sql"
PLAN: Final = "db/functions/app/plan_allocation.sql"
JUDGE: Final = "db/functions/app/judge_orders.sql"
COUNT: Final = "db/functions/paths/count_allocations.sql"
# Of the two a role's setting is the first; a function that hands out addresses does not trust it.
OWN_COMMIT: Final = Edit(
    ALLOCATE,
    "    IF current_setting('synchronous_commit') NOT IN ('on', 'remote_apply') THEN\n"
    "        PERFORM set_config('synchronous_commit', 'on', TRUE);\n"
    "    END IF;\n",
    "",
)
FAULTS: Final = "tests/faults/test_faults.py::test_nothing_is_lost_or_done_twice"

CLOCK: Final = "tests/faults/test_clock.py"


def drop(table: str, constraint: str) -> Statement:
    return Statement(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")


CONTROLS: Final = (
    # What only one of may be
    Control(
        "an index once an account (unique constraint)",
        (drop("app.payment_requests", "payment_requests_derivation_index_unique"),),
        pgtap("tables/app/payment_requests.sql"),
    ),
    Control(
        "an address once a network (unique constraint)",
        (drop("app.payment_requests", "payment_requests_address_unique"),),
        pgtap("tables/app/payment_requests.sql", "functions/app/allocate_and_insert.sql"),
    ),
    Control(
        "one key, one payment request (primary key)",
        (drop("app.idempotency_records", "idempotency_records_pk"),),
        pgtap("tables/app/idempotency_records.sql"),
    ),
    Control(
        "one extended key, one cursor (unique index)",
        (Statement("DROP INDEX app.wallet_accounts_active_parent_key_unique"),),
        pgtap("tables/app/wallet_accounts.sql"),
    ),
    # Locks and their order
    Control(
        "the cursor's row lock",
        (Edit(ALLOCATE, "ORDER BY account.id\n        FOR NO KEY UPDATE\n", "ORDER BY account.id\n"),),
        isolation("allocate_allocate", "three_batches"),
    ),
    Control(
        "the cursor's row lock and both unique constraints: what pgtill verify sees",
        (
            Edit(ALLOCATE, "ORDER BY account.id\n        FOR NO KEY UPDATE\n", "ORDER BY account.id\n"),
            drop("app.payment_requests", "payment_requests_derivation_index_unique"),
            drop("app.payment_requests", "payment_requests_address_unique"),
        ),
        pytest(f"{FAULTS}[hold_a_snapshot-1]"),
    ),
    Control(
        "cursors locked in one order",
        (
            Edit(
                ALLOCATE,
                "ORDER BY account.id\n        FOR NO KEY UPDATE\n",
                "ORDER BY account.id <> (allocate_and_insert.windows -> 0 ->> 'wallet_account_id')\n"
                "        FOR NO KEY UPDATE\n",
            ),
        ),
        isolation("two_accounts"),
    ),
    Control(
        "keys inserted in one order",
        (
            Edit(
                INSERT,
                "        ORDER BY answer.organization_id, answer.idempotency_key\n",
                "        ORDER BY answer.order_position\n",
            ),
        ),
        isolation("shared_keys"),
    ),
    Control(
        "who idles in a transaction loses it (time-out of the role)",
        (Statement("ALTER ROLE pgtill_service RESET idle_in_transaction_session_timeout"),),
        pytest("tests/test_concurrency.py::test_who_idles_in_a_transaction_loses_the_cursor"),
    ),
    # Paths that cannot overlap
    Control(
        "nothing below an allocated path (foreign key of the tree)",
        (drop("paths.path_nodes", "path_nodes_parent_fk"),),
        isolation("paths_parent_child"),
    ),
    Control(
        "an allocation counted on its wallet's row, and holding it",
        (
            Edit(
                COUNT,
                "    ORDER BY wallet.version_id\n    FOR NO KEY UPDATE;",
                "    ORDER BY wallet.version_id;",
            ),
            Edit(
                COUNT,
                "    WHERE wallet.version_id = taken.wallet_version;",
                "    WHERE wallet.version_id = taken.wallet_version AND FALSE;",
            ),
        ),
        isolation("paths_allocate_compromise"),
    ),
    Control(
        "a transfer's row lock between two who continue it",
        (
            Edit(
                "db/functions/paths/continue_transfer.sql",
                "            ) AS seen\n        )\n    FOR NO KEY UPDATE;",
                "            ) AS seen\n        );",
            ),
        ),
        pytest("tests/paths/test_compromise.py::test_two_operators_move_one_manufacturer_together"),
    ),
    # Idempotency
    Control(
        "the key claimed with the work: here its loss is ignored, as where it is written afterwards",
        (
            Edit(
                INSERT,
                "        ORDER BY answer.organization_id, answer.idempotency_key\n",
                "        ORDER BY answer.organization_id, answer.idempotency_key\n"
                "        ON CONFLICT DO NOTHING\n",
            ),
        ),
        isolation("same_key_two_accounts", "shared_keys"),
    ),
    Control(
        "a key's second request compared with its first",
        (
            Edit(
                JUDGE,
                "WHEN record.request_hash = asked.request_hash THEN 'replayed'",
                "WHEN record.request_hash IS NOT NULL THEN 'replayed'",
            ),
        ),
        pgtap("functions/app/plan_allocation.sql", "functions/app/allocate_and_insert.sql"),
    ),
    Control(
        "a key is remembered, however late it is by the clock",
        (
            Edit(
                JUDGE,
                "            AND known.scope_path = '/v1/payment-requests'\n",
                "            AND known.scope_path = '/v1/payment-requests'\n"
                "            AND known.expires_at > now()\n",
            ),
        ),
        pytest(CLOCK),
    ),
    Control(
        "keys and their payment requests of one organization (foreign key)",
        (drop("app.idempotency_records", "idempotency_records_resource_fk"),),
        pgtap("tables/app/idempotency_records.sql"),
    ),
    Control(
        "a replay is what was answered first, whatever the time zone",
        (
            Edit(
                "db/functions/app/payment_request_payload.sql",
                "(payment_request).created_at AT TIME ZONE 'UTC'",
                "(payment_request).created_at",
            ),
        ),
        pytest(f"{FAULTS}[change_time_zones-1]"),
    ),
    # Bounds
    Control(
        "indexes end at 2^31 - 1 (constraint)",
        (drop("app.payment_requests", "payment_requests_derivation_index_range"),),
        pgtap("tables/app/payment_requests.sql"),
    ),
    Control(
        "indexes end at 2^31 - 1 (function)",
        (
            Edit(
                JUDGE,
                "WHEN account.next_index >= 2147483648 THEN 'wallet_exhausted'",
                "WHEN account.next_index > 2147483648 THEN 'wallet_exhausted'",
            ),
            Edit(
                PLAN,
                "WHEN addressed.derivation_index > 2147483647 THEN 'wallet_exhausted'",
                "WHEN addressed.derivation_index > 2147483648 THEN 'wallet_exhausted'",
            ),
        ),
        pytest("tests/test_concurrency.py::test_a_wallet_gives_its_last_address_once_and_then_none"),
    ),
    Control(
        "a window that begins after the cursor is missed, so that no hole is left",
        (
            Edit(
                PLAN,
                "                AND spans.first_index <= numbered.next_index\n",
                "",
            ),
        ),
        pgtap("functions/app/plan_allocation.sql", "functions/app/allocate_and_insert.sql"),
    ),
    # What never changes
    Control(
        "no TRUNCATE of sync events (trigger)",
        (
            Statement(
                "DROP TRIGGER wallet_account_sync_events_append_only ON app.wallet_account_sync_events;"
                "CREATE TRIGGER wallet_account_sync_events_append_only"
                " BEFORE UPDATE OR DELETE ON app.wallet_account_sync_events"
                " FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_sync_event_change();"
                "ALTER TABLE app.wallet_account_sync_events"
                " ENABLE ALWAYS TRIGGER wallet_account_sync_events_append_only"
            ),
        ),
        pgtap("functions/app/refuse_sync_event_change.sql", "tables/app/wallet_account_sync_events.sql"),
    ),
    Control(
        "what was answered never changes (trigger)",
        (Statement("DROP TRIGGER payment_requests_answer_never_changes ON app.payment_requests"),),
        pgtap("functions/app/refuse_payment_request_change.sql"),
    ),
    Control(
        "cursors never go back (trigger)",
        (Statement("DROP TRIGGER wallet_accounts_cursor_never_goes_back ON app.wallet_accounts"),),
        pgtap("functions/app/refuse_cursor_rewind.sql"),
    ),
    Control(
        "a used account keeps its key (trigger)",
        (Statement("DROP TRIGGER wallet_accounts_used_keeps_key ON app.wallet_accounts"),),
        pgtap("functions/app/refuse_key_change.sql"),
    ),
    Control(
        "used keys are append-only (trigger)",
        (Statement("DROP TRIGGER idempotency_records_append_only ON app.idempotency_records"),),
        pgtap("functions/app/refuse_idempotency_record_change.sql"),
    ),
    Control(
        "triggers that replication cannot switch off",
        (Statement("ALTER TABLE app.payment_requests ENABLE TRIGGER payment_requests_never_removed"),),
        pgtap("functions/app/refuse_payment_request_change.sql", "conventions.sql"),
    ),
    # Who may do what
    Control(
        "pg_temp last in the search_path of a definer",
        (Statement("ALTER FUNCTION app.allocate_and_insert(jsonb, jsonb) SET search_path = pg_catalog"),),
        pgtap("conventions.sql"),
    ),
    Control(
        "nothing that PUBLIC may execute",
        (Statement("GRANT EXECUTE ON FUNCTION app.plan_allocation(jsonb, jsonb) TO public"),),
        pgtap("conventions.sql"),
    ),
    Control(
        "the service has no right on any table",
        (Statement("GRANT SELECT ON app.idempotency_records TO pgtill_service"),),
        pgtap("tables/app/idempotency_records.sql", "conventions.sql"),
    ),
    Control(
        "a payment request is seen by its organization only",
        (
            Edit(
                "db/functions/app/get_payment_requests.sql",
                "ON asked.id = request.id AND asked.organization_id = request.organization_id",
                "ON asked.id = request.id",
            ),
        ),
        pytest("tests/test_payment_requests.py::test_another_organization_s_payment_request_is_not_there"),
    ),
    # Commits
    Control(
        "commits wait for the disk",
        (OWN_COMMIT, Statement("ALTER ROLE pgtill_service SET synchronous_commit = off")),
        pytest(f"{FAULTS}[kill_the_postmaster-1]"),
    ),
    Control(
        "commits wait, whatever the session says",
        (OWN_COMMIT,),
        pgtap("functions/app/allocate_and_insert.sql"),
    ),
    Control(
        "commits wait for the standby, when the primary is lost",
        (OWN_COMMIT, Statement("ALTER ROLE pgtill_service SET synchronous_commit = local")),
        pytest("tests/ha/test_pair.py::test_with_one_the_same_fault_does_no_harm"),
    ),
    Control(
        "warnings are listened to (notice handler)",
        (Edit("service/database/__init__.py", "        self.add_notice_handler(self._note)\n", ""),),
        pytest("tests/test_concurrency.py::test_a_cancelled_commit_is_an_unknown_outcome"),
    ),
    Control(
        "nothing is prepared behind a pooler",
        (
            Edit(
                "service/database/__init__.py",
                "conn.prepare_threshold = None if conn.is_pooled else 0",
                "conn.prepare_threshold = 0",
            ),
        ),
        pytest("tests/ha/test_pooler.py"),
    ),
    Control(
        "a lost connection is an unknown outcome, whatever the SQLSTATE",
        (
            Edit(
                "service/errors.py",
                'is_fatal = exc.diag.severity_nonlocalized in ("FATAL", "PANIC")',
                "is_fatal = False",
            ),
        ),
        pytest("tests/test_database_errors.py"),
    ),
    # The service
    Control(
        "calls are shielded from clients that go away",
        (
            Edit(
                "service/joiner.py",
                "        return await waiting.future\n",
                "        try:\n"
                "            return await waiting.future\n"
                "        except asyncio.CancelledError:\n"
                "            for call in self._tasks:\n"
                "                call.cancel()\n"
                "            raise\n",
            ),
        ),
        pytest("tests/test_joiner.py::test_a_client_that_goes_away_cancels_nothing"),
    ),
    Control(
        "a call is never cancelled at its deadline",
        (
            Edit(
                "service/joiner.py",
                "        self._overdue.add(id(batch))\n",
                "        for call in self._tasks:\n            call.cancel()\n",
            ),
        ),
        pytest("tests/test_joiner.py::test_past_the_deadline_the_outcome_is_unknown_and_the_call_goes_on"),
    ),
    Control(
        "waiting is counted by a clock that nobody sets",
        (
            Edit(
                "service/joiner.py",
                "        deadline = loop.call_later(self._limits.call_deadline, self._answer_overdue, batch)\n",
                "        due = time.time() + self._limits.call_deadline\n\n"
                "        async def wait() -> None:\n"
                "            while time.time() < due:\n"
                "                await asyncio.sleep(0.05)\n"
                "            self._answer_overdue(batch)\n\n"
                "        deadline = loop.create_task(wait())\n",
            ),
        ),
        pytest(CLOCK),
    ),
    Control(
        "a release waits half a second for a lock at most, and comes again",
        (Edit("service/migrations.py", " -c lock_timeout=500ms", ""),),
        pytest("tests/attacks/test_migrations.py"),
    ),
    Control(
        "one bad order does not fail its neighbours",
        (
            Edit(
                "service/joiner.py",
                "if len(batch) == 1 or lost or error.is_retryable:",
                "if len(batch) >= 1:",
            ),
        ),
        pytest("tests/test_joiner.py::test_a_call_that_raised_is_retried_one_by_one"),
    ),
    Control(
        "organizations take turns in the queue",
        (
            Edit(
                "service/dispatcher.py",
                ", flow=lambda order: order.organization_id",
                "",
            ),
        ),
        pytest("tests/faults/test_flood.py"),
    ),
    Control(
        "what was begun is answered before the process ends",
        (Edit("service/http/app.py", "                await dispatcher.drain()\n", ""),),
        pytest(
            "tests/test_joiner.py",
            "tests/test_concurrency.py::test_a_server_told_to_end_answers_what_it_has_begun",
        ),
    ),
    Control(
        "an address is derived again before it is replayed",
        (
            Edit(
                "service/http/payment_requests.py",
                '        refuse_foreign_address(state["catalog"], made, allocation.wallet_account_id)\n',
                "        pass\n",
            ),
        ),
        pytest("tests/attacks/test_tampering.py"),
    ),
    Control(
        "an address is derived again before it is shown",
        (
            Edit(
                "service/http/payment_requests.py",
                '    refuse_foreign_address(state["catalog"], payment_request, wallet_account_id)\n',
                "",
            ),
        ),
        pytest("tests/test_keyset_cli.py::test_a_changed_address_is_never_served"),
    ),
    Control(
        "a connection that was reset is forgotten at once",
        (Edit("service/http/protocol.py", "        self._unset_keepalive_if_required()\n", ""),),
        pytest("tests/test_protocol.py::test_of_a_connection_that_was_reset_nothing_is_kept"),
    ),
    Control(
        "heads and refused bodies have their time",
        (
            Edit(
                "service/http/protocol.py",
                "self.loop.call_later(seconds, self.transport.close) if seconds else None",
                "None",
            ),
        ),
        pytest("tests/test_protocol.py"),
    ),
)
