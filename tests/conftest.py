"""
A database for every test that asks for one.

    cluster     one private server for the process (embedded 18; --pg 15 for the other)
    template    its template database, deployed by sqitch, once a process
    database    a fresh clone of the template, gone after the test

a seed for every test that does something at random: fixed_seed, drawn_seed (tests/seeds.py),

and from tests/support.py a server with a merchant, for a whole module: shop, module_database; from
tests/controls/functions.py a database whose functions may be put wrong: workshop.

`make test` has a process for each core, and each file of tests in one of them (pytest-xdist), then one
for what is marked `alone`. Nothing may depend on there being one only: no port, path or name that is
fixed outside of these servers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from pytest_postgresql.janitor import DatabaseJanitor

from service.embedded import PORT, Cluster, runnable
from tests.controls.functions import workshop
from tests.database import FAST, TEMPLATE, close_to_public, deployed, servers
from tests.seeds import give_seeds
from tests.support import module_database, shop

# Said before they are imported, so that what they assert is explained.
pytest.register_assert_rewrite("tests.faults.house")

__all__ = ["module_database", "shop", "workshop"]  # fixtures, for every module

# A failing example is in the log, to be run again from there alone. How long one takes says nothing:
# others run beside it.
hypothesis.settings.register_profile("pgtill", print_blob=True, deadline=None)
hypothesis.settings.load_profile("pgtill")


@dataclass(frozen=True)
class Database:
    """One test's database."""

    cluster: Cluster
    name: str

    def dsn(self, user: str = "postgres") -> str:
        """A libpq URI, for postgres, pgtill_service, pgtill_operator or pgtill_auditor."""
        return self.cluster.dsn(user, self.name)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pg", default="18", help="PostgreSQL major version to test on (default: 18)")
    parser.addoption("--long", action="store_true", help="faults and attacks in their long forms")
    parser.addoption("--lent", type=Path, help="folder of a deployed server that another run lends")
    parser.addoption("--seed", type=int, help="the one seed of random faults and crowds")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    give_seeds(metafunc)


@pytest.fixture
def fixed_seed(request: pytest.FixtureRequest) -> int:
    """The same in every run; another with --seed."""
    return _told(request)


@pytest.fixture
def drawn_seed(request: pytest.FixtureRequest) -> int:
    """Another in every run; with --seed, that one."""
    return _told(request)


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """The session's server. Not to be stopped: a test of crashes takes its own Cluster.temporary()."""
    major, found = request.config.getoption("--pg"), servers()
    if major not in found:
        pytest.fail(f"no PostgreSQL {major} here, only {', '.join(found)}")
    if lent := request.config.getoption("--lent"):
        yield _borrowed(found[major], lent)
        return
    with Cluster.temporary(found[major], FAST, data_dir=deployed(found[major])) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """Deployed once; cloning it takes a fraction of the time."""
    return TEMPLATE


@pytest.fixture
def database(cluster: Cluster, template: str) -> Iterator[Database]:
    """Empty but for what the deployment wrote. Roles are the cluster's: leave them as they are."""
    # pytest-postgresql's janitor rather than its fixtures: those want to know the server's socket
    # before it is there, and their loaders cannot ask a fixture for it.
    janitor = DatabaseJanitor(
        user="postgres", host=str(cluster.socket_dir), port=PORT, dbname="test", template_dbname=template
    )
    with janitor:
        close_to_public(cluster, janitor.dbname)
        yield Database(cluster, janitor.dbname)


def _told(request: pytest.FixtureRequest) -> int:
    seed: int = request.param
    print(f"--seed={seed}")
    return seed


def _borrowed(bin_dir: Path, home: Path) -> Cluster:
    """The server whose folder it is, as its owner sees it."""
    cluster = Cluster(
        bin_dir=runnable(bin_dir)[0], data_dir=home / "data", log_path=home / "log", account=None
    )
    cluster.socket_dir = Path((home / "lock").read_text())
    return cluster
