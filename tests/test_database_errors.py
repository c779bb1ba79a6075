"""What is certain and what is not, when the database raises: a wrong word here is a payment made twice."""

from __future__ import annotations

from types import SimpleNamespace

import psycopg
import pytest
from psycopg import errors
from psycopg_pool import PoolTimeout

from service.errors import IndeterminateError, from_database


def raised(kind: type[psycopg.Error], severity: str | None, constraint: str | None = None) -> psycopg.Error:
    """As the server would have said it."""

    class Said(kind):  # type: ignore[misc, valid-type]
        diag = SimpleNamespace(severity_nonlocalized=severity, constraint_name=constraint)

    return Said("said")


@pytest.mark.parametrize(
    ("exc", "code"),
    [
        (raised(errors.DiskFull, "ERROR"), "database_unavailable"),
        # The log could not be written, perhaps beyond the commit: nobody can say.
        (raised(errors.DiskFull, "PANIC"), "outcome_unknown"),
        (raised(errors.OutOfMemory, "ERROR"), "database_unavailable"),
        (raised(errors.OutOfMemory, "FATAL"), "outcome_unknown"),
        (raised(errors.AdminShutdown, "FATAL"), "outcome_unknown"),
        (raised(errors.CrashShutdown, "WARNING"), "outcome_unknown"),
        (raised(errors.IdleInTransactionSessionTimeout, "FATAL"), "outcome_unknown"),
        (raised(errors.ConnectionFailure, None), "outcome_unknown"),
        (raised(psycopg.OperationalError, None), "outcome_unknown"),
        (raised(errors.TooManyConnections, "FATAL"), "database_unavailable"),
        (raised(errors.CannotConnectNow, "FATAL"), "database_unavailable"),
        (raised(errors.QueryCanceled, "ERROR"), "cursor_busy"),
        (raised(errors.SyntaxError, "ERROR"), "internal_error"),
        (IndeterminateError(), "outcome_unknown"),
        (PoolTimeout(), "database_unavailable"),
    ],
    ids=lambda value: f"{type(value).__mro__[1].__name__}" if isinstance(value, Exception) else value,
)
def test_an_outcome_is_unknown_whenever_the_connection_ended(exc: Exception, code: str) -> None:
    assert from_database(exc).code == code


@pytest.mark.parametrize(
    ("constraint", "code"),
    [
        ("payment_requests_address_unique", "address_allocation_conflict"),
        ("payment_requests_derivation_index_unique", "address_allocation_conflict"),
        ("journals_public_id_unique", "rule_violated"),
        (None, "rule_violated"),
    ],
)
def test_a_unique_rule_speaks_of_addresses_only_when_it_is_about_one(
    constraint: str | None, code: str
) -> None:
    assert from_database(raised(errors.UniqueViolation, "ERROR", constraint)).code == code
