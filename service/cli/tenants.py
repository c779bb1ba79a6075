"""`pgtill merchant`, `pgtill user`, `pgtill api-key`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from service.auth import SCOPES, make_key
from service.cli.support import AsJson, operate, print_answer, signing_seals
from service.database import Pool, identity
from service.signatures import make_secret

merchant = typer.Typer(help="Organizations that may ask for payments.", no_args_is_help=True)
user = typer.Typer(help="People of an organization, whose wallets it registers.", no_args_is_help=True)
api_key = typer.Typer(help="Keys with which they ask.", no_args_is_help=True)


OrganizationId = Annotated[str, typer.Argument(help="As `merchant create` showed it: org_…")]


class Role(StrEnum):
    """What a user is in an organization."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


@merchant.command("create")
def merchant_create(name: str, as_json: AsJson = False) -> None:
    """Create an organization with NAME and a first API key of all scopes; the key is shown once."""

    async def work(pool: Pool) -> dict[str, Any]:
        organization_id = await identity.create_organization(pool, name=name)
        key = await create_key(pool, organization_id, list(SCOPES))
        return {"organization_id": organization_id, "name": name, **key}

    print_answer(operate(work), as_json)


@merchant.command("list")
def merchant_list(as_json: AsJson = False) -> None:
    """Show every organization and how many good keys it has."""
    print_answer(operate(identity.list_organizations), as_json)


@user.command("create")
def user_create(
    organization_id: OrganizationId,
    email: Annotated[str, typer.Argument(help="Taken in lower case.")],
    role: Annotated[Role, typer.Option(help="What the user is in the organization.")] = Role.MEMBER,
    as_json: AsJson = False,
) -> None:
    """Make a person a member of an organization; who is a user already keeps the id."""

    async def work(pool: Pool) -> dict[str, Any]:
        user_id = await identity.create_user(
            pool, organization_id=organization_id, email=email, role=role.value
        )
        return {"user_id": user_id, "organization_id": organization_id, "role": role.value}

    print_answer(operate(work), as_json)


@user.command("list")
def user_list(organization_id: OrganizationId, as_json: AsJson = False) -> None:
    """Show the members of an organization."""
    print_answer(operate(lambda pool: identity.list_users(pool, organization_id=organization_id)), as_json)


@api_key.command("create")
def api_key_create(
    organization_id: OrganizationId,
    scope: Annotated[
        list[str] | None, typer.Option(help=f"May be given again. Default all: {', '.join(SCOPES)}.")
    ] = None,
    user_id: Annotated[
        str | None,
        typer.Option("--user", help="Whose key it is, a member: usr_… Without, it is a machine's."),
    ] = None,
    signing: Annotated[
        bool,
        typer.Option("--signing", help="Make a signing secret, too, for callers that must not send the key."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make another API key of an organization; it is shown once and stored as a bcrypt hash."""
    scopes = list(dict.fromkeys(scope or SCOPES))
    seals = signing_seals() if signing else None

    async def work(pool: Pool) -> dict[str, Any]:
        made = await create_key(pool, organization_id, scopes, user_id)
        if seals is None:
            return made
        secret = make_secret()
        sealed = seals.seal(made["key_id"], secret)
        await identity.create_signing_secret(pool, key_id=made["key_id"], sealed_secret=sealed)
        return made | {"signing_secret": secret}

    print_answer(operate(work), as_json)


@api_key.command("revoke")
def api_key_revoke(
    key_id: Annotated[str, typer.Argument(help="The middle of the key: sk_test_<key id>_…")],
    as_json: AsJson = False,
) -> None:
    """Make a key worthless, at once in every running process, for good."""

    async def work(pool: Pool) -> dict[str, Any]:
        return {"key_id": key_id, "revoked_at": await identity.revoke_api_key(pool, key_id=key_id)}

    print_answer(operate(work), as_json)


async def create_key(
    pool: Pool, organization_id: str, scopes: list[str], user_id: str | None = None
) -> dict[str, Any]:
    """Make a key and store its hash."""
    key = make_key()
    await identity.create_api_key(
        pool,
        organization_id=organization_id,
        key_id=key.key_id,
        secret_hash=key.secret_hash,
        scopes=scopes,
        user_id=user_id,
    )
    return {"key_id": key.key_id, "api_key": key.text, "user_id": user_id, "scopes": scopes}
