"""The service against the same endpoint as a good team would plainly write it."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec

from msgspec import UNSET

from bench import wrk
from bench.parts import NotHere, rivals
from bench.report import Part
from bench.stage import Effort, Stage

TITLE = "Against SQLAlchemy, a transaction a request"

PATH = "/baseline/payment-requests"


def measure(stage: Stage, effort: Effort) -> Part:
    for package in ("sqlalchemy", "asyncpg"):
        if find_spec(package) is None:
            raise NotHere(f"the Python package {package} is not installed; `make bench` installs it")
    with (
        stage.database("baseline") as database,
        stage.server(database) as pgtill,
        stage.server(database, program="bench.baseline") as baseline,
    ):
        runs = {
            "pgtill": partial(wrk.load, pgtill.url, [database.post()]),
            "SQLAlchemy": partial(wrk.load, baseline.url, [database.post(network="testnet", path=PATH)]),
        }
        loads = rivals.compare(runs, effort)
        database.assert_whole()
    return rivals.part(
        loads,
        name="baseline",
        title=TITLE,
        method="POST on one hot wallet. The baseline (`bench/baseline.py`) is SQLAlchemy 2 on asyncpg with a pool: "
        "SELECT … FOR UPDATE, derive, INSERT, UPDATE, COMMIT. It uses the same tables and constraints, parsing, "
        "cached authentication, derivation and HTTP server, so the ratio is of the allocation alone.",
        at_least={64: 8.0, 256: UNSET},
    )
