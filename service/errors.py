"""
What may be refused, and how HTTP says it.

Every refusal, of the service or of the database, is an `ApiError` with one of the codes of
`STATUS`; docs/errors.md is the same table for people, held against this one by a test.

    the database raises      SQLSTATE  ->  code  ->  HTTP status
    an order's outcome       code                ->  HTTP status
    the service refuses      code                ->  HTTP status

Nothing the database says is passed on: neither its message nor its detail.
"""

from __future__ import annotations

from typing import Final

import psycopg
from psycopg_pool import PoolTimeout, TooManyRequests

STATUS: Final = {
    "invalid_request": 400,
    "unsupported_network": 400,
    "unsupported_asset": 400,
    "mainnet_allocation_blocked": 400,
    "invalid_path": 400,
    "invalid_proposal": 400,
    "same_wallet_version": 400,
    "invalid_range": 400,
    "unauthorized": 401,
    "insufficient_scope": 403,
    "not_permitted": 403,
    "not_super_admin": 403,
    "same_super_admin": 403,
    "not_found": 404,
    "payment_request_not_found": 404,
    "asset_not_found": 404,
    "organization_not_found": 404,
    "api_key_not_found": 404,
    "account_not_found": 404,
    "journal_not_found": 404,
    "hold_not_found": 404,
    "user_not_found": 404,
    "wallet_not_found": 404,
    "wallet_version_not_found": 404,
    "manufacturer_not_found": 404,
    "path_not_found": 404,
    "path_level_not_found": 404,
    "transfer_not_found": 404,
    "proposal_not_found": 404,
    "incident_not_found": 404,
    "method_not_allowed": 405,
    "request_timeout": 408,
    "idempotency_key_conflict": 409,
    "organization_name_taken": 409,
    "user_is_member": 409,
    "rule_violated": 409,
    "account_conflict": 409,
    "already_reversed": 409,
    "export_impossible": 409,
    "hold_expired": 409,
    "hold_resolved": 409,
    "limit_exceeded": 409,
    "not_posted": 409,
    "wallet_not_active": 409,
    "manufacturer_not_active": 409,
    "manufacturer_taken": 409,
    "manufacturer_index_reserved": 409,
    "manufacturer_name_foreign": 409,
    "path_status_conflict": 409,
    "range_exhausted": 409,
    "wallet_version_full": 409,
    "target_path_taken": 409,
    "proposal_decided": 409,
    "wallet_version_name_taken": 409,
    "wallet_compromised": 409,
    "wallet_is_default": 409,
    "path_taken": 409,
    "path_has_descendants": 409,
    "path_below_allocation": 409,
    "parent_exhausted": 409,
    "daily_limit_reached": 409,
    "batch_refused": 409,
    "body_too_large": 413,
    "amount_exceeded": 422,
    "currency_mismatch": 422,
    "unbalanced": 422,
    "unknown_account": 422,
    "unknown_currency": 422,
    "internal_error": 500,
    "address_allocation_conflict": 500,
    "address_derivation_failed": 500,
    "address_integrity_violation": 500,
    "wallet_account_key_mismatch": 500,
    "wallet_exhausted": 503,
    "queue_full": 503,
    "cursor_busy": 503,
    "keyset_unavailable": 503,
    "database_unavailable": 503,
    "outcome_unknown": 503,
    "shutting_down": 503,
}
"""code -> HTTP status, for every code there is."""

