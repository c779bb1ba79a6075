"""Prometheus metrics, and the page that shows them."""

from __future__ import annotations

import os
from functools import cache
from typing import Final

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

_CREATE = Counter(
    "payment_request_create_total", "Orders by what became of them in one call of the database.", ["result"]
)

OUTCOMES: Final = {
    outcome: _CREATE.labels(outcome)
    for outcome in (
        "created",
        "replayed",
        "idempotency_key_conflict",
        "unsupported_network",
        "unsupported_asset",
        "window_missed",
        "wallet_exhausted",
    )
}
"""Outcome of app.allocate_and_insert() -> its counter, looked up once."""

CALL_SECONDS: Final = Histogram(
    "payment_request_allocation_latency_seconds",
    "One call of app.allocate_and_insert(), for however many orders.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
CALL_ORDERS: Final = Histogram(
    "payment_request_allocation_orders", "Orders joined in one call.", buckets=(1, 2, 4, 8, 16, 32, 64, 128)
)
OVERDUE_CALLS: Final = Counter(
    "joined_calls_overdue_total", "Calls that outlived their deadline; their outcome was unknown."
)
QUEUE_REFUSALS: Final = Counter("queue_refusals_total", "Requests refused because too many were waiting.")
INTEGRITY_VIOLATIONS: Final = Counter(
    "payment_request_integrity_violations_total", "Stored addresses that are not of our keys, not served."
)
INTEGRITY_UNVERIFIABLE: Final = Counter(
    "payment_request_integrity_unverifiable_total",
    "Payment requests served whose account's key this process was not given.",
)
_REGISTRATIONS = Counter(
    "wallet_registrations_total", "Registrations of wallets by what became of them.", ["outcome"]
)

WALLET_REGISTRATIONS: Final = {
    outcome: _REGISTRATIONS.labels(outcome)
    for outcome in (
        "registered",
        "replayed",
        "existing",
        "idempotency_key_conflict",
        "user_not_found",
        "unsupported_provider",
        "failed",
    )
}
"""Outcome of wallets.register_wallets(), or failed: not carried out, or nobody knows -> its counter."""

WALLET_RACES: Final = Counter(
    "wallet_registration_races_total", "Registrations that met what another session had just made."
)
WALLET_CALL_ITEMS: Final = Histogram(
    "wallet_registration_items", "Registrations joined in one call.", buckets=(1, 2, 4, 8, 16, 32, 64, 128)
)
WALLET_QUERY_SECONDS: Final = Histogram(
    "wallet_query_seconds",
    "One call of a function of schema wallets, waiting for a connection included.",
    ["query"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
REPLICA_READS: Final = Counter(
    "replica_reads_total", "GETs that brought a read token, by who answered and why.", ["result"]
)
AUTHENTICATIONS: Final = Counter(
    "api_key_checks_total", "Bearer keys and signed requests by result.", ["result"]
)
_LEDGER_ITEMS = Counter(
    "ledger_items_total", "What the ledger was asked for, by call and what became of it.", ["call", "outcome"]
)
LEDGER_CALL_ITEMS: Final = Histogram(
    "ledger_call_items", "Items joined in one call.", ["call"], buckets=(1, 2, 4, 8, 16, 32, 64, 128)
)
LEDGER_CALL_SECONDS: Final = Histogram(
    "ledger_call_seconds",
    "One call of a writing function of schema ledger, waiting for a connection included.",
    ["call"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)


@cache
def ledger_items(call: str, outcome: str) -> Counter:
    """The counter of an outcome of a set-based function of schema ledger."""
    return _LEDGER_ITEMS.labels(call, outcome)


REFUSALS: Final = Counter("http_refusals_total", "Answers that are errors, by code.", ["code"])
API_KEYS_CACHED: Final = Gauge(
    "api_keys_cached", "API keys this process knows to be good.", multiprocess_mode="livesum"
)


def page() -> bytes:
    """The metrics of this process, or of all its siblings under `pgtill serve --workers`."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
