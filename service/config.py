"""Settings, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import parse_qs, urlsplit

import msgspec

from service import keysets
from service.errors import ConfigError, ConfigErrors
from service.joiner import Limits
from service.keysets import Keyset, parse_keysets

T = TypeVar("T")

MIN_SECRET_BYTES: Final = 16
SIGNING_VARIABLE: Final = "PGTILL_SIGNING_SECRET"
MIGRATE_MODES: Final = ("auto", "check")
ALLOCATION_MODES: Final = ("devtest", "prod")
DEFAULT_ADDRESS_SCHEMES: Final = {chain: [scheme] for chain, scheme in keysets.SCHEMES.items()}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one server process needs to know. Times are seconds, sizes are counts."""

    database_url: str = field(repr=False)
    keysets: tuple[Keyset, ...]
    hmac_secret: str = field(repr=False)
    previous_hmac_secrets: tuple[str, ...] = field(default=(), repr=False)
    signing_secrets: tuple[str, ...] = field(default=(), repr=False)
    address_schemes: Mapping[str, list[str]] = field(default_factory=lambda: DEFAULT_ADDRESS_SCHEMES)
    allocation_mode: str = "devtest"
    allow_mainnet: bool = False
    migrate: str = "check"
    readiness_timeout: int = 30
    host: str = "127.0.0.1"
    port: int = 8080
    pool_size: int = 8
    batch_limit: int = 128
    queue_limit: int = 2048
    call_deadline: int = 8
    join_calls: bool = True
    replica_url: str = field(default="", repr=False)

    @property
    def call_limits(self) -> Limits:
        """How calls are joined; where they are not, each connection of the pool may carry one."""
        if self.join_calls:
            return Limits(batch_limit=self.batch_limit, call_deadline=self.call_deadline)
        return Limits(batch_limit=1, call_deadline=self.call_deadline, max_calls=self.pool_size)

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """
        Read the settings, or raise `ConfigErrors` with everything that is wrong.

        Variables that begin with PAYMENT_REQUEST_ or PGTILL_SIGNING_ may be given as …_FILE, the
        path of a file that holds the value. docs/configuration.md has all of them.
        """
        reader = _Reader(env)
        settings = cls(
            database_url=reader.read("DATABASE_URL", _database_url, ""),
            keysets=reader.read(keysets.VARIABLE, parse_keysets, ()),
            hmac_secret=reader.read("PAYMENT_REQUEST_KEYSET_HASH_HMAC_SECRET", _secret, ""),
            previous_hmac_secrets=reader.read(
                "PAYMENT_REQUEST_KEYSET_HASH_HMAC_PREVIOUS_SECRETS_JSON", _previous_secrets, ()
            ),
            address_schemes=reader.read(
                "PAYMENT_REQUEST_ADDRESS_SCHEME_ALLOW_LIST_JSON", _address_schemes, DEFAULT_ADDRESS_SCHEMES
            ),
            signing_secrets=reader.signing_secrets(),
            allocation_mode=reader.choice(
                "PAYMENT_REQUEST_ALLOCATION_MODE", ALLOCATION_MODES, "devtest", code="invalid_configuration"
            ),
            allow_mainnet=reader.boolean("PAYMENT_REQUEST_DEVTEST_ALLOW_MAINNET", cls.allow_mainnet),
            migrate=reader.choice("PGTILL_MIGRATE", MIGRATE_MODES, cls.migrate),
            readiness_timeout=reader.number("DB_READINESS_TIMEOUT", cls.readiness_timeout, 1, 600),
            host=env.get("PGTILL_HOST", cls.host),
            port=reader.number("PORT", cls.port, 1, 65_535),
            pool_size=reader.number("PGTILL_POOL_SIZE", cls.pool_size, 1, 100),
            batch_limit=reader.number("PGTILL_BATCH_LIMIT", cls.batch_limit, 1, 1_000),
            queue_limit=reader.number("PGTILL_QUEUE_LIMIT", cls.queue_limit, 1, 100_000),
            call_deadline=reader.number("PGTILL_CALL_DEADLINE_SECONDS", cls.call_deadline, 1, 60),
            join_calls=reader.boolean("PGTILL_JOIN_CALLS", cls.join_calls),
            replica_url=reader.read("PGTILL_REPLICA_URL", _replica_url, cls.replica_url),
        )
        if reader.problems:
            raise ConfigErrors(reader.problems)
        return settings