BY_SQLSTATE: Final = {
    "TL003": "wallet_account_key_mismatch",
    "TL004": "rule_violated",
    "TL005": "rule_violated",
    "TL006": "asset_not_found",
    "TL007": "rule_violated",
    "TL008": "rule_violated",
    "TL009": "rule_violated",
    "TL010": "rule_violated",
    "TL011": "rule_violated",
    "TL101": "rule_violated",
    "TL102": "rule_violated",
    "TL201": "rule_violated",
    "TL202": "rule_violated",
    "TL203": "rule_violated",
    "TL204": "wallet_version_not_found",
    "TL205": "wallet_not_active",
    "TL206": "not_permitted",
    "TL207": "not_super_admin",
    "TL208": "manufacturer_not_found",
    "TL209": "manufacturer_not_active",
    "TL210": "manufacturer_taken",
    "TL211": "manufacturer_name_foreign",
    "TL212": "path_not_found",
    "TL213": "path_status_conflict",
    "TL214": "range_exhausted",
    "TL215": "idempotency_key_conflict",
    "TL216": "wallet_version_full",
    "TL217": "path_level_not_found",
    "TL218": "transfer_not_found",
    "TL219": "target_path_taken",
    "TL220": "same_wallet_version",
    "TL221": "proposal_not_found",
    "TL222": "proposal_decided",
    "TL223": "same_super_admin",
    "TL224": "wallet_version_name_taken",
    "TL225": "wallet_compromised",
    "TL226": "wallet_is_default",
    "TL227": "invalid_path",
    "TL228": "invalid_proposal",
    "TL229": "manufacturer_index_reserved",
    "TL301": "rule_violated",
    "TL302": "rule_violated",
    "TL303": "rule_violated",
    "TL304": "rule_violated",
    "TL305": "rule_violated",
    "TL307": "rule_violated",
    "TL308": "rule_violated",
    "TL309": "rule_violated",
    "TL310": "rule_violated",
    "TL311": "rule_violated",
    "TL312": "rule_violated",
    "TL901": "organization_not_found",
    "TL902": "organization_name_taken",
    "TL903": "api_key_not_found",
    "TL904": "user_not_found",
    "TL905": "user_is_member",
    "23502": "rule_violated",
    "23503": "rule_violated",
    "23505": "rule_violated",
    "23514": "rule_violated",
    "25006": "database_unavailable",
    "40001": "cursor_busy",
    "40P01": "cursor_busy",
    "55P03": "cursor_busy",
    "57014": "cursor_busy",
    "53100": "database_unavailable",
    "53200": "database_unavailable",
    "53300": "database_unavailable",
    "57P03": "database_unavailable",
}
"""SQLSTATE -> code. What is not here is a bug or an outage."""

BY_CONSTRAINT: Final = {
    "payment_requests_address_unique": "address_allocation_conflict",
    "payment_requests_derivation_index_unique": "address_allocation_conflict",
}
"""Constraint -> code, where a rule of the database has a word of its own."""

_NOT_LET_IN: Final = frozenset({"53300", "57P03"})
"""Fatal, too, but to a connection that was not there yet."""

SERIALIZATION_FAILURES: Final = frozenset({"40001", "40P01"})
"""Rolled back by the database, and worth trying again at once."""

RETRY_AFTER_SECONDS: Final = 1


