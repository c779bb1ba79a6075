"""
The database's own tests, on the oldest PostgreSQL at hand and on the embedded one.

    python -m tests.database [pgtap] [isolation] [cycle] [--pg 15] [--accept]

pgtap      every db/tests/**/*.sql, by pg_prove
isolation  every db/tests/isolation/*.spec, by isolationtester, against the .out beside it
cycle      deploy, revert to nothing and deploy again is a fixed point
"""

from __future__ import annotations

import argparse
import difflib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

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


def main() -> None:
    """Run the chosen suites on each server; exit 1 when one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("suites", nargs="*", help="all of them without one")
    parser.add_argument("--pg", help="only this major version")
    parser.add_argument("--accept", action="store_true", help="write the .out files from what happened")
    arguments = parser.parse_args()

    suites: dict[str, Callable[[Cluster], bool]] = {
        "pgtap": pgtap,
        "isolation": lambda cluster: isolation(cluster, accept=arguments.accept),
        "cycle": cycle,
    }
    if unknown := set(arguments.suites) - set(suites):
        parser.error(f"no suite {', '.join(sorted(unknown))}")

    failed = []
    for major, bin_dir in servers().items():
        if arguments.pg not in (None, major):
            continue
        with Cluster.temporary(bin_dir, FAST) as cluster:
            cluster.run("createdb", TEMPLATE)
            deploy(cluster, TEMPLATE)
            for name in arguments.suites or suites:
                print(f"--- {name}, PostgreSQL {cluster.version}", flush=True)
                if not suites[name](cluster):
                    failed.append(f"{name} on {major}")
    if failed:
        raise SystemExit(f"FAILED: {', '.join(failed)}")


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # in step with pg_prove's
    main()
