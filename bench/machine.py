"""What the machine is: cores, memory, how long it takes until a write is safe."""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
from contextlib import suppress
from pathlib import Path
from time import perf_counter

from bench.report import Machine

FSYNCS = 300


def look(postgresql: str) -> Machine:
    """Of this machine, before anything runs."""
    load = os.getloadavg()[0]
    latencies = fdatasync_ms(FSYNCS)
    return Machine(
        cores=cores(),
        processor=_processor(),
        memory_gib=memory_gib(),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        postgresql=postgresql,
        fdatasync_ms=statistics.median(latencies),
        fdatasync_p99_ms=sorted(latencies)[len(latencies) * 99 // 100],
        load_before=load,
    )


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def fdatasync_ms(count: int) -> list[float]:
    """How long each of `count` writes of a WAL page takes, where the servers keep their data."""
    sync = getattr(os, "fdatasync", os.fsync)
    latencies = []
    with tempfile.NamedTemporaryFile(prefix="pgtill-fsync-") as file:
        os.posix_fallocate(file.fileno(), 0, 8192 * count) if hasattr(os, "posix_fallocate") else None
        for number in range(count):
            start = perf_counter()
            os.pwrite(file.fileno(), os.urandom(8192), 8192 * number)
            sync(file.fileno())
            latencies.append((perf_counter() - start) * 1000)
    return latencies


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
