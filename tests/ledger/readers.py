"""The programs that must be able to read an export, asked for every balance in it."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

Balances = dict[tuple[str, str], int]
"""(account, currency) -> debits less credits in the smallest unit; zero is left out."""

HLEDGER = shutil.which("hledger")
BEAN_CHECK = shutil.which("bean-check") or shutil.which("bean-check", path=str(Path(sys.executable).parent))

needs_hledger = pytest.mark.skipif(
    HLEDGER is None, reason="hledger is not installed (Debian, Homebrew: package hledger)"
)
needs_beancount = pytest.mark.skipif(
    BEAN_CHECK is None, reason="bean-check is not on PATH (PyPI: package beancount)"
)


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    return subprocess.run(words, capture_output=True, text=True, check=False, env=env)


def hledger_check(path: Path) -> str:
    """What hledger has against a file; nothing when every check passes, assertions among them."""
    done = run(str(HLEDGER), "-f", path, "check", "--strict")
    return done.stderr if done.returncode else ""


def hledger_balances(path: Path, exponents: dict[str, int]) -> Balances:
    """Every account's own balance, with all the digits hledger has."""
    done = run(str(HLEDGER), "-f", path, "balance", "--flat", "--no-total", "--layout=bare", "-O", "csv")
    assert done.returncode == 0, done.stderr
    return {
        (row["account"], row["commodity"]): _minor(row["balance"], exponents[row["commodity"]])
        for row in csv.DictReader(io.StringIO(done.stdout, newline=""))
    }


def hledger_prints(path: Path) -> str:
    """The journal as hledger understood it."""
    done = run(str(HLEDGER), "-f", path, "print")
    assert done.returncode == 0, done.stderr
    return done.stdout


def bean_check(path: Path) -> str:
    """What beancount has against a file; nothing when it holds, balances among them."""
    done = run(str(BEAN_CHECK), path)
    return done.stderr or done.stdout if done.returncode else ""


def csv_balances(text: str) -> Balances:
    """The movements of every account in a CSV export, added up; exact by both of its columns."""
    found: Balances = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        amount = int(row["amount_minor"])
        assert _minor(row["amount"], int(row["exponent"])) == amount
        key = (row["account"], row["currency"])
        found[key] = found.get(key, 0) + (amount if row["side"] == "DEBIT" else -amount)
    return {key: value for key, value in found.items() if value}


def _minor(text: str, exponent: int) -> int:
    """A number with exactly `exponent` decimals as units of the smallest one."""
    assert len(text.partition(".")[2]) == exponent, text
    return int(text.replace(".", ""))