class ApiError(Exception):
    """A refusal: `code` of `STATUS`, a constant `message`, and `details` for programs."""

    def __init__(self, code: str, message: str, **details: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details

    @property
    def status(self) -> int:
        return STATUS[self.code]

    @property
    def is_retryable(self) -> bool:
        return self.status == 503


class ConfigError(Exception):
    """Configuration is wrong; the text is one line that names the variable, never its value."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ConfigErrors(Exception):
    """Everything that is wrong with the configuration."""

    def __init__(self, problems: list[ConfigError]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


class StartupError(Exception):
    """The service must not open its port; the text is one line."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class IndeterminateError(Exception):
    """The database was asked and its answer is lost: done or not done, nobody can say."""


def refusal(code: str, **details: object) -> ApiError:
    """An `ApiError` in the code's own words."""
    return ApiError(code, _MESSAGES[code], **details)


def is_connection_lost(exc: psycopg.Error) -> bool:
    """Whether the connection ended while a call may have been under way."""
    state = exc.sqlstate or ""
    if state in _NOT_LET_IN:
        return False
    # A server that cannot write its log dies of it, perhaps while it commits; the SQLSTATE only says why.
    is_fatal = exc.diag.severity_nonlocalized in ("FATAL", "PANIC")
    is_crash = state[:2] == "08" or state in ("57P01", "57P02")
    return is_fatal or is_crash or (isinstance(exc, psycopg.OperationalError) and not state)


def from_database(exc: Exception, *, is_read: bool = False) -> ApiError:
    """What to answer for an exception of the database call; of a read nothing can be unknown."""
    lost = isinstance(exc, IndeterminateError) or (isinstance(exc, psycopg.Error) and is_connection_lost(exc))
    if isinstance(exc, PoolTimeout | TooManyRequests) or (lost and is_read):
        return ApiError("database_unavailable", "the database cannot be reached")
    if lost:
        return ApiError("outcome_unknown", "the answer of the database was lost; retry with the same key")
    rule = exc.diag.constraint_name if isinstance(exc, psycopg.IntegrityError) else None
    state = getattr(exc, "sqlstate", None) or ""
    code = BY_CONSTRAINT.get(rule or "", BY_SQLSTATE.get(state, "internal_error"))
    return ApiError(code, _MESSAGES.get(code, "the request could not be carried out"))


_MESSAGES: Final = {
    "cursor_busy": "too much is under way; retry with the same key",
    "database_unavailable": "the database cannot be reached",
    "address_allocation_conflict": "an address was handed out before",
    "internal_error": "internal error",
    "organization_not_found": "organization does not exist",
    "organization_name_taken": "organization name is taken",
    "api_key_not_found": "API key does not exist",
    "user_not_found": "user does not exist",
    "user_is_member": "user is a member already",
    "asset_not_found": "asset is not in the catalog",
    "wallet_account_key_mismatch": "wallet account is bound to another key",
    "rule_violated": "a rule of the database refuses this",
    "idempotency_key_conflict": "the idempotency key was used for another request",
    "invalid_path": "that is not a path that can be allocated",
    "invalid_range": "the range of instances would end beyond 2^31 - 1",
    "invalid_proposal": "the proposal is not well formed",
    "same_wallet_version": "source and target are one wallet version",
    "not_permitted": "only an owner or admin of the manufacturer's organization may do this",
    "not_super_admin": "only a super-admin may do this",
    "same_super_admin": "another super-admin than the proposer has to approve",
    "wallet_version_not_found": "wallet version does not exist",
    "wallet_version_name_taken": "wallet version name is taken",
    "wallet_version_full": "no manufacturer index is free",
    "wallet_not_active": "wallet version is not active",
    "wallet_compromised": "wallet version is compromised already",
    "wallet_is_default": "the default wallet version stays active: make another the default first",
    "manufacturer_not_found": "manufacturer does not exist",
    "manufacturer_not_active": "manufacturer is not active",
    "manufacturer_taken": "manufacturer name or index is taken",
    "manufacturer_index_reserved": "manufacturer index 1 is Plings, and Plings is 1",
    "manufacturer_name_foreign": "manufacturer name belongs to another organization",
    "path_not_found": "path does not exist",
    "path_taken": "the path was allocated before",
    "path_has_descendants": "something below the path is allocated",
    "path_below_allocation": "the path is below an allocated one",
    "path_status_conflict": "the path is not in a status that allows this",
    "path_level_not_found": "the manufacturer's paths have no such level",
    "parent_exhausted": "the parent has no next child",
    "range_exhausted": "the range of instances would end beyond 2^31 - 1",
    "daily_limit_reached": "the wallet's allocations of today are used up",
    "batch_refused": "nothing was allocated: some of the paths are refused",
    "target_path_taken": "the path is not free in the target wallet",
    "transfer_not_found": "transfer does not exist",
    "incident_not_found": "incident does not exist",
    "proposal_not_found": "proposal does not exist",
    "proposal_decided": "the proposal is decided",
}
