"""
Results: kept as JSON, told as Markdown. Everything that is written is made from the JSON.

    python -m bench.report FOLDER [README]   writes pages and plots again from FOLDER/results.json
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import UNSET, Struct, UnsetType, field, json

_PREFACE = (
    "Written by `make bench`; not edited by hand. Ratios come first, because they compare figures of one run, "
    "taken in turns: a ratio is the median of its rounds, the extremes in brackets. Absolute figures belong to "
    "this machine. `python -m bench PART` runs one part, `--quick` rehearses with times too short for figures:"
)

BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
RESULTS = "results.json"


class Ratio(Struct, kw_only=True, omit_defaults=True):
    """One figure without a unit: the median of the rounds, the extremes beside it."""

    name: str
    value: float
    low: float
    high: float
    at_least: float | UnsetType = UNSET
    at_most: float | UnsetType = UNSET

    @classmethod
    def of(
        cls,
        name: str,
        above: Iterable[float],
        below: Iterable[float],
        *,
        at_least: float | UnsetType = UNSET,
        at_most: float | UnsetType = UNSET,
    ) -> Ratio:
        """Of two rows of figures, round by round."""
        rounds = [a / b for a, b in zip(above, below, strict=True)]
        return cls(
            name=name,
            value=statistics.median(rounds),
            low=min(rounds),
            high=max(rounds),
            at_least=at_least,
            at_most=at_most,
        )

    @property
    def has_target(self) -> bool:
        return self.at_least is not UNSET or self.at_most is not UNSET

    @property
    def target(self) -> str:
        """As it is written; empty when there is none."""
        if self.at_least is not UNSET:
            return f"≥ {number(self.at_least)}"
        return f"≤ {number(self.at_most)}" if self.at_most is not UNSET else ""

    @property
    def is_met(self) -> bool:
        """True where there is no target."""
        if self.at_least is not UNSET:
            return self.value >= self.at_least
        return self.at_most is UNSET or self.value <= self.at_most

    @property
    def verdict(self) -> str:
        return ("met" if self.is_met else "**missed**") if self.has_target else ""


class Table(Struct, kw_only=True):
    """Absolute figures; the machine is told beside each."""

    title: str
    columns: list[str]
    rows: list[list[str]]


class Plot(Struct, kw_only=True, omit_defaults=True):
    """A drawing: one line or one set of bars a series; None where nothing was measured."""

    name: str
    title: str
    x_title: str
    y_title: str
    x: list[str]
    series: dict[str, list[float | None]]
    is_bars: bool = False
    is_logarithmic: bool = False


class Part(Struct, kw_only=True, omit_defaults=True):
    """What one part of the run found."""

    name: str
    title: str
    method: str = ""
    ratios: list[Ratio] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    plots: list[Plot] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    failure: str | UnsetType = UNSET
    skipped: str | UnsetType = UNSET


class Machine(Struct, kw_only=True):
    """Where it ran: without this no absolute figure means anything."""

    cores: int
    processor: str
    memory_gib: float
    system: str
    python: str
    postgresql: str
    fdatasync_ms: float
    fdatasync_p99_ms: float
    load_before: float


class Report(Struct, kw_only=True):
    """One run."""

    commit: str
    began_at: str
    seconds: float
    rounds: int
    is_rehearsal: bool
    machine: Machine
    parts: list[Part]

    @property
    def has_failed(self) -> bool:
        return any(part.failure is not UNSET for part in self.parts)


def number(value: float) -> str:
    """Short: three digits that mean something."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def milliseconds(value: float) -> str:
    """With enough digits below one."""
    return f"{value:.0f} ms" if value >= 10 else f"{value:.2g} ms"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def markdown(report: Report) -> str:
    """docs/benchmarks/README.md."""
    machine = report.machine
    head = [
        "# Benchmarks",
        _PREFACE,
        table(
            ["", ""],
            [
                ["cores", f"{machine.cores}, {machine.processor}"],
                ["memory", f"{machine.memory_gib:.0f} GiB"],
                ["system", machine.system],
                ["Python, PostgreSQL", f"{machine.python}, {machine.postgresql}"],
                [
                    "fdatasync of 8 KiB",
                    f"{milliseconds(machine.fdatasync_ms)}, p99 {milliseconds(machine.fdatasync_p99_ms)}",
                ],
                ["load before it began", number(machine.load_before)],
                ["commit", report.commit],
                ["began, lasted", f"{report.began_at}, {report.seconds / 60:.0f} minutes"],
                ["rounds", str(report.rounds)],
            ],
        ),
        "Server, PostgreSQL (fsync on, `synchronous_commit` on) and load generator share the cores.",
    ]
    if report.is_rehearsal:
        head.append("**A rehearsal with short times: its figures mean nothing.**")
    head += ["## Targets", targets(report)]
    return "\n\n".join(head + [_part(part, machine) for part in report.parts]) + "\n"


