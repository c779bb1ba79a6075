"""A registry to attack: an organization, its manufacturer, and calls as the service makes them."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from tests.support import execute, rows

Connection = psycopg.Connection[tuple[Any, ...]]


def digest(text: str) -> str:
    """Stands for the hash of a request."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Makers:
    """An organization with an owner and a super-admin, and its manufacturer in wallet 1, at index 2."""

    dsn: str
    organization_id: int
    user_id: str
    super_admin_id: str
    _keys: Iterator[int] = field(default_factory=itertools.count, repr=False)

    @classmethod
    def create(cls, dsn: str, *, daily_limit: int = 2**31 - 1) -> Makers:
        [[public_id]] = rows(dsn, "SELECT organization_id FROM identity.create_organization('ikea')")
        [[organization_id]] = rows(dsn, "SELECT id FROM identity.organizations WHERE name = 'ikea'")
        create = "SELECT user_id FROM identity.create_user(%s, %s, 'owner')"
        [[user_id]] = rows(dsn, create, public_id, "ann@example.org")
        [[super_admin_id]] = rows(dsn, create, public_id, "sue@example.org")
        execute(
            dsn,
            f"SELECT paths.grant_super_admin('{super_admin_id}', 'the board', 'minutes 1')",
            f"UPDATE paths.wallet_versions SET daily_allocation_limit = {daily_limit}",
        )
        makers = cls(dsn, organization_id, user_id, super_admin_id)
        makers.register("IKEA")
        return makers

    def caller(self, key: str | None = None, *, user_id: str | None = None) -> tuple[int, str, str, str]:
        """What every single write begins with; without a key, a new one."""
        key = key or f"key {next(self._keys)}"
        return self.organization_id, user_id or self.user_id, key, digest(key)

    def register(self, name: str, wallet_version: int = 1) -> int:
        """Another manufacturer; its index."""
        [[index]] = rows(
            self.dsn,
            "SELECT (answer ->> 'manufacturer_index')::integer "
            "FROM paths.register_manufacturer(%s, %s, %s, %s, %s, %s)",
            *self.caller(),
            wallet_version,
            name,
        )
        return int(index)

    def order(self, path: str, key: str | None = None, **fields: object) -> dict[str, object]:
        organization_id, user_id, key, request_hash = self.caller(key)
        return {
            "organization_id": organization_id,
            "user_id": user_id,
            "idempotency_key": key,
            "request_hash": request_hash,
            "wallet_version": 1,
            "base_path": path,
            **fields,
        }

    def allocate(self, conn: Connection, paths: Sequence[str]) -> list[str]:
        """An order a path, in one call; the outcomes in order."""
        answers = conn.execute(
            "SELECT outcome FROM paths.allocate_paths(%s)", (Jsonb([self.order(path) for path in paths]),)
        )
        return [outcome for (outcome,) in answers]

    def allocate_batch(
        self, conn: Connection, orders: Sequence[Mapping[str, object]], *, all_or_nothing: bool
    ) -> tuple[str, dict[str, Any]]:
        """Many paths under one key."""
        answer = conn.execute(
            "SELECT outcome, answer FROM paths.allocate_batch(%s, %s, %s, %s, 1, %s, %s)",
            (*self.caller(), Jsonb(list(orders)), all_or_nothing),
        ).fetchone()
        assert answer is not None
        return answer


def assert_whole(dsn: str) -> None:
    """No anomaly; and, by other means than the view's, no path at or above another."""
    assert rows(dsn, "SELECT rule, subject, detail FROM paths.anomalies") == []
    registered = rows(dsn, "SELECT wallet_version, base_path FROM paths.path_registry")
    taken = {(wallet, tuple(path.split("."))) for wallet, path in registered}
    assert len(taken) == len(registered)
    for wallet, parts in taken:
        assert not any((wallet, parts[:depth]) in taken for depth in range(1, len(parts))), parts
