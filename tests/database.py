"""
The database's own tests, on the oldest PostgreSQL at hand and on the embedded one, side by side.

    python -m tests.database [pgtap] [isolation] [cycle] [--pg 15] [--accept]

pgtap      every db/tests/**/*.sql, by pg_prove
isolation  every db/tests/isolation/*.spec, by isolationtester, against the .out beside it
cycle      deploy, revert to nothing and deploy again is a fixed point
"""

from __future__ import annotations

import argparse
import atexit
import difflib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import IO

from service.embedded import Cluster, embedded_bin_dir, version_of

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "db" / "tests"
TEMPLATE = "deployed"

# Nothing here outlives the run, so nothing need survive a crash. Tests of crashes say otherwise.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def servers() -> dict[str, Path]:
    """Major version → directory of programs: what tools/toolbox found, and the embedded one."""
    found = [(ROOT / ".tools" / "postgresql" / "bin").resolve(), embedded_bin_dir()]
    return {version_of(bin_dir).split(".")[0]: bin_dir for bin_dir in found if bin_dir.exists()}


def sqitch(cluster: Cluster, dbname: str, *arguments: str) -> None:
    """Run sqitch quietly; when it fails, everything it said is in the error."""
    done = subprocess.run(
        ["sqitch", *arguments],
        cwd=ROOT,
        env=cluster.env(dbname=dbname),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"sqitch {' '.join(arguments)} failed:\n{done.stdout}")


def deploy(cluster: Cluster, dbname: str) -> None:
    """Deploy the schema into an existing database."""
    sqitch(cluster, dbname, "deploy", "--verify")


def deployed(bin_dir: Path | None = None) -> Path:
    """A data directory with the schema in database TEMPLATE, for servers that begin with a copy of it."""
    return _deployed(bin_dir or embedded_bin_dir())


@cache
def _deployed(bin_dir: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="pgtill-deployed-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with Cluster.temporary(bin_dir, {**FAST, "min_wal_size": "32MB", "max_wal_size": "48MB"}) as cluster:
        cluster.run("createdb", TEMPLATE)
        deploy(cluster, TEMPLATE)
        cluster.stop()
        subprocess.run(["cp", "-a", cluster.data_dir, folder / "data"], check=True)
    return folder / "data"


def rename(cluster: Cluster, dbname: str, *, to: str) -> None:
    """Give a database that nobody uses another name; unlike a clone it keeps its rights."""
    cluster.run("psql", "--no-psqlrc", "--quiet", f"--command=ALTER DATABASE {dbname} RENAME TO {to}")


def close_to_public(cluster: Cluster, dbname: str) -> None:
    """Take from PUBLIC what a clone gives it anew: rights on a database do not come with its template."""
    cluster.run("psql", "--no-psqlrc", "--quiet", f"--dbname={dbname}", f"--file={ROOT}/db/roles/public.sql")


def install_pgtap(cluster: Cluster, dbname: str) -> None:
    """Load the test tools into schema tap."""
    cluster.run(
        "psql",
        "--no-psqlrc",
        "--quiet",
        f"--dbname={dbname}",
        f"--set=pgtap_script={ROOT / '.tools' / 'pgtap.sql'}",
        f"--file={TESTS / 'support' / 'install.psql'}",
    )


def pgtap(cluster: Cluster) -> bool:
    """pg_prove prints its own verdict."""
    # It would succeed where it finds nothing.
    if not list(TESTS.rglob("*.sql")):
        raise SystemExit(f"no pgTAP tests in {TESTS}")
    with clone(cluster, "pgtap") as dbname:
        install_pgtap(cluster, dbname)
        command = ["pg_prove", "--recurse", "--ext", ".sql", "--jobs", "4", "--shuffle", "db/tests"]
        return subprocess.run(command, cwd=ROOT, env=cluster.env(dbname=dbname), check=False).returncode == 0


def isolation(cluster: Cluster, *, accept: bool, specs: Sequence[Path] = ()) -> bool:
    """Two sessions in every interleaving; what they print must be what was committed."""
    specs = specs or sorted((TESTS / "isolation").glob("*.spec"))
    tester = next((cluster.bin_dir.parent / "lib").rglob("isolationtester"))
    good = 0
    for spec in specs:
        with clone(cluster, "isolation") as dbname:
            given = TESTS / "support" / "given.psql"
            cluster.run(
                "psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--dbname={dbname}", f"--file={given}"
            )
            done = subprocess.run(
                [tester, cluster.dsn(dbname=dbname)],
                env=cluster.env(),
                input=spec.read_text(),
                capture_output=True,
                text=True,
                check=False,
            )
        expected = spec.with_suffix(".out")
        if accept and not done.returncode:
            expected.write_text(done.stdout)
        wanted = expected.read_text() if expected.exists() else ""
        same = done.stdout == wanted and done.returncode == 0
        good += same
        print(f"{spec.relative_to(ROOT)} .. {'ok' if same else 'not ok'}")
        if not same:
            sys.stdout.writelines(
                difflib.unified_diff(
                    wanted.splitlines(keepends=True), done.stdout.splitlines(keepends=True), "expected", "got"
                )
            )
            print(done.stderr, end="")
    print(f"isolation: {good} of {len(specs)} specs as expected")
    return good == len(specs)


def cycle(cluster: Cluster) -> bool:
    """Nothing is left after a revert, and the second deployment is the first."""
    cluster.run("createdb", "cycle")
    try:
        empty = _dump(cluster)
        deploy(cluster, "cycle")
        sqitch(cluster, "cycle", "verify")
        sqitch(cluster, "cycle", "check")
        first = _dump(cluster)
        sqitch(cluster, "cycle", "revert", "-y")
        left = _dump(cluster)
        deploy(cluster, "cycle")
        second = _dump(cluster)
    finally:
        cluster.run("dropdb", "--force", "cycle")
    good = _same("revert leaves nothing", empty, left) and _same("deploy again is the same", first, second)
    print(
        f"cycle: {'a fixed point' if good else 'NOT a fixed point'}, {first.count(chr(10))} lines of schema"
    )
    return good


@contextmanager
def clone(cluster: Cluster, dbname: str) -> Iterator[str]:
    """A database of its own, made from the deployed template."""
    cluster.run("createdb", f"--template={TEMPLATE}", dbname)
    close_to_public(cluster, dbname)
    try:
        yield dbname
    finally:
        cluster.run("dropdb", "--force", dbname)


def _dump(cluster: Cluster) -> str:
    # The key would otherwise be random.
    return cluster.run(
        "pg_dump", "--schema-only", "--restrict-key=x", "--exclude-schema=sqitch", "--dbname=cycle"
    )


def _same(what: str, before: str, after: str) -> bool:
    difference = "\n".join(
        difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm="", n=1)
    )
    print(f"{what} .. {'ok' if not difference else 'not ok'}")
    if difference:
        print(difference)
    return not difference