def signing_secrets(env: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The secrets of signed requests alone, for commands that need nothing else."""
    reader = _Reader(env)
    found = reader.signing_secrets()
    if reader.problems:
        raise ConfigErrors(reader.problems)
    return found


def configured_keysets(env: Mapping[str, str] = os.environ) -> tuple[Keyset, ...]:
    """The keysets alone, for commands that need nothing else; none when not set."""
    reader = _Reader(env)
    none: tuple[Keyset, ...] = ()
    found = reader.read(keysets.VARIABLE, lambda text: parse_keysets(text) if text else none, none)
    if reader.problems:
        raise ConfigErrors(reader.problems)
    return found


def database_url(env: Mapping[str, str] = os.environ) -> str:
    """DATABASE_URL alone, for commands that need nothing else."""
    return _database_url(env.get("DATABASE_URL", ""))


class _Reader:
    """Reads variable by variable and remembers what was wrong."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.problems: list[ConfigError] = []

    def read(self, name: str, parse: Callable[[str], T], default: T) -> T:
        try:
            return parse(self._text(name))
        except ConfigError as problem:
            self.problems.append(problem)
            return default

    def signing_secrets(self) -> tuple[str, ...]:
        """What signing secrets are sealed with, and what they were sealed with before; none when not set."""
        current = self.read(SIGNING_VARIABLE, _signing_secret, "")
        none: tuple[str, ...] = ()
        previous = self.read("PGTILL_SIGNING_PREVIOUS_SECRETS_JSON", _previous_signing_secrets, none)
        return (current, *previous) if current else ()

    def number(self, name: str, default: int, low: int, high: int) -> int:
        def parse(text: str) -> int:
            if not text:
                return default
            if not (text.isascii() and text.isdecimal() and len(text) < 10 and low <= int(text) <= high):
                raise ConfigError(
                    "CONFIG_VALUE_INVALID",
                    f"{name} must be a whole number from {low} to {high}; example: {default}",
                )
            return int(text)

        return self.read(name, parse, default)

    def boolean(self, name: str, default: bool) -> bool:
        def parse(text: str) -> bool:
            if text.lower() not in ("", "true", "false", "1", "0"):
                code = "CONFIG_DEVTEST_ALLOW_MAINNET_INVALID" if "MAINNET" in name else "CONFIG_VALUE_INVALID"
                raise ConfigError(code, f"{name} must be true or false; example: {str(default).lower()}")
            return text.lower() in ("true", "1") if text else default

        return self.read(name, parse, default)

    def choice(
        self, name: str, choices: tuple[str, ...], default: str, *, code: str = "CONFIG_VALUE_INVALID"
    ) -> str:
        def parse(text: str) -> str:
            if text and text.lower() not in choices:
                raise ConfigError(code, f"{name} must be one of {', '.join(choices)}; example: {default}")
            return text.lower() or default

        return self.read(name, parse, default)

    def _text(self, name: str) -> str:
        path = (
            self._env.get(f"{name}_FILE", "")
            if name.startswith(("PAYMENT_REQUEST_", "PGTILL_SIGNING_"))
            else ""
        )
        if not path:
            return self._env.get(name, "").strip()
        if self._env.get(name, ""):
            raise ConfigError("CONFIG_VALUE_INVALID", f"{name} and {name}_FILE are both set; keep one")
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            raise ConfigError(
                "CONFIG_VALUE_INVALID",
                f"{name}_FILE names a file that cannot be read; example: /run/secrets/pgtill",
            ) from None


def _database_url(text: str) -> str:
    example = "example: postgresql://pgtill_service@db.example/pgtill"
    if not text.strip():
        raise ConfigError("CONFIG_DATABASE_URL_REQUIRED", f"DATABASE_URL is not set; {example}")
    try:
        parts = urlsplit(text.strip())
        hostname, query = parts.hostname, parse_qs(parts.query)
        _ = parts.port
    except ValueError:
        raise ConfigError("CONFIG_DATABASE_URL_INVALID", f"DATABASE_URL is not a URL; {example}") from None
    if parts.scheme not in ("postgres", "postgresql"):
        raise ConfigError(
            "CONFIG_DATABASE_URL_SCHEME_INVALID", f"DATABASE_URL must begin with postgresql://; {example}"
        )
    # A socket's directory stands in the query: postgresql:///pgtill?host=/run/postgresql
    if not (hostname or parts.netloc.rpartition("@")[2] or query.get("host")):
        raise ConfigError("CONFIG_DATABASE_URL_HOST_MISSING", f"DATABASE_URL names no host; {example}")
    if not (parts.path.strip("/") or query.get("dbname")):
        raise ConfigError("CONFIG_DATABASE_NAME_MISSING", f"DATABASE_URL names no database; {example}")
    return text.strip()


def _replica_url(text: str) -> str:
    try:
        return _database_url(text) if text else ""
    except ConfigError as problem:
        raise ConfigError(problem.code, str(problem).replace("DATABASE_URL", "PGTILL_REPLICA_URL")) from None


def _secret(text: str) -> str:
    name = "PAYMENT_REQUEST_KEYSET_HASH_HMAC_SECRET"
    if len(text.encode(errors="surrogateescape")) < MIN_SECRET_BYTES:
        what = "is shorter than 16 bytes" if text else "is not set"
        raise ConfigError(
            "CONFIG_KEYSET_HASH_HMAC_SECRET_REQUIRED",
            f"{name} {what}; example: the output of: openssl rand -hex 32",
        )
    return text


def _signing_secret(text: str) -> str:
    if text and len(text.encode(errors="surrogateescape")) < MIN_SECRET_BYTES:
        raise ConfigError(
            "CONFIG_VALUE_INVALID",
            f"{SIGNING_VARIABLE} is shorter than 16 bytes; example: the output of: openssl rand -hex 32",
        )
    return text


def _previous_signing_secrets(text: str) -> tuple[str, ...]:
    return _secrets(text, "PGTILL_SIGNING_PREVIOUS_SECRETS_JSON", "CONFIG_VALUE_INVALID")


def _previous_secrets(text: str) -> tuple[str, ...]:
    return _secrets(
        text,
        "PAYMENT_REQUEST_KEYSET_HASH_HMAC_PREVIOUS_SECRETS_JSON",
        "CONFIG_KEYSET_HASH_HMAC_PREVIOUS_SECRETS_INVALID",
    )


def _secrets(text: str, name: str, code: str) -> tuple[str, ...]:
    try:
        secrets = msgspec.json.decode(text or "[]", type=list[str])
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise ConfigError(
            code,
            f'{name} is not a JSON array of strings; example: ["the-secret-before", "the-one-before-that"]',
        ) from None
    # Order kept, blanks and repetitions dropped.
    return tuple(dict.fromkeys(secret.strip() for secret in secrets if secret.strip()))


def _address_schemes(text: str) -> dict[str, list[str]]:
    name = "PAYMENT_REQUEST_ADDRESS_SCHEME_ALLOW_LIST_JSON"
    example = 'example: {"bitcoin": ["bip84_p2wpkh"], "ethereum": ["evm_bip44"]}'
    if not text:
        return DEFAULT_ADDRESS_SCHEMES
    try:
        given = msgspec.json.decode(text, type=dict[str, list[str]])
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise ConfigError(
            "CONFIG_ADDRESS_SCHEME_ALLOW_LIST_INVALID", f"{name} is not an object of string arrays; {example}"
        ) from None
    allowed = {
        chain.strip().lower(): [scheme.strip() for scheme in schemes if scheme.strip()]
        for chain, schemes in given.items()
    }
    if not allowed or not all(allowed.values()):
        raise ConfigError("CONFIG_ADDRESS_SCHEME_ALLOW_LIST_EMPTY", f"{name} allows nothing; {example}")
    return allowed
