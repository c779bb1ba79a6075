"""What handlers find in `request.state`."""

from __future__ import annotations

from typing import TypedDict

from service.auth import Authenticator
from service.catalog import Catalog
from service.database import Pool
from service.dispatcher import Dispatcher
from service.ledger import Ledger


class State(TypedDict):
    pool: Pool
    catalog: Catalog
    authenticator: Authenticator
    dispatcher: Dispatcher
    ledger: Ledger
