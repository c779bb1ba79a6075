"""
Chosen pgTAP files or isolation specs on a database deployed from this folder.

    python -m tests.controls.suite pgtap|isolation name ...

Ends with 0 when they are green, 1 when one is red, 3 when nothing could be deployed.
"""

from __future__ import annotations

import subprocess
import sys

from service.embedded import Cluster
from tests import database
from tests.database import FAST, TEMPLATE, TESTS, clone, deploy, install_pgtap

BROKEN = 3


def main(kind: str, names: list[str]) -> int:
    with Cluster.temporary(settings=FAST) as cluster:
        cluster.run("createdb", TEMPLATE)
        try:
            deploy(cluster, TEMPLATE)
        except SystemExit as exc:
            print(exc)
            return BROKEN
        if kind == "isolation":
            specs = [TESTS / "isolation" / f"{name}.spec" for name in names]
            return 0 if database.isolation(cluster, accept=False, specs=specs) else 1
        with clone(cluster, "pgtap") as dbname:
            install_pgtap(cluster, dbname)
            command = ["pg_prove", "--verbose", "--ext", ".sql", *(f"db/tests/{name}" for name in names)]
            done = subprocess.run(command, cwd=database.ROOT, env=cluster.env(dbname=dbname), check=False)
            return min(done.returncode, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
