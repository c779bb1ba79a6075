"""The benchmarks run, and what is written of them is what they found. Times are short, so no figure counts."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from pathlib import Path

import pytest
from msgspec import UNSET

from bench import history, machine, open_loop, parts, report, wrk
from bench.__main__ import run
from bench.parts.growth import hindrance_to
from bench.report import END, Part, Plot, Ratio, Report
from bench.stage import PATH, Effort, Stage
from service.embedded import Cluster
from tests.support import ROOT, Shop

DOCS = ROOT / "docs" / "benchmarks"


@pytest.fixture(scope="module")
def stage(cluster: Cluster) -> Stage:
    if not wrk.is_there():
        pytest.skip("wrk is not installed; `make bench` gets it")
    open_loop.raise_file_limit()
    return Stage(cluster)


@pytest.mark.alone
@pytest.mark.parametrize("name", parts.NAMES)
def test_every_part_runs(stage: Stage, name: str) -> None:
    part = run(name, stage, Effort.rehearsal())
    if part.skipped is not UNSET:
        pytest.skip(part.skipped)
    assert part.failure is UNSET
    assert part.name == name
    assert part.title
    assert part.method
    assert part.ratios or part.tables
    for table in part.tables:
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}
    for plot in part.plots:
        assert {len(values) for values in plot.series.values()} == {len(plot.x)}


def test_a_part_that_fails_says_so_and_is_no_figure(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(stage: Stage, effort: Effort) -> Part:
        raise RuntimeError("as it was\nasked to")

    monkeypatch.setattr("bench.parts.derivation.measure", fail)
    part = run("derivation", stage, Effort.rehearsal())
    assert part.failure == "RuntimeError: as it was asked to"
    assert "asked to" in capfd.readouterr().err
    made = _report(part)
    assert made.has_failed
    assert "**Derivation against other libraries: failed.** RuntimeError" in report.markdown(made)


# What is written


@pytest.fixture(scope="module")
def published() -> Report:
    return report.read(DOCS)


def test_the_page_and_the_readme_are_what_the_results_say(published: Report) -> None:
    assert (DOCS / "README.md").read_text() == report.markdown(published)
    readme = (ROOT / "README.md").read_text()
    assert report.with_figures(readme, report.figures(published)) == readme


def test_every_plot_is_there_and_no_other(published: Report) -> None:
    drawn = {plot.name for part in published.parts for plot in part.plots}
    assert {path.stem for path in DOCS.glob("*.svg")} == drawn


def test_every_part_is_published(published: Report) -> None:
    assert [part.name for part in published.parts] == list(parts.NAMES)


def test_written_and_read_it_is_the_same(tmp_path: Path) -> None:
    pytest.importorskip("pygal", reason="pygal is not installed; `make bench` installs it")
    plot = Plot(name="p", title="P", x_title="x", y_title="y", x=["1", "2"], series={"a": [1.0, None]})
    made = _report(_part(plots=[plot]))
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{report.BEGIN}\nold\n{END}\nafter\n")
    report.write(made, tmp_path / "out", readme)
    assert report.read(tmp_path / "out") == made
    assert readme.read_text() == f"before\n{report.BEGIN}\n{report.figures(made)}\n{END}\nafter\n"
    svg = (tmp_path / "out" / "p.svg").read_text()
    assert "<script" not in svg
    assert svg.rstrip().endswith("</svg>")


def test_marks_that_are_missing_are_an_error() -> None:
    with pytest.raises(ValueError, match="figures"):
        report.with_figures("no marks", "figures")


@pytest.mark.parametrize(
    ("value", "bounds", "verdict"),
    [
        (0.6, {"at_least": 0.6}, "met"),
        (0.59, {"at_least": 0.6}, "**missed**"),
        (4.0, {"at_most": 4.0}, "met"),
        (4.01, {"at_most": 4.0}, "**missed**"),
        (1.0, {}, ""),
    ],
)
def test_a_target_is_met_or_missed(value: float, bounds: dict[str, float], verdict: str) -> None:
    assert Ratio.of("r", [value], [1], **bounds).verdict == verdict


def test_a_ratio_is_of_each_round_and_the_median_of_them() -> None:
    ratio = Ratio.of("r", [1, 9, 4], [1, 3, 1])
    assert (ratio.value, ratio.low, ratio.high) == (3, 1, 4)


def test_rounds_take_turns_and_every_other_goes_backwards() -> None:
    called: list[str] = []
    effort = dataclasses.replace(Effort.rehearsal(), rounds=2)
    effort.interleave({name: lambda name=name: called.append(name) for name in "abc"})  # type: ignore[misc]
    assert called == ["a", "b", "c", "c", "b", "a"]


# Load


@pytest.mark.alone
def test_open_loop_latency_counts_from_when_a_request_was_due(shop: Shop) -> None:
    """One connection cannot keep up: most of the latency is waiting for it, and none is left out."""
    outcome = open_loop.run(
        shop.server.url, [wrk.Request(path="/healthz")], rate=20_000, seconds=0.1, connections=1
    )
    assert outcome.statuses == {200: outcome.due}
    assert len(outcome.latencies_ms) == outcome.due > 1_500
    an_answer_ms = outcome.seconds / outcome.due * 1_000
    assert outcome.percentile_ms(99) > 50 * an_answer_ms
    assert outcome.percentile_ms(50) <= outcome.percentile_ms(99) <= outcome.percentile_ms(100)


def test_arrivals_are_a_poisson_process_that_can_be_repeated() -> None:
    moments = open_loop._arrivals(1_000, 10, seed=7)
    assert moments == open_loop._arrivals(1_000, 10, seed=7) == sorted(moments)
    assert moments[-1] < 10
    assert 9_500 < len(moments) < 10_500  # five standard deviations
    a_tenth = Counter(int(moment * 10) for moment in moments)
    mean = sum(a_tenth.values()) / 100
    assert 0.5 < sum((count - mean) ** 2 for count in a_tenth.values()) / 100 / mean < 2


@pytest.mark.alone
def test_requests_with_a_mark_differ(stage: Stage) -> None:
    """As many payment requests as there were keys: the marks never came twice."""
    with stage.database("marks") as database, stage.server(database) as server:
        post = database.post(key=f"key-{wrk.UNIQUE}")
        loads = [wrk.load(server.url, [post], connections=4, seconds=1) for _ in range(2)]
        made = database.value("SELECT count(*) FROM app.payment_requests")
        keys = database.value(
            "SELECT count(*) FROM app.idempotency_records WHERE idempotency_key ~ '^key-[0-9]{10}$'"
        )
    assert all(load.not_2xx == 0 for load in loads)
    assert made == keys >= sum(load.per_second for load in loads) * 0.9


def test_a_past_that_was_loaded_is_as_good_as_one_that_happened(stage: Stage) -> None:
    """Constraints are all back, nothing is an anomaly, and the next payment request follows it."""
    with stage.database("past") as database:
        names = "SELECT string_agg(conname, ' ' ORDER BY conname) FROM pg_constraint"
        indexes = (
            "SELECT string_agg(indexdef, ' ' ORDER BY indexdef) FROM pg_indexes WHERE schemaname = 'app'"
        )
        before = database.value(names), database.value(indexes)
        ids = history.load(database, 1_000)
        assert (database.value(names), database.value(indexes)) == before
        assert len(ids) == history.SAMPLE
        database.assert_whole()
        with stage.server(database) as server:
            asked = [database.ask("GET", f"{PATH}/{id_}") for id_ in ids]
            assert {status for status, _ in open_loop.fetch(server.url, asked)} == {200}
            ((status, body),) = open_loop.fetch(server.url, [database.post(network="sepolia")])
        assert status == 201
        assert json.loads(body)["payment_instructions"]["derivation_index"] == 1_000
        database.assert_whole()


def test_a_past_that_would_take_too_long_or_too_much_is_left_out_and_said() -> None:
    assert hindrance_to(1_000, 59.0, 60.0) is None
    assert "would have taken about 61 s" in str(hindrance_to(1_000, 61.0, 60.0))
    assert "no room" in str(hindrance_to(10**15, 0.0, 60.0))


def test_fdatasync_is_measured() -> None:
    assert all(latency > 0 for latency in machine.fdatasync_ms(3))


def _part(**fields: object) -> Part:
    return Part(name="derivation", title="Derivation against other libraries", **fields)  # type: ignore[arg-type]


def _report(part: Part) -> Report:
    return Report(
        commit="abc",
        began_at="2026-01-01 00:00 UTC",
        seconds=1.0,
        rounds=1,
        is_rehearsal=True,
        machine=machine.look("18.0"),
        parts=[part],
    )
