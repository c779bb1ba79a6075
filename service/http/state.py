"""What handlers find in `request.state`."""

from __future__ import annotations

from typing import TypedDict

from service.auth import Authenticator
from service.catalog import Catalog
from service.database import Pool
from service.dispatcher import Dispatcher
from service.joiner import Gate, Joiner
from service.ledger import Ledger
from service.registry import PathRegistry
from service.replica import Replica
from service.wallets import WalletRegistry


class State(TypedDict):
    pool: Pool
    catalog: Catalog
    authenticator: Authenticator
    gate: Gate
    dispatcher: Dispatcher
    payment_request_reads: Joiner[tuple[int, str], tuple[bytes, str] | None]
    ledger: Ledger
    wallets: WalletRegistry
    replica: Replica | None
    paths: PathRegistry
