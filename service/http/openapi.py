"""/openapi.json, made from the types that parse and the table of error codes."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from types import ModuleType
from typing import Any, Final

import msgspec

from service.http import (
    ledger,
    manufacturers,
    path_schemas,
    paths,
    payment_requests,
    transfers,
    wallet_versions,
    wallets,
)
from service.http.spec import READ_TOKEN, READ_TOKEN_GIVEN, Operations, json_content, refusals
from service.types import ErrorAnswer, Health

AREAS: Final[tuple[ModuleType, ...]] = (
    payment_requests,
    wallets,
    ledger,
    wallet_versions,
    manufacturers,
    paths,
    path_schemas,
    transfers,
)
"""
Areas of the API: modules with ROUTES, OPERATIONS (of spec.Operations) and the TYPES they name.

Asked for a path in this order: what is asked for most stands first.
"""


_SIGNED: Final = {
    "signer": ("X-API-KEY-ID", "Key id of an API key that has a signing secret."),
    "signed_at": ("X-API-TIMESTAMP", "Seconds since 1970, at most 300 whole ones from now."),
    "signature": (
        "X-API-SIGNATURE",
        "Hex HMAC-SHA256 of five lines: key id, timestamp, method, path with query, hex SHA-256 of the body.",
    ),
}
"""Names of the schemes of a signed request -> header, and what stands in it."""


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of every documented route."""
    types = [ErrorAnswer, Health, *(item for area in AREAS for item in area.TYPES)]
    _, schemas = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    paths: Operations = {}
    for area in AREAS:
        paths |= {
            path: {
                method: _with_what_all_share(method, operation) for method, operation in operations.items()
            }
            for path, operations in area.OPERATIONS.items()
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "pgtill",
            "version": version("pgtill"),
            "description": "Payment requests with addresses that are handed out once; wallets that are registered once; paths that never overlap.",
        },
        "paths": paths
        | {
            "/healthz": {"get": _health("Whether the process answers.")},
            "/readyz": {"get": _health("Whether the database answers too.", 503)},
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "sk_test_&lt;key id&gt;_&lt;secret&gt;",
                },
                **{
                    name: {"type": "apiKey", "in": "header", "name": header, "description": what}
                    for name, (header, what) in _SIGNED.items()
                },
            },
        },
        "security": [{"key": []}, {name: [] for name in _SIGNED}],
    }


def _with_what_all_share(method: str, operation: dict[str, Any]) -> dict[str, Any]:
    """An area's operation with what all have alike: a GET takes a read token, any other gives one."""
    if method == "get":
        # Its body means nothing, but where the request is signed it is read, and may be too long or too slow.
        return operation | {
            "parameters": [*operation.get("parameters", []), READ_TOKEN],
            "responses": operation["responses"] | refusals(408, 413),
        }
    responses = {
        status: response | {"headers": response.get("headers", {}) | {"X-Read-Token": READ_TOKEN_GIVEN}}
        if status.startswith("2")
        else response
        for status, response in operation["responses"].items()
    }
    return operation | {"responses": responses}


def _health(summary: str, *statuses: int) -> dict[str, Any]:
    return {
        "summary": summary,
        "security": [],
        "responses": {
            "200": {"description": "Yes.", "content": json_content("Health")},
            **refusals(*statuses),
        },
    }
