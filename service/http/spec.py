"""Pieces of OpenAPI operations that areas of the API share."""

from __future__ import annotations

from typing import Any, Final

from service.errors import STATUS

Operations = dict[str, dict[str, dict[str, Any]]]
"""path -> method -> operation"""

IDEMPOTENCY_KEY: Final[dict[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Send it again with the same request to get the same answer.",
    "schema": {"type": "string", "maxLength": 255, "pattern": "^[\\x21-\\x7e][\\x20-\\x7e]*$"},
}
ID: Final[dict[str, Any]] = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}

LOCATION: Final[dict[str, Any]] = {"description": "Where it is.", "schema": {"type": "string"}}
REPLAYED: Final[dict[str, Any]] = {
    "description": "`true`: the key was used before, this is its first answer.",
    "schema": {"type": "string", "enum": ["true"]},
}

READ_TOKEN: Final[dict[str, Any]] = {
    "name": "X-Read-Token",
    "in": "header",
    "required": False,
    "description": "Of an earlier answer: a standby that shows what was written then may answer.",
    "schema": {"type": "string", "maxLength": 24},
}
READ_TOKEN_GIVEN: Final[dict[str, Any]] = {
    "description": "Where GETs may be answered by a standby: send it with those that must show this.",
    "schema": {"type": "string", "pattern": "^[0-9A-Fa-f]{24}$"},
}


NO_BODY: Final = "Takes no body, or an object without fields."


def json_content(name: str) -> dict[str, Any]:
    """A JSON value of a type that is among the area's TYPES."""
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def refusals(*statuses: int) -> dict[str, Any]:
    """The answers that are errors, each with the codes it may carry."""
    return {
        str(status): {
            "description": ", ".join(sorted(code for code, its in STATUS.items() if its == status)),
            "content": json_content("ErrorAnswer"),
        }
        for status in statuses
    }


def query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    """An optional query parameter."""
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
