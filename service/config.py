"""Settings, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from service.errors import ConfigError
from service.keysets import Keyset, parse_keysets

KEYSETS_VARIABLE: Final = "PAYMENT_REQUEST_DEVTEST_KEYSETS_JSON"
MIGRATE_MODES: Final = ("auto", "check")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one server process needs to know. Times are seconds, sizes are counts."""

    database_url: str = field(repr=False)
    keysets: tuple[Keyset, ...]
    allow_mainnet: bool = False
    migrate: str = "check"
    host: str = "127.0.0.1"
    port: int = 8080
    pool_size: int = 8
    batch_limit: int = 128
    queue_limit: int = 2048
    call_deadline: float = 8.0
    join_calls: bool = True

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """
        Read the settings, or raise `ConfigError` for the first variable that is wrong.

        Required: DATABASE_URL, PAYMENT_REQUEST_DEVTEST_KEYSETS_JSON. docs/configuration.md has all.
        """
        return cls(
            database_url=database_url(env),
            keysets=parse_keysets(env.get(KEYSETS_VARIABLE, "")),
            allow_mainnet=_boolean(
                env, "PAYMENT_REQUEST_DEVTEST_ALLOW_MAINNET", "CONFIG_DEVTEST_ALLOW_MAINNET_INVALID"
            ),
            migrate=_choice(env, "PGTILL_MIGRATE", MIGRATE_MODES, cls.migrate),
            host=env.get("PGTILL_HOST", cls.host),
            port=_number(env, "PORT", cls.port, 1, 65_535),
            pool_size=_number(env, "PGTILL_POOL_SIZE", cls.pool_size, 1, 100),
            batch_limit=_number(env, "PGTILL_BATCH_LIMIT", cls.batch_limit, 1, 1_000),
            queue_limit=_number(env, "PGTILL_QUEUE_LIMIT", cls.queue_limit, 1, 100_000),
            call_deadline=_number(env, "PGTILL_CALL_DEADLINE_SECONDS", int(cls.call_deadline), 1, 60),
            join_calls=_boolean(env, "PGTILL_JOIN_CALLS", "CONFIG_VALUE_INVALID", default=cls.join_calls),
        )


def database_url(env: Mapping[str, str]) -> str:
    """DATABASE_URL, checked for scheme, host (or a socket directory as ?host=) and database name."""
    url = env.get("DATABASE_URL", "").strip()
    if not url:
        raise ConfigError(
            "CONFIG_DATABASE_URL_REQUIRED",
            "DATABASE_URL is not set; example: postgresql://pgtill_service@db.example/pgtill",
        )
    try:
        parts = urlsplit(url)
        hostname = parts.hostname
    except ValueError:
        raise ConfigError("CONFIG_DATABASE_URL_INVALID", "DATABASE_URL is not a URL") from None
    if parts.scheme not in ("postgres", "postgresql"):
        raise ConfigError(
            "CONFIG_DATABASE_URL_SCHEME_INVALID", "DATABASE_URL must begin with postgresql:// or postgres://"
        )
    if not hostname and "host=" not in parts.query:
        raise ConfigError("CONFIG_DATABASE_URL_HOST_MISSING", "DATABASE_URL names no host")
    if not parts.path.strip("/"):
        raise ConfigError("CONFIG_DATABASE_NAME_MISSING", "DATABASE_URL names no database, as in …/pgtill")
    return url


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ConfigError("CONFIG_VALUE_INVALID", f"{name} must be a whole number from {low} to {high}")
    return int(text)


def _boolean(env: Mapping[str, str], name: str, code: str, *, default: bool = False) -> bool:
    text = env.get(name, "").strip().lower()
    if not text:
        return default
    if text not in ("true", "false", "1", "0"):
        raise ConfigError(code, f"{name} must be true or false")
    return text in ("true", "1")


def _choice(env: Mapping[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    text = env.get(name, "").strip().lower() or default
    if text not in choices:
        raise ConfigError("CONFIG_VALUE_INVALID", f"{name} must be one of {', '.join(choices)}")
    return text
