"""Schema identity: one typed function per stored function."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.rows import class_row, dict_row

from service.database import Pool, writing


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A good API key as the database knows it."""

    organization_id: int
    secret_hash: str = field(repr=False)
    scopes: list[str]
    user_id: str | None


async def find_api_key(pool: Pool, *, key_id: str) -> ApiKey | None:
    """The key, or None when it is unknown or revoked."""
    async with pool.connection() as conn, conn.cursor(row_factory=class_row(ApiKey)) as cursor:
        await cursor.execute(
            """
            SELECT organization_id, secret_hash, scopes, user_id
              FROM identity.find_api_key(key_id => %s::text)
            """,
            (key_id,),
        )
        return await cursor.fetchone()


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """What a good API key signs with, sealed."""

    organization_id: int
    sealed_secret: bytes = field(repr=False)
    scopes: list[str]
    user_id: str | None


async def find_signing_secret(pool: Pool, *, key_id: str) -> SigningSecret | None:
    """The sealed secret, or None when the key is unknown or revoked, or does not sign."""
    async with pool.connection() as conn, conn.cursor(row_factory=class_row(SigningSecret)) as cursor:
        await cursor.execute(
            """
            SELECT organization_id, sealed_secret, scopes, user_id
              FROM identity.find_signing_secret(key_id => %s::text)
            """,
            (key_id,),
        )
        return await cursor.fetchone()


async def use_signatures(pool: Pool, *, signatures: list[bytes], signed_at: list[datetime]) -> list[bool]:
    """Use each signature up; whether it was good until now, in order."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            "SELECT identity.use_signatures(signatures => %s::bytea[], signed_at => %s::timestamptz[])",
            (signatures, signed_at),
        )
        answers: list[bool] = (await anext(cursor))[0]
        return answers


async def create_signing_secret(pool: Pool, *, key_id: str, sealed_secret: bytes) -> None:
    """Store a sealed secret. TL903 when there is no such key, 23505 when it has one."""
    async with writing(pool) as conn:
        await conn.execute(
            "SELECT identity.create_signing_secret(key_id => %s::text, sealed_secret => %s::bytea)",
            (key_id, sealed_secret),
        )


async def create_organization(pool: Pool, *, name: str) -> str:
    """Create an organization; answers its id, `org_` and 24 hex digits. TL902 when the name is taken."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            "SELECT organization_id FROM identity.create_organization(name => %s::text)", (name,)
        )
        return str((await anext(cursor))[0])


async def create_api_key(
    pool: Pool,
    *,
    organization_id: str,
    key_id: str,
    secret_hash: str,
    scopes: list[str],
    user_id: str | None = None,
) -> datetime:
    """
    Store an API key, of a member of the organization or of nobody; answers when it was made.

    TL901 when there is no such organization, TL904 when the user is not a member of it.
    """
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT identity.create_api_key(
                organization_id => %s::text, key_id => %s::text, secret_hash => %s::text, scopes => %s::text[],
                user_id => %s::text
            )
            """,
            (organization_id, key_id, secret_hash, scopes, user_id),
        )
        created_at: datetime = (await anext(cursor))[0]
        return created_at


async def revoke_api_key(pool: Pool, *, key_id: str) -> datetime:
    """Revoke a key for good; answers since when. TL903 when there is no such key."""
    async with writing(pool) as conn:
        cursor = await conn.execute("SELECT identity.revoke_api_key(key_id => %s::text)", (key_id,))
        revoked_at: datetime = (await anext(cursor))[0]
        return revoked_at


async def list_organizations(pool: Pool) -> list[dict[str, Any]]:
    """Every organization and how many good keys it has, by name."""
    async with pool.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT organization_id, name, good_key_count, created_at FROM identity.list_organizations()"
        )
        return await cursor.fetchall()


async def create_user(pool: Pool, *, organization_id: str, email: str, role: str) -> str:
    """
    Make a person a member of an organization; answers the user's id, `usr_` and 24 hex digits.

    TL901 when there is no such organization, TL905 when the user is a member already.
    """
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT user_id
              FROM identity.create_user(organization_id => %s::text, email => %s::text, role => %s::text)
            """,
            (organization_id, email, role),
        )
        return str((await anext(cursor))[0])


async def list_users(pool: Pool, *, organization_id: str) -> list[dict[str, Any]]:
    """The members of an organization, by email."""
    async with pool.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "SELECT user_id, email, role, created_at FROM identity.list_users(organization_id => %s::text)",
            (organization_id,),
        )
        return await cursor.fetchall()


async def get_organization_id(pool: Pool, *, organization_id: str) -> int:
    """The number inside the database of an organization; TL901 when there is none."""
    async with pool.connection() as conn:
        cursor = await conn.execute(
            "SELECT identity.get_organization_id(organization_id => %s::text)", (organization_id,)
        )
        return int((await anext(cursor))[0])
