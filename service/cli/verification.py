"""`pgtill verify`: that the database kept every promise."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from service import logs, verification
from service.cli.support import AsJson, operate, print_answer
from service.verification import Check


def verify_promises(
    acknowledged: Annotated[
        Path | None,
        typer.Option(
            help="Log of answers that clients got, a JSON object a line: "
            "organization_id, path, key, status, body.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Ask the database whether it kept every promise: no hole, no duplicate, no answer lost or changed.

    Reads every view named anomalies, the chains of sync events and of the ledger, who has been stuck for
    seconds, and whether a key stands in a statement that the server tells of; with --acknowledged, holds
    each answer in the log against the database. Nothing is written and nobody waits. Exit
    status 1 on any breach. Addresses are derived again by `pgtill audit`.
    """
    logs.configure("error")
    checks = operate(lambda pool: verification.verify(pool, acknowledged))
    good = not any(check.breach_count for check in checks)
    if as_json:
        answer = [asdict(check) for check in checks]
        for check in answer:
            check["breaches"] = [breach._asdict() for breach in check["breaches"]]
        print_answer({"good": good, "checks": answer}, True)
    else:
        _tell(checks)
    raise typer.Exit(0 if good else 1)


def _tell(checks: list[Check]) -> None:
    print_answer(
        [
            {
                "check": check.name,
                "looked at": check.checked,
                "breaches": check.breach_count,
                "seconds": f"{check.seconds:.1f}",
            }
            for check in checks
        ],
        False,
    )
    for check in checks:
        for breach in check.breaches:
            typer.echo(f"BREACH {check.name}: {breach.rule}, {breach.subject}: {breach.detail}")
        if check.breach_count > len(check.breaches):
            typer.echo(f"BREACH {check.name}: {check.breach_count - len(check.breaches)} more")
