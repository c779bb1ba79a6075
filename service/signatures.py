"""
Signed requests, for callers that must not send a secret.

    X-API-KEY-ID     the key id of an API key that has a signing secret
    X-API-TIMESTAMP  seconds since 1970, at most 300 whole ones from now; a fraction may tell two requests apart
    X-API-SIGNATURE  lower hex HMAC-SHA256 under the signing secret, over five lines: key id, timestamp,
                     method, path with its query string as sent, lower hex SHA-256 of the body

Each signature is good once, in whichever process: the database keeps those of the last minutes. The
signing secrets stand there as well, sealed with AES-256-GCM under the service's own secret, which
does not: neither alone is of any use.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, cast

import psycopg
from Crypto.Cipher import AES
from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF

from service.database import Pool, identity
from service.errors import ApiError, from_database
from service.joiner import Joiner, Limits

KEY_ID_HEADER: Final = "x-api-key-id"
TIMESTAMP_HEADER: Final = "x-api-timestamp"
SIGNATURE_HEADER: Final = "x-api-signature"
WINDOW_SECONDS: Final = 300

_KEY_ID: Final = re.compile(r"[0-9a-z]{12,32}")
_TIMESTAMP: Final = re.compile(r"[0-9]{10}(?:\.[0-9]{1,6})?")
_SIGNATURE: Final = re.compile(r"[0-9a-f]{64}")

_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_MAX_KNOWN: Final = 10_000
_SECONDS_KNOWN: Final = 60.0
_MAX_LOOKUPS: Final = 32

# What an unknown key's request is held against, so that its absence does not show in the time it takes.
_NOBODY: Final = secrets.token_hex(32).encode()


class SignatureRefused(Exception):
    """The request is not signed as it must be; the text is why, for the metrics and nobody else."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request with its signature; `target` is the path and, after a ?, the query string, as sent."""

    key_id: str
    timestamp: str
    signature: str
    method: str
    target: str
    body: bytes = field(repr=False)

    def lines(self) -> bytes:
        """What is signed."""
        body_hash = hashlib.sha256(self.body).hexdigest()
        signed = f"{self.key_id}\n{self.timestamp}\n{self.method}\n{self.target}\n{body_hash}"
        return signed.encode("latin-1")


def sign(secret: bytes, lines: bytes) -> bytes:
    """HMAC-SHA256 of the lines under the text of a signing secret."""
    return hmac.digest(secret, lines, "sha256")


def make_secret() -> str:
    """A new signing secret: 64 hex digits, 256 random bits."""
    return secrets.token_hex(32)


class Seals:
    """Seals signing secrets under the first of the service's secrets; opens what any of them sealed."""

    def __init__(self, service_secrets: Iterable[str]) -> None:
        # The purpose is bound in: the same secret used elsewhere makes another key.
        self._keys = [
            cast(bytes, HKDF(secret.encode(), 32, b"", SHA256, context=b"pgtill signing secrets"))
            for secret in service_secrets
        ]

    def __bool__(self) -> bool:
        return bool(self._keys)

    def seal(self, key_id: str, secret: str) -> bytes:
        """Nonce, ciphertext and tag; it opens for this key id only."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = AES.new(self._keys[0], AES.MODE_GCM, nonce=nonce, mac_len=_TAG_BYTES)
        cipher.update(key_id.encode())
        ciphertext, tag = cipher.encrypt_and_digest(secret.encode())
        return nonce + ciphertext + tag

    def open(self, key_id: str, sealed: bytes) -> bytes | None:
        """The signing secret's text, or None when none of the service's secrets sealed it for this key."""
        nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:-_TAG_BYTES]
        for key in self._keys:
            cipher = AES.new(key, AES.MODE_GCM, nonce=nonce, mac_len=_TAG_BYTES)
            cipher.update(key_id.encode())
            try:
                return bytes(cipher.decrypt_and_verify(ciphertext, sealed[-_TAG_BYTES:]))
            except ValueError:
                continue
        return None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A good key that signs: whose it is, what it may do, and its secret."""

    key_id: str
    organization_id: int
    scopes: list[str]
    user_id: str | None
    secret: bytes = field(repr=False)
    expires_at: float


