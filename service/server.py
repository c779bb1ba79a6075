"""uvicorn around the application: checked first, then bound, drained at the end."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import tempfile
from collections.abc import Callable
from socket import socket
from types import FrameType
from typing import Any, Final

import structlog
import uvicorn

from service import logs, migrations, startup
from service.catalog import Catalog
from service.config import Settings
from service.database import create_pool
from service.http.app import SERVICE_ROLE, create_app
from service.http.protocol import OnePacketProtocol

log = structlog.get_logger()

KEEP_ALIVE_SECONDS: Final = 30
DRAIN_SECONDS: Final = 15


def serve(settings: Settings, *, workers: int = 1, when_up: Callable[[], None] | None = None) -> None:
    """
    Serve until SIGTERM or SIGINT.

    Raises `StartupError` before the port opens when anything is not as it must be.
    """
    prepare_process()
    if settings.migrate == "auto":
        migrations.deploy(settings.database_url, quiet=True)
        log.info("schema deployed")
    asyncio.run(_verify(settings))
    if workers > 1:
        # Each worker counts in files of its own there, and /metrics of any of them adds them up.
        with tempfile.TemporaryDirectory(prefix="pgtill-metrics-") as folder:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
            uvicorn.run(
                "service.server:app_from_environment",
                factory=True,
                workers=workers,
                **uvicorn_options(settings),
            )
        return
    config = uvicorn.Config(create_app(settings, is_verified=True), **uvicorn_options(settings))
    _Server(config, when_up).run()


def app_from_environment() -> object:
    """What each of several workers builds for itself, after the parent's start-up checks."""
    prepare_process()
    return create_app(Settings.from_env(), is_verified=True)


async def _verify(settings: Settings) -> None:
    async with create_pool(settings.database_url, size=1, role=SERVICE_ROLE) as pool:
        await startup.verify(settings, pool, Catalog(pool, settings.keysets))


class _Server(uvicorn.Server):
    """Says when it is up; an end that was asked for is no failure."""

    def __init__(self, config: uvicorn.Config, when_up: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._when_up = when_up

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._when_up:
            self._when_up()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain, and end with status 0: uvicorn would send itself the signal again afterwards."""
        super().handle_exit(sig, frame)
        self._captured_signals.clear()


def prepare_process(log_level: str = "info") -> None:
    """Logs as JSON lines, a garbage collector that leaves alone what was imported, room for clients."""
    logs.configure(log_level)
    # Thousands of idle clients must not use up the usual thousand descriptors before their time is.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    # Looking through it again and again cost about a tenth of the CPU, in one run.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def uvicorn_options(settings: Settings) -> dict[str, Any]:
    """How uvicorn serves: no access log, keep-alive and draining bounded."""
    return {
        "host": settings.host,
        "port": settings.port,
        "http": OnePacketProtocol,
        "ws": "none",  # who asks for an upgrade is answered without one
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": False,
        "date_header": True,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": DRAIN_SECONDS,
        "limit_concurrency": None,
        "backlog": 2048,
    }