def targets(report: Report) -> str:
    """Every ratio with a target, and what could not be measured."""
    rows = [
        [f"[{part.title}](#{_anchor(part.title)})", ratio.name, _value(ratio), ratio.target, ratio.verdict]
        for part in report.parts
        for ratio in part.ratios
        if ratio.has_target
    ]
    text = table(["part", "ratio", "measured", "target", ""], rows)
    return "\n\n".join([text, *(_absence(part) for part in report.parts if _absence(part))])


def figures(report: Report) -> str:
    """What stands in the project's README."""
    rows = [
        [ratio.name, number(ratio.value), ratio.target, ratio.verdict]
        for part in report.parts
        for ratio in part.ratios
        if ratio.has_target
    ]
    machine = report.machine
    return "\n".join(
        [
            table(["ratio", "measured", "target", ""], rows),
            "",
            f"{_place(machine)}, median of {report.rounds} rounds, commit {report.commit}."
            + (" **A rehearsal with short times: its figures mean nothing.**" if report.is_rehearsal else ""),
        ]
    )


def write(report: Report, folder: Path, readme: Path | None) -> None:
    """JSON, Markdown and plots into the folder, the figures between the marks of the README."""
    from bench import plots

    folder.mkdir(parents=True, exist_ok=True)
    (folder / RESULTS).write_bytes(json.format(json.encode(report), indent=1) + b"\n")
    (folder / "README.md").write_text(markdown(report))
    for path in folder.glob("*.svg"):
        path.unlink()
    for part in report.parts:
        for plot in part.plots:
            (folder / f"{plot.name}.svg").write_bytes(plots.draw(plot))
    if readme is not None:
        readme.write_text(with_figures(readme.read_text(), figures(report)))


def read(folder: Path) -> Report:
    """The results of an earlier run."""
    return json.decode((folder / RESULTS).read_bytes(), type=Report)


def with_figures(text: str, figures: str) -> str:
    """The text with other figures between its marks."""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no {BEGIN} … {END}")
    return f"{head}{BEGIN}\n{figures}\n{END}{tail}"


def _part(part: Part, machine: Machine) -> str:
    blocks = [f"## {part.title}"]
    if part.method:
        blocks.append(part.method)
    if absence := _absence(part):
        blocks.append(absence)
    if part.ratios:
        rows = [[ratio.name, _value(ratio), ratio.target, ratio.verdict] for ratio in part.ratios]
        blocks.append(table(["ratio", "measured", "target", ""], rows))
    blocks += [f"![{plot.title}]({plot.name}.svg)" for plot in part.plots]
    for item in part.tables:
        blocks += [f"{item.title} ({_place(machine)}):", table(item.columns, item.rows)]
    blocks += part.notes
    blocks.append(f"`python -m bench {part.name}`, {part.seconds:.0f} s.")
    return "\n\n".join(blocks)


def _absence(part: Part) -> str:
    if part.failure is not UNSET:
        return f"**{part.title}: failed.** {part.failure}"
    return f"**{part.title}: not run.** {part.skipped}" if part.skipped is not UNSET else ""


def _value(ratio: Ratio) -> str:
    if ratio.low == ratio.high:
        return number(ratio.value)
    return f"{number(ratio.value)} ({number(ratio.low)} to {number(ratio.high)})"


def _place(machine: Machine) -> str:
    return f"{machine.cores} cores, fdatasync {milliseconds(machine.fdatasync_ms)}"


def _anchor(title: str) -> str:
    return "".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c in "-_")


if __name__ == "__main__":
    write(read(Path(sys.argv[1])), Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
