"""`create_app(settings)`: routes, lifespan, error pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from operator import itemgetter

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from service import ledger_keeper, listener, startup
from service.auth import Authenticator
from service.catalog import Catalog
from service.config import Settings
from service.database import Pool, create_pool
from service.database import app as app_schema
from service.dispatcher import Dispatcher
from service.errors import ApiError
from service.http import operations, replies
from service.http.openapi import AREAS
from service.http.read_tokens import ReadTokens
from service.http.state import State
from service.joiner import Gate, Joiner
from service.ledger import Ledger
from service.registry import PathRegistry
from service.replica import Replica
from service.signatures import Seals, SignatureChecker
from service.wallets import WalletRegistry

SERVICE_ROLE = "pgtill_service"

ROUTES: tuple[BaseRoute, ...] = (
    *(route for area in AREAS for route in area.ROUTES),
    Route("/healthz", operations.alive),
    Route("/readyz", operations.ready),
    Route("/metrics", operations.show_metrics),
    Route("/openapi.json", operations.openapi),
    Route("/docs", operations.docs),
    Route("/docs/start.js", operations.docs_start),
    Mount("/docs/assets", StaticFiles(packages=[("swagger_ui", "static")])),
)


def create_app(
    settings: Settings, *, is_verified: bool = False, more_routes: Sequence[BaseRoute] = ()
) -> Starlette:
    """
    The application, ready for any ASGI server. Nothing happens before its lifespan begins.

    The lifespan runs the start-up checks unless `is_verified` says that the caller just did.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:
        async with (
            create_pool(settings.database_url, size=settings.pool_size, role=SERVICE_ROLE) as pool,
            _following(settings, pool) as replica,
        ):
            limits = settings.call_limits
            catalog = Catalog(pool, settings.keysets)
            signatures = SignatureChecker(
                pool,
                Seals(settings.signing_secrets),
                limits,
            )
            authenticator = Authenticator(pool, signatures)
            if is_verified:
                await catalog.refresh()
            else:
                await startup.verify(settings, pool, catalog)
            gate = Gate(settings.queue_limit)
            dispatcher = Dispatcher(
                pool,
                catalog,
                gate,
                limits,
            )
            ledger = Ledger(
                pool,
                gate,
                limits,
            )
            reads: Joiner[tuple[int, str], tuple[bytes, str] | None] = Joiner(
                partial(app_schema.get_payment_requests, pool),
                limits,
                flow=itemgetter(0),
                is_read=True,
            )
            wallets = WalletRegistry(
                pool,
                gate,
                limits,
            )
            paths = PathRegistry(
                pool,
                gate,
                limits,
            )
            async with (
                listener.listening(settings.database_url, SERVICE_ROLE, catalog, authenticator),
                ledger_keeper.keeping(pool),
            ):
                yield State(
                    pool=pool,
                    catalog=catalog,
                    authenticator=authenticator,
                    gate=gate,
                    dispatcher=dispatcher,
                    payment_request_reads=reads,
                    ledger=ledger,
                    wallets=wallets,
                    replica=replica,
                    paths=paths,
                )
                gate.close()
                await paths.drain()
                await signatures.drain()
                await ledger.drain()
                await wallets.drain()
                await dispatcher.drain()

    app = Starlette(
        # Asked one after the other: what is given here must not pay for all of ours.
        routes=[*more_routes, *ROUTES],
        middleware=[Middleware(ReadTokens)] if settings.replica_url else [],
        exception_handlers={
            ApiError: replies.refuse_api_error,
            HTTPException: replies.refuse_http_exception,
            ClientDisconnect: replies.refuse_disconnect,
            Exception: replies.refuse_bug,
        },
        lifespan=lifespan,
    )
    # A path that is almost right is 404 in our one shape, not a redirect to wherever Host says.
    app.router.redirect_slashes = False
    return app


@asynccontextmanager
async def _following(settings: Settings, pool: Pool) -> AsyncIterator[Replica | None]:
    """The standby that GETs may read from, where one is configured; it need not be there yet."""
    if not settings.replica_url:
        yield None
        return
    async with create_pool(settings.replica_url, size=settings.pool_size, role=SERVICE_ROLE) as standby:
        yield Replica(pool, standby, call_deadline=settings.call_deadline)