class SignatureChecker:
    """
    Checks signed requests; knows keys that sign for a minute, at most 10,000 of them.

    A revocation reaches every process through NOTIFY; the minute is for those that do not hear it.
    """

    def __init__(self, pool: Pool, seals: Seals, limits: Limits) -> None:
        self._pool = pool
        self._seals = seals
        self._known: OrderedDict[str, SigningKey] = OrderedDict()
        self._looking: dict[str, asyncio.Task[SigningKey | None]] = {}
        self._revocations = 0
        self._uses: Joiner[tuple[bytes, datetime], bool] = Joiner(self._use, limits)

    async def check(self, request: SignedRequest) -> SigningKey:
        """
        Whose key signed the request, which is used up by this.

        Raises `SignatureRefused`, or `ApiError` 503 when the database cannot be asked.
        """
        if not self._seals:
            raise SignatureRefused("signature_unavailable")
        signed_at = _time(request)
        key = await self._key(request.key_id)
        expected = sign(key.secret if key else _NOBODY, request.lines())
        if not hmac.compare_digest(expected, bytes.fromhex(request.signature)) or key is None:
            raise SignatureRefused("signature_wrong" if key else "signature_unknown")
        try:
            is_new = await self._uses.submit((expected, signed_at))
        except ApiError as error:
            if error.code != "outcome_unknown":
                raise
            # Whether it was used up nobody knows; the request itself was not begun.
            raise ApiError("database_unavailable", "the database cannot be reached; sign anew") from None
        if not is_new:
            raise SignatureRefused("signature_used")
        return key

    def forget(self, key_id: str) -> None:
        """Drop a revoked key."""
        self._revocations += 1
        self._known.pop(key_id, None)

    def forget_all(self) -> None:
        """Drop all keys: a revocation may have been missed."""
        self._revocations += 1
        self._known.clear()

    async def drain(self) -> None:
        """Wait until those under way have their answers."""
        await self._uses.idle()

    async def _key(self, key_id: str) -> SigningKey | None:
        key = self._known.get(key_id)
        if key is not None and key.expires_at > time.monotonic():
            return key
        return await asyncio.shield(self._look_once(key_id))

    def _look_once(self, key_id: str) -> asyncio.Task[SigningKey | None]:
        """One look a key, however many requests bring it at once."""
        task = self._looking.get(key_id)
        if task is None:
            if len(self._looking) >= _MAX_LOOKUPS:
                raise ApiError("queue_full", "too many new API keys are being checked; retry later")
            task = asyncio.create_task(self._look(key_id))
            self._looking[key_id] = task
            task.add_done_callback(lambda _: self._looking.pop(key_id))
        return task

    async def _look(self, key_id: str) -> SigningKey | None:
        revocations = self._revocations
        try:
            found = await identity.find_signing_secret(self._pool, key_id=key_id)
        except psycopg.Error as exc:
            raise from_database(exc, is_read=True) from exc
        secret = self._seals.open(key_id, found.sealed_secret) if found else None
        if found is None or secret is None:
            return None
        expires_at = time.monotonic() + _SECONDS_KNOWN
        key = SigningKey(key_id, found.organization_id, found.scopes, found.user_id, secret, expires_at)
        if revocations == self._revocations:  # else it may be this key that was revoked meanwhile
            self._known[key_id] = key
            self._known.move_to_end(key_id)
            while len(self._known) > _MAX_KNOWN:
                self._known.popitem(last=False)
        return key

    async def _use(self, batch: list[tuple[bytes, datetime]]) -> Sequence[bool]:
        return await identity.use_signatures(
            self._pool, signatures=[item[0] for item in batch], signed_at=[item[1] for item in batch]
        )


def _time(request: SignedRequest) -> datetime:
    """When it was signed; raises `SignatureRefused` where a header is not well formed or the time is over."""
    if (
        _KEY_ID.fullmatch(request.key_id) is None
        or _TIMESTAMP.fullmatch(request.timestamp) is None
        or _SIGNATURE.fullmatch(request.signature) is None
    ):
        raise SignatureRefused("signature_malformed")
    seconds = float(request.timestamp)
    # The database looks again, by its own clock, which is the one that counts. In whole seconds, as it does.
    if abs(int(time.time()) - int(seconds)) > WINDOW_SECONDS:
        raise SignatureRefused("signature_expired")
    return datetime.fromtimestamp(seconds, UTC)
