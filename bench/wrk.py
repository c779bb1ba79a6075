"""Closed-loop load by wrk: each connection asks again as soon as it has its answer."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

UNIQUE = "@@UNIQUE@@"
"""In a request, stands for a number of as many digits that no other request has."""

_RUNS = count(1)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One HTTP request; what is asked again and again, or in turn with others."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def wire(self, host: str) -> bytes:
        """As it goes over a connection."""
        head = {"Host": host, **self.headers}
        if self.method != "GET":
            head["Content-Length"] = str(len(self.body.encode()))
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
        return "\r\n".join([*lines, "", ""]).encode() + self.body.encode()


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw."""

    connections: int
    per_second: float
    p50_ms: float
    p99_ms: float
    not_2xx: float
    """Share of all answers."""


def is_there() -> bool:
    return shutil.which("wrk") is not None


def load(url: str, requests: Sequence[Request], *, connections: int, seconds: int) -> Load:
    """
    Ask for `seconds`; the requests in turn, where there are several.

    Raises RuntimeError when a connection failed or nothing was answered.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_script(requests, next(_RUNS)))
        script.flush()
        done = subprocess.run(
            [
                *("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=10s", "--latency"),
                *(f"--script={script.name}", url),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode or "Socket errors" in done.stdout:
        raise RuntimeError(f"wrk: {(done.stderr or done.stdout).strip()}")
    found = _read(done.stdout, connections)
    # What wrk still waited for when it stopped is still being worked on, and no business of the next run.
    time.sleep(1.2 * connections / found.per_second)
    return found


def warm_up(url: str, requests: Sequence[Request], seconds: int) -> None:
    """Ask for that long, and forget what was seen; nothing for 0 s."""
    if seconds:
        load(url, requests, connections=64, seconds=seconds)


def _script(requests: Sequence[Request], run: int) -> str:
    made = ",\n".join(
        f"wrk.format({_lua(request.method)}, {_lua(request.path)}, "
        f"{{{', '.join(f'[{_lua(name)}]={_lua(value)}' for name, value in request.headers.items())}}}, "
        f"{_lua(request.body)})"
        for request in requests
    )
    # wrk.format() wants the address, which is known in init().
    has_marks = any(UNIQUE in request.body + str(request.headers) for request in requests)
    take = f'(requests[turn]:gsub("{UNIQUE}", next_number))' if has_marks else "requests[turn]"
    return f"""
local requests, turn, number = {{}}, 0, {run * 1_000_000}
local function next_number()
    number = number + 1
    return string.format("%0{len(UNIQUE)}d", number)
end
function init()
requests = {{
{made}
}}
end
function request()
    turn = turn % #requests + 1
    return {take}
end
"""


def _lua(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _read(said: str, connections: int) -> Load:
    total = float(_found(r"(\d+) requests in", said))
    if not total:
        raise RuntimeError("nothing was answered")
    refused = 0.0
    with suppress(RuntimeError):
        refused = float(_found(r"Non-2xx or 3xx responses: (\d+)", said))
    return Load(
        connections,
        float(_found(r"Requests/sec:\s+([\d.]+)", said)),
        _milliseconds(_found(r"\s50%\s+(\S+)", said)),
        _milliseconds(_found(r"\s99%\s+(\S+)", said)),
        refused / total,
    )


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"wrk said something else:\n{text}")
    return match[1]


def _milliseconds(text: str) -> float:
    match = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text)
    if match is None:
        raise RuntimeError(f"wrk said {text}")
    return float(match[1]) * {"us": 0.001, "ms": 1, "s": 1_000, "m": 60_000}[match[2]]


def rates(loads: Iterable[Load]) -> list[float]:
    """Answers a second, run by run."""
    return [load.per_second for load in loads]


def medians(loads: Iterable[Load]) -> list[float]:
    """Median latencies, run by run."""
    return [load.p50_ms for load in loads]
