"""
One server with everybody who has to do with paths.

    desk        the server, its database, and the people below; for a whole module
    Person      a user, an API key of theirs, and an HTTP client with it

Every answer that goes through `Person.ask` is held against /openapi.json: status, headers and body.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import jsonschema_rs
import psycopg
import pytest
from starlette.routing import Match, Route

from service.auth import make_key
from service.http.app import ROUTES
from service.http.openapi import document
from tests.conftest import Database
from tests.support import DEADLINE_S, Server, rows, serving

SCOPES = ("paths:read", "paths:write", "paths:admin")
PATHS = "/v1/paths"
WALLETS = "/v1/wallet-versions"
PROPOSALS = "/v1/wallet-versions/proposals"
MAKERS = "/v1/manufacturers"
SCHEMAS = "/v1/path-schemas"
TRANSFERS = "/v1/transfers"
INCIDENTS = "/v1/incidents"

_fresh = itertools.count(1)


def fresh(prefix: str = "key") -> str:
    """A text that nobody used before."""
    return f"{prefix}-{next(_fresh)}"


@dataclass
class Person:
    """Somebody with a key."""

    organization_id: str
    user_id: str | None
    key_id: str
    key: str = field(repr=False)
    client: httpx2.Client = field(repr=False)

    def ask(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> httpx2.Response:
        """One request; its answer must be one that is documented."""
        headers = {} if key is None else {"idempotency-key": key}
        content = None if body is None else body if isinstance(body, bytes) else json.dumps(body)
        answer = self.client.request(method, path, content=content, headers=headers)
        assert_documented(method, path, answer)
        return answer

    def get(self, path: str, /, **params: Any) -> httpx2.Response:
        query = "&".join(f"{name}={value}" for name, value in params.items())
        return self.ask("GET", f"{path}?{query}" if query else path)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> httpx2.Response:
        return self.ask("POST", path, body, key=key)

    def put(self, path: str, body: Any, *, key: str | None = None) -> httpx2.Response:
        return self.ask("PUT", path, body, key=key)

    def pages(self, path: str, name: str, limit: int, /, **params: Any) -> list[list[Any]]:
        """Walk a list to its end by cursors."""
        pages = []
        cursor = None
        while True:
            more: dict[str, str] = {} if cursor is None else {"cursor": cursor}
            answer = self.get(path, limit=limit, **params, **more)
            assert answer.status_code == 200, answer.text
            pages.append(answer.json()[name])
            assert len(pages[-1]) <= limit
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                return pages

    def allocate(
        self, path: str, *, wallet: int = 1, key: str | None = None, **fields: Any
    ) -> httpx2.Response:
        return self.post(PATHS, {"wallet_version": wallet, "base_path": path, **fields}, key=key)

    def register(self, name: str | None = None, *, wallet: int = 1, **fields: Any) -> int:
        """A manufacturer of one's own; its index."""
        body = {"wallet_version": wallet, "manufacturer_name": name or fresh("maker"), **fields}
        answer = self.post(MAKERS, body)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["manufacturer_index"])


