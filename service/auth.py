"""Bearer keys: parsed, looked up, checked with bcrypt once, then known by the hash of their text.

Signed requests are checked in service/signatures.py, and end as the same kind of principal.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, TypeVar

import bcrypt
import psycopg

from service import metrics
from service.database import Pool, identity
from service.errors import ApiError, from_database
from service.signatures import SignatureChecker, SignatureRefused, SignedRequest

SCOPES: Final = (
    "payment_requests:read",
    "payment_requests:write",
    "assets:read",
    "wallets:read",
    "wallets:write",
    "paths:read",
    "paths:write",
    "paths:admin",
    "ledger:read",
    "ledger:write",
)
PREFIX: Final = "sk_test"
BCRYPT_COST: Final = 10

_KEY: Final = re.compile(rf"{PREFIX}_(?P<key_id>[0-9a-z]{{12,32}})_(?P<secret>[0-9A-Za-z]{{32,72}})")
_MAX_CACHED: Final = 10_000
_SECONDS_CACHED: Final = 60.0
_MAX_CHECKS_WAITING: Final = 32

T = TypeVar("T")

# Checked when the key id is unknown, so that its absence does not show in the time it takes.
_NOBODY: Final = bcrypt.hashpw(secrets.token_bytes(16), bcrypt.gensalt(BCRYPT_COST))


@dataclass(frozen=True, slots=True)
class Principal:
    """
    In whose name a request comes, and what its key may do.

    `user_id` is whose key it is: what takes a person is done in this name and no other, so that two
    approvals take two keys. None for a machine's.
    """

    organization_id: int
    key_id: str
    scopes: frozenset[str]
    expires_at: float
    user_id: str | None = None

    def require(self, scope: str) -> None:
        """Raise `ApiError` insufficient_scope unless the key has the scope."""
        if scope not in self.scopes:
            raise ApiError("insufficient_scope", "the API key lacks a scope", scope=scope)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made: `text` is shown once, the database gets the rest."""

    text: str
    key_id: str
    secret_hash: str


def make_key() -> NewKey:
    """Make a bearer key: 64 random bits of id, 256 of secret."""
    key_id, secret = secrets.token_hex(8), secrets.token_hex(32)
    hashed = bcrypt.hashpw(secret.encode(), bcrypt.gensalt(BCRYPT_COST)).decode()
    return NewKey(f"{PREFIX}_{key_id}_{secret}", key_id, hashed)


class Authenticator:
    """
    Knows good keys for a minute, at most 10,000 of them, by the SHA-256 of their text.

    A revocation reaches every process through NOTIFY; the minute is for those whose listening
    connection is down or behind a transaction pooler. After it the database is asked again, but bcrypt
    only where the hash is another: all keys at once would keep everybody waiting for a second.
    """

    def __init__(self, pool: Pool, signatures: SignatureChecker | None = None) -> None:
        self._pool = pool
        self._signatures = signatures
        self._known: OrderedDict[bytes, Principal] = OrderedDict()
        self._matched: OrderedDict[bytes, str] = OrderedDict()  # and which hash bcrypt found to be its
        self._checking: dict[bytes, asyncio.Task[Principal]] = {}
        self._revocations = 0
        # One at a time: bcrypt is dear on purpose, and wrong keys must not take the machine.
        self._bcrypt = asyncio.Semaphore(1)

    async def authenticate(self, header: str | None) -> Principal:
        """Whose key the Authorization header holds; raises `ApiError` unauthorized, or 503."""
        token = _bearer_token(header)
        digest = hashlib.sha256(token.encode()).digest()
        principal = self._known.get(digest)
        if principal is not None and principal.expires_at > time.monotonic():
            return principal
        return await asyncio.shield(self._check_once(digest, token))

    async def authenticate_signed(self, request: SignedRequest) -> Principal:
        """Whose key signed the request; raises `ApiError` unauthorized, or 503. It is good once."""
        try:
            if self._signatures is None:
                raise SignatureRefused("signature_unavailable")
            key = await self._signatures.check(request)
        except SignatureRefused as exc:
            raise _refused(str(exc)) from None
        metrics.AUTHENTICATIONS.labels("signature_good").inc()
        return Principal(key.organization_id, key.key_id, frozenset(key.scopes), key.expires_at, key.user_id)

    def forget(self, key_id: str) -> None:
        """Drop a revoked key."""
        if self._signatures is not None:
            self._signatures.forget(key_id)
        self._revocations += 1
        for digest in [digest for digest, known in self._known.items() if known.key_id == key_id]:
            del self._known[digest]
        metrics.API_KEYS_CACHED.set(len(self._known))

    def forget_all(self) -> None:
        """Drop all keys: a revocation may have been missed."""
        if self._signatures is not None:
            self._signatures.forget_all()
        self._revocations += 1
        self._known.clear()
        metrics.API_KEYS_CACHED.set(0)

    def _check_once(self, digest: bytes, token: str) -> asyncio.Task[Principal]:
        """One check a key, however many requests bring it at once."""
        task = self._checking.get(digest)
        if task is None:
            if len(self._checking) >= _MAX_CHECKS_WAITING:
                raise ApiError("queue_full", "too many new API keys are being checked; retry later")
            task = asyncio.create_task(self._check(digest, token))
            self._checking[digest] = task
            task.add_done_callback(lambda _: self._checking.pop(digest))
        return task

    async def _check(self, digest: bytes, token: str) -> Principal:
        match = _KEY.fullmatch(token)
        if match is None:
            raise _refused("malformed")
        revocations = self._revocations
        try:
            key = await identity.find_api_key(self._pool, key_id=match["key_id"])
        except psycopg.Error as exc:
            raise from_database(exc) from exc
        if key is None or self._matched.get(digest) != key.secret_hash:
            hashed = key.secret_hash.encode() if key else _NOBODY
            async with self._bcrypt:
                is_good = await asyncio.to_thread(bcrypt.checkpw, match["secret"].encode(), hashed)
            if key is None or not is_good:
                raise _refused("unknown" if key is None else "wrong")
            _put(self._matched, digest, key.secret_hash)
        metrics.AUTHENTICATIONS.labels("good").inc()
        principal = Principal(
            key.organization_id,
            match["key_id"],
            frozenset(key.scopes),
            time.monotonic() + _SECONDS_CACHED,
            key.user_id,
        )
        if revocations == self._revocations:  # else it may be this key that was revoked meanwhile
            self._remember(digest, principal)
        return principal

    def _remember(self, digest: bytes, principal: Principal) -> None:
        _put(self._known, digest, principal)
        metrics.API_KEYS_CACHED.set(len(self._known))


def _put(memory: OrderedDict[bytes, T], digest: bytes, item: T) -> None:
    """Remember it as the latest; what was remembered longest ago makes room."""
    memory[digest] = item
    memory.move_to_end(digest)
    while len(memory) > _MAX_CACHED:
        memory.popitem(last=False)


def _bearer_token(header: str | None) -> str:
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise _refused("missing")
    if len(token) > 256:
        raise _refused("malformed")
    return token.strip()


def _refused(result: str) -> ApiError:
    metrics.AUTHENTICATIONS.labels(result).inc()
    return ApiError(
        "unauthorized", "a good API key is required: Authorization: Bearer sk_test_…, or a signature"
    )
