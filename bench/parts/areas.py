"""The other areas of the API against the endpoint that does nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from bench import open_loop, wrk
from bench.parts import NotHere, rivals
from bench.report import Part, Ratio, Table
from bench.server import NOTHING
from bench.stage import Database, Effort, Server, Stage
from bench.wrk import UNIQUE, Load, Request
from service.http.app import ROUTES

TITLE = "Journals and wallets"

ACCOUNTS = 51


def measure(stage: Stage, effort: Effort) -> Part:
    routed = {getattr(route, "path", "") for route in ROUTES}
    here = [area for area in AREAS if area.path in routed]
    if not here:
        raise NotHere("this build has no other area")
    part = Part(
        name="areas",
        title=TITLE,
        method=f"POST {AREAS[0].path}: journals of two lines among {ACCOUNTS} accounts, each with a key. POST "
        f"{AREAS[1].path}: a user's wallet at a provider, each another. The no-op as above.",
        notes=[f"This build has no POST {area.path}." for area in AREAS if area not in here],
    )
    rows = []
    for area in here:
        with stage.database("areas") as database, stage.server(database) as server:
            loads = _measure(area, database, server, effort)
            for rule in area.anomalies:
                if found := database.value(f"SELECT count(*) FROM {rule}"):
                    raise RuntimeError(f"{rule} has {found} rows")
        for connections, by_name in loads.items():
            part.ratios.append(
                Ratio.of(
                    f"POST {area.path} / no-op, {connections} connections",
                    wrk.rates(by_name[area.path]),
                    wrk.rates(by_name["no-op"]),
                    **({"at_least": area.at_least} if connections == 64 else {}),
                )
            )
            rows += [
                [name, str(connections), *rivals.cells(rivals.median(found))]
                for name, found in by_name.items()
            ]
    part.tables.append(
        Table(title="Median round", columns=["endpoint", "connections", "a second", "p50", "p99"], rows=rows)
    )
    return part


@dataclass(frozen=True, kw_only=True)
class Area:
    """One endpoint: what it is asked, and what it is to reach of the no-op."""

    path: str
    requests: Callable[[Database, str], list[Request]]
    at_least: float
    anomalies: tuple[str, ...]


def _measure(area: Area, database: Database, server: Server, effort: Effort) -> rivals.Loads:
    asked = area.requests(database, server.url)
    nothing = [database.post(path=NOTHING)]
    runs: dict[str, Callable[..., Load]] = {
        "no-op": partial(wrk.load, server.url, nothing),
        area.path: partial(wrk.load, server.url, asked),
    }
    return rivals.compare(runs, effort)


def _journals(database: Database, url: str) -> list[Request]:
    opened = open_loop.fetch(
        url,
        [
            database.ask(
                "POST",
                "/v1/ledger/accounts",
                {"name": f"bench:{number}", "type": "asset", "currency": "USD"},
            )
            for number in range(ACCOUNTS)
        ],
    )
    if {status for status, _ in opened} != {201}:
        raise RuntimeError(f"accounts could not be opened: {opened[0]}")
    accounts = [json.loads(body)["id"] for _, body in opened]
    return [
        database.ask(
            "POST",
            "/v1/ledger/journals",
            {
                "reason": "a transfer",
                "lines": [
                    {"account": source, "side": "CREDIT", "amount": "5000"},
                    {"account": target, "side": "DEBIT", "amount": "5000"},
                ],
            },
            key=f"journal-{UNIQUE}",
        )
        for source, target in pairwise(accounts)
    ]


def _wallets(database: Database, url: str) -> list[Request]:
    user_id = database.value(
        """
        SELECT made.user_id
          FROM identity.organizations AS organization
         CROSS JOIN LATERAL identity.create_user(organization.public_id, 'bench@example.com', 'member') AS made
        """
    )
    wallet = {"user_id": user_id, "provider": "paystack", "provider_account_id": f"account-{UNIQUE}"}
    return [database.ask("POST", "/v1/wallets", wallet, key=f"wallet-{UNIQUE}")]


AREAS = (
    Area(path="/v1/ledger/journals", requests=_journals, at_least=0.4, anomalies=("ledger.anomalies",)),
    Area(path="/v1/wallets", requests=_wallets, at_least=0.5, anomalies=("wallets.anomalies",)),
)
