"""docs/controls.md: words of its own, and tables that are written from what was seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tests.database import ROOT

PAGE: Final = ROOT / "docs" / "controls.md"


def part(name: str) -> list[str]:
    """The rows of a table, without its head."""
    return PAGE.read_text().partition(_begin(name))[2].partition(_end(name))[0].strip().splitlines()[2:]


def replace_part(name: str, lines: Sequence[str]) -> None:
    """Put a table, head and rows, where it belongs."""
    before, _, rest = PAGE.read_text().partition(_begin(name))
    after = rest.partition(_end(name))[2]
    PAGE.write_text("\n".join([before + _begin(name), *lines, _end(name) + after]))


def cells(line: str) -> list[str]:
    """What stands in a row."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def _begin(name: str) -> str:
    return f"<!-- {name} -->"


def _end(name: str) -> str:
    return f"<!-- /{name} -->"