SUITES = ("pgtap", "isolation", "cycle")


def run(major: str, suites: Sequence[str], *, accept: bool = False) -> list[str]:
    """Run suites on a server of this version; those that failed."""
    chosen: dict[str, Callable[[Cluster], bool]] = {
        "pgtap": pgtap,
        "isolation": lambda cluster: isolation(cluster, accept=accept),
        "cycle": cycle,
    }
    failed = []
    with Cluster.temporary(servers()[major], FAST) as cluster:
        cluster.run("createdb", TEMPLATE)
        deploy(cluster, TEMPLATE)
        for name in suites:
            print(f"--- {name}, PostgreSQL {cluster.version}", flush=True)
            if not chosen[name](cluster):
                failed.append(f"{name} on {major}")
    return failed


def side_by_side(majors: Sequence[str], suites: Sequence[str]) -> list[str]:
    """
    Run suites on servers of all these versions, each in a process of its own; the versions that failed.

    What is said of the first is seen as it comes, of each other when those before it have ended.
    """
    with ExitStack() as stack:
        runs: list[tuple[str, subprocess.Popen[bytes], IO[bytes] | None]] = []
        for major in majors:
            said = stack.enter_context(tempfile.TemporaryFile()) if runs else None
            command = [sys.executable, "-m", "tests.database", "--pg", major, *suites]
            process = subprocess.Popen(
                command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT if said else None
            )
            runs.append((major, stack.enter_context(process), said))
        failed = []
        for major, process, output in runs:
            if process.wait():
                failed.append(f"PostgreSQL {major}")
            if output:
                output.seek(0)
                sys.stdout.write(output.read().decode(errors="replace"))
    return failed


def main() -> None:
    """Run the chosen suites on each server; exit 1 when one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("suites", nargs="*", help="all of them without one")
    parser.add_argument("--pg", help="only this major version")
    parser.add_argument("--accept", action="store_true", help="write the .out files from what happened")
    arguments = parser.parse_args()

    suites = arguments.suites or SUITES
    if unknown := set(suites) - set(SUITES):
        parser.error(f"no suite {', '.join(sorted(unknown))}")
    majors = [major for major in servers() if arguments.pg in (None, major)]
    if not majors:
        parser.error(f"no PostgreSQL {arguments.pg} here, only {', '.join(servers())}")

    if len(majors) == 1 or arguments.accept:  # one after the other: each writes the same files
        failed = [name for major in majors for name in run(major, suites, accept=arguments.accept)]
    else:
        failed = side_by_side(majors, suites)
    if failed:
        raise SystemExit(f"FAILED: {', '.join(failed)}")


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # in step with pg_prove's
    main()