@dataclass
class Desk:
    """The server and who stands before it."""

    database: Database
    server: Server
    stack: ExitStack

    owner: Person = field(init=False)
    """Owner of an organization of manufacturers."""
    admin: Person = field(init=False)
    """Admin of the same."""
    member: Person = field(init=False)
    """Member of the same, who may look."""
    stranger: Person = field(init=False)
    """Owner of another organization."""
    nobody: Person = field(init=False)
    """A key of the first organization that is no user's."""
    root: Person = field(init=False)
    """A super-admin."""
    second_root: Person = field(init=False)
    """Another one."""

    def __post_init__(self) -> None:
        ours, theirs = (self.organization(name) for name in ("makers", "strangers"))
        self.owner = self.person(ours, "owner")
        self.admin = self.person(ours, "admin")
        self.member = self.person(ours, "member")
        self.nobody = self.person(ours, None)
        self.stranger = self.person(theirs, "owner")
        roots = self.organization("plings")
        self.root, self.second_root = (self.person(roots, "owner", is_super_admin=True) for _ in range(2))

    @property
    def dsn(self) -> str:
        """The superuser's."""
        return self.database.dsn()

    def organization(self, name: str) -> str:
        found = rows(self.dsn, "SELECT organization_id FROM identity.create_organization(%s)", name)
        return str(found[0][0])

    def person(
        self,
        organization_id: str,
        role: str | None,
        *,
        scopes: Iterable[str] = SCOPES,
        is_super_admin: bool = False,
    ) -> Person:
        """A user of the organization with a key; no user without a role."""
        user_id = None
        key = make_key()
        with psycopg.connect(self.dsn, autocommit=True) as conn:
            if role is not None:
                email = f"{fresh('user')}@example.org"
                made = "SELECT user_id FROM identity.create_user(%s, %s, %s)"
                user_id = _value(conn, made, organization_id, email, role)
            if is_super_admin:
                conn.execute("SELECT paths.grant_super_admin(%s, 'tests', 'tests')", (user_id,))
            conn.execute(
                "SELECT identity.create_api_key(%s, %s, %s, %s, %s)",
                (organization_id, key.key_id, key.secret_hash, list(scopes), user_id),
            )
        return self.client(organization_id, user_id, key.key_id, key.text)

    def client(self, organization_id: str, user_id: str | None, key_id: str, key: str) -> Person:
        client = self.stack.enter_context(
            httpx2.Client(
                base_url=self.server.url, headers={"authorization": f"Bearer {key}"}, timeout=DEADLINE_S
            )
        )
        return Person(organization_id, user_id, key_id, key, client)

    def create_wallet(self, **fields: Any) -> int:
        """A wallet version, proposed and approved."""
        arguments = {"action": "create_wallet_version", "master_key_id": fresh("hsm"), **fields}
        return int(self.decide(arguments)["version_id"])

    def decide(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Propose with one super-admin, approve with the other; the wallet version."""
        proposed = self.root.post(PROPOSALS, arguments)
        assert proposed.status_code == 201, proposed.text
        approved = self.second_root.post(f"{PROPOSALS}/{proposed.json()['id']}/approve")
        assert approved.status_code == 200, approved.text
        result: dict[str, Any] = approved.json()["result"]
        return result


def _value(conn: psycopg.Connection[Any], query: str, *parameters: object) -> Any:
    row = conn.execute(query.encode(), parameters).fetchone()
    assert row is not None
    return row[0]


@contextmanager
def serving_desk(database: Database, **variables: str) -> Iterator[Desk]:
    """A desk of one's own."""
    with serving(database.dsn("pgtill_service"), **variables) as server, ExitStack() as stack:
        yield Desk(database, server, stack)


@pytest.fixture(scope="module")
def desk(module_database: Database) -> Iterator[Desk]:
    """One server and everybody, for all tests of a module."""
    with serving_desk(module_database) as desk:
        yield desk
        assert_no_overlap(desk.dsn)


# What must hold


def assert_no_overlap(dsn: str) -> int:
    """No anomaly, and by brute force no path that is another's beginning; how many paths."""
    assert rows(dsn, "SELECT rule, subject, detail FROM paths.anomalies") == []
    found = rows(dsn, "SELECT wallet_version, base_path FROM paths.path_registry")
    taken = {(wallet, tuple(path.split("."))) for wallet, path in found}
    assert len(taken) == len(found)
    for wallet, path in taken:
        assert not any((wallet, path[:length]) in taken for length in range(1, len(path))), (wallet, path)
    return len(found)


def assert_refused(answer: httpx2.Response, status: int, code: str, **details: Any) -> None:
    """One refusal; of its details those that are given."""
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert error["code"] == code, answer.text
    for name, value in details.items():
        assert error["details"][name] == value, answer.text


def assert_documented(method: str, path: str, answer: httpx2.Response) -> None:
    """The answer is one that /openapi.json promises for this operation."""
    described = document()
    template = _template(method, path.partition("?")[0])
    responses = described["paths"][template][method.lower()]["responses"]
    assert str(answer.status_code) in responses, (method, path, answer.status_code, answer.text)
    schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
    _validator(schema["$ref"]).validate(answer.json())
    headers = responses[str(answer.status_code)].get("headers", {})
    for name in ("Location", "X-Idempotency-Replayed"):
        assert name not in answer.headers or name in headers, (method, path, name)
    if answer.status_code == 201:
        assert ("location" in answer.headers) is ("Location" in headers), (method, path)


def _template(method: str, path: str) -> str:
    scope = {"type": "http", "method": method, "path": path, "root_path": ""}
    for route in ROUTES:
        if isinstance(route, Route) and route.matches(scope)[0] is Match.FULL:
            return route.path
    raise AssertionError(f"no route for {method} {path}")


_validators: dict[str, Any] = {}


def _validator(reference: str) -> Any:
    if reference not in _validators:
        _validators[reference] = jsonschema_rs.validator_for(
            {"$ref": reference, "components": document()["components"]}
        )
    return _validators[reference]
