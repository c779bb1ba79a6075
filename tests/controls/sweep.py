"""
Every guard of the service taken away alone: a test must turn red, and docs/controls.md remembers which.

    python -m tests.controls guards [words ...]    all of them, or those of modules that have one of the words
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tests.controls.guards import Guard, guards
from tests.controls.page import PAGE, cells, part, replace_part
from tests.controls.trial import Trials
from tests.controls.workshop import Verdict
from tests.database import ROOT

NOT_THE_SERVICE: Final = ("service/demo.py",)
"""What only shows pgtill to a newcomer."""

ALL_AREAS: Final = (
    "tests/test_payment_requests.py",
    "tests/test_wallets.py",
    "tests/paths/test_http.py",
    "tests/ledger/test_http.py",
    "tests/test_startup.py",
    "tests/attacks/test_scopes.py",
)

HARMLESS: Final[dict[tuple[str, str], str]] = {
    **{
        (
            "service/address_worker.py",
            f"AddressWorker.derive_many: refusal: process.{pipe} is None",
        ): "a process that was started with pipes has them; said for the type checker"
        for pipe in ("stdin", "stdout")
    },
    (
        "service/address_worker.py",
        "AddressWorker.derive_many: call: await process.stdin.drain()",
    ): "one short line is under way, whose answer is waited for next; asyncio's way to write",
    (
        "service/auth.py",
        "Authenticator._check: refusal: key is None",
    ): "its secret is held against a hash that nobody has the secret of: it is refused as wrong",
    (
        "service/paths/delegation.py",
        'has_signed: bound: int.from_bytes(signature[32:], "little") >= ORDER',
    ): "the library refuses what is above the order; the order itself is no S that anybody finds",
    (
        "service/signatures.py",
        "SignatureChecker.check: refusal: key is None",
    ): "signed under a secret that is made anew with each process and told to nobody",
    (
        "service/cli/ledger.py",
        "_entries: bound: min(PAGE_SIZE, end - after)",
    ): "all that was asked for is read and kept in any case; a page bounds one answer of the database",
}
"""Module and guard → why no test need miss it."""


@dataclass(frozen=True)
class Place:
    """A guard and the module it stands in."""

    path: str
    guard: Guard

    @property
    def key(self) -> tuple[str, str]:
        return self.path, _one_line(self.guard.name)

    @property
    def source_without(self) -> str:
        return self.guard.removed((ROOT / self.path).read_text())


def every_guard() -> list[Place]:
    """All there are."""
    return [
        Place(path, guard)
        for path in sorted(str(each.relative_to(ROOT)) for each in (ROOT / "service").rglob("*.py"))
        if path not in NOT_THE_SERVICE
        for guard in guards((ROOT / path).read_text())
    ]


def places() -> list[Place]:
    """All that a test must miss."""
    return [place for place in every_guard() if place.key not in HARMLESS]


def remembered() -> dict[tuple[str, str], str]:
    """Module and guard → the test that missed it, as the page has it."""
    rows = (cells(line) for line in part("guards"))
    return {(path.strip("`"), name.strip("`")): test.strip("`") for path, name, test in rows}


def missed_by(trials: Trials, place: Place, known: str | None) -> Verdict:
    """The verdict of the test that is known to miss it, and where that is green of those that are likely."""
    source = place.source_without
    if known:
        verdict = trials.hold(place.path, source, [known])
        if not verdict.is_green:
            return verdict
    return trials.hold(place.path, source, likely_tests(place.path))


def likely_tests(path: str) -> list[str]:
    """Files of tests, those that bear the module's name, or its folder's, first."""
    words = [word for word in re.split(r"[/.]", path)[1:-1] if word not in ("http", "database", "cli")]
    files = sorted(str(each.relative_to(ROOT)) for each in (ROOT / "tests").rglob("test_*.py"))
    usual = [
        name
        for name in files
        if not re.match(r"tests/(faults|ha|controls)/|.*/test_(every|bench|speed)", name)
    ]
    near = [name for word in reversed(words) for name in usual if word.rstrip("s") in name]
    return list(dict.fromkeys([*near, *ALL_AREAS]))


def write(found: Mapping[tuple[str, str], str]) -> None:
    """Put the table into the page: of each guard that is there the test that misses it."""
    known = {**remembered(), **found}
    rows = [
        f"| `{place.path}` | `{place.key[1]}` | `{known[place.key]}` |"
        for place in places()
        if place.key in known
    ]
    replace_part("guards", ["| module | without | caught by |", "| --- | --- | --- |", *rows])


def red_anyway(trials: Trials, tests: Iterable[str]) -> list[str]:
    """Of these tests those that are red with every guard in place: they show nothing."""
    path = "service/__init__.py"
    source = (ROOT / path).read_text()
    red: list[str] = []
    for _, of_file in groupby(sorted(set(tests)), key=lambda test: test.partition("::")[0]):
        red += trials.hold(path, source, list(of_file)).failed
    return red


def sweep(words: Iterable[str]) -> None:
    """Remove each guard and see a test turn red; raises `SystemExit` where none does, or one is red anyway."""
    chosen = [place for place in places() if not words or any(word in place.path for word in words)]
    known = remembered()
    unmissed = []
    with Trials.held() as trials:
        for place in chosen:
            verdict = missed_by(trials, place, known.get(place.key))
            named = next(_tests(verdict), known.get(place.key))
            state = "STILL GREEN" if verdict.is_green else f"red, {named}"
            print(f"{place.path}: {place.key[1]} .. {state}", flush=True)
            if verdict.is_green or named is None:
                unmissed.append(f"{place.path}: {place.key[1]}")
            else:
                write({place.key: named})
        known = remembered()
        red = red_anyway(trials, [known[place.key] for place in chosen if place.key in known])
    if red:
        raise SystemExit("tests that are red with every guard in place:\n" + "\n".join(red))
    if unmissed:
        raise SystemExit("guards that no test misses:\n" + "\n".join(unmissed))
    print(f"{PAGE.relative_to(ROOT)}: {len(chosen)} guards", flush=True)


def _tests(verdict: Verdict) -> Iterator[str]:
    return (name for name in verdict.failed if "::" in name)


def _one_line(text: str) -> str:
    return text.replace("|", "¦").replace("`", "'")
