"""uvicorn around the application: checked first, then bound, drained at the end."""

from __future__ import annotations

import asyncio
import gc
import os
import tempfile
from collections.abc import Callable
from socket import socket
from typing import Any, Final

import structlog
import uvicorn

from service import logs, migrations, startup
from service.catalog import Catalog
from service.config import Settings
from service.database import create_pool
from service.http.app import SERVICE_ROLE, create_app

log = structlog.get_logger()

KEEP_ALIVE_SECONDS: Final = 30
DRAIN_SECONDS: Final = 15


def serve(settings: Settings, *, workers: int = 1, when_up: Callable[[], None] | None = None) -> None:
    """
    Serve until SIGTERM or SIGINT.

    Raises `StartupError` before the port opens when anything is not as it must be.
    """
    logs.configure()
    _spare_the_collector()
    if settings.migrate == "auto":
        migrations.deploy(settings.database_url, quiet=True)
        log.info("schema deployed")
    asyncio.run(_verify(settings))
    if workers > 1:
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="pgtill-metrics-"))
        uvicorn.run(
            "service.server:app_from_environment", factory=True, workers=workers, **_options(settings)
        )
        return
    config = uvicorn.Config(create_app(settings, is_verified=True), **_options(settings))
    _Server(config, when_up).run()


def app_from_environment() -> object:
    """What each of several workers builds for itself, after the parent's start-up checks."""
    logs.configure()
    _spare_the_collector()
    return create_app(Settings.from_env(), is_verified=True)


async def _verify(settings: Settings) -> None:
    async with create_pool(settings.database_url, size=1, role=SERVICE_ROLE) as pool:
        await startup.verify(settings, pool, Catalog(pool, settings.keysets))


class _Server(uvicorn.Server):
    """Says when it is up."""

    def __init__(self, config: uvicorn.Config, when_up: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._when_up = when_up

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._when_up:
            self._when_up()


def _spare_the_collector() -> None:
    """What was imported stays: looking through it again and again cost a tenth of the throughput."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _options(settings: Settings) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
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
