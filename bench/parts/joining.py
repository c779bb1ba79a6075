"""One database call for many orders against a call each, same code otherwise."""

from __future__ import annotations

from functools import partial

from msgspec import UNSET

from bench import wrk
from bench.parts import rivals
from bench.report import Part
from bench.stage import Effort, Stage

TITLE = "Joined calls against one call a request"


def measure(stage: Stage, effort: Effort) -> Part:
    # A wallet each: none pays for finding its cursor where the other left it.
    with (
        stage.database("joining") as database,
        stage.server(database) as joined,
        stage.server(database, PGTILL_JOIN_CALLS="false") as apart,
    ):
        runs = {
            "joined": partial(wrk.load, joined.url, [database.post()]),
            "one call a request": partial(wrk.load, apart.url, [database.post(network="testnet")]),
        }
        loads = rivals.compare(runs, effort)
        database.assert_whole()
    return rivals.part(
        loads,
        name="joining",
        title=TITLE,
        method="POST on one hot wallet: the service as it is, and with PGTILL_JOIN_CALLS=false, where each "
        "request is a call, a transaction and a flush of its own.",
        at_least={64: 5.0, 256: UNSET},
    )
