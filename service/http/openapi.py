"""/openapi.json, made from the types that parse and the table of error codes."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec

from service.errors import STATUS
from service.types import AssetList, ErrorAnswer, Health, PaymentRequest, PaymentRequestOrder

_TYPES = (AssetList, ErrorAnswer, Health, PaymentRequest, PaymentRequestOrder)


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of every documented route."""
    _, schemas = msgspec.json.schema_components(_TYPES, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "pgtill",
            "version": version("pgtill"),
            "description": "Payment requests with addresses that are handed out once.",
        },
        "paths": {
            "/v1/payment-requests": {"post": _create_payment_request()},
            "/v1/payment-requests/{id}": {"get": _get_payment_request()},
            "/v1/assets": {"get": _list_assets()},
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
                }
            },
        },
        "security": [{"key": []}],
    }


def _create_payment_request() -> dict[str, Any]:
    location = {
        "description": "Where the payment request is.",
        "schema": {"type": "string"},
    }
    replayed = {
        "description": "`true`: the key was used before, this is its first answer.",
        "schema": {"type": "string", "enum": ["true"]},
    }
    return {
        "operationId": "createPaymentRequest",
        "summary": "Ask for a payment; get an address nobody else is given.",
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "Send it again with the same request to get the same answer.",
                "schema": {"type": "string", "maxLength": 255, "pattern": "^[\\x21-\\x7e][\\x20-\\x7e]*$"},
            }
        ],
        "requestBody": {"required": True, "content": _json("PaymentRequestOrder")},
        "responses": {
            "201": {
                "description": "Created.",
                "headers": {"Location": location},
                "content": _json("PaymentRequest"),
            },
            "200": {
                "description": "The first answer to this key.",
                "headers": {"Location": location, "X-Idempotency-Replayed": replayed},
                "content": _json("PaymentRequest"),
            },
            **_refusals(400, 401, 403, 408, 409, 413, 500, 503),
        },
    }


def _get_payment_request() -> dict[str, Any]:
    return {
        "operationId": "getPaymentRequest",
        "summary": "Read a payment request of one's own organization.",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        ],
        "responses": {
            "200": {"description": "It.", "content": _json("PaymentRequest")},
            **_refusals(401, 403, 404, 500, 503),
        },
    }


def _list_assets() -> dict[str, Any]:
    return {
        "operationId": "listAssets",
        "summary": "What may be asked for.",
        "responses": {
            "200": {"description": "Enabled assets.", "content": _json("AssetList")},
            **_refusals(401, 403, 500, 503),
        },
    }


def _health(summary: str, *statuses: int) -> dict[str, Any]:
    return {
        "summary": summary,
        "security": [],
        "responses": {
            "200": {"description": "Yes.", "content": _json("Health")},
            **_refusals(*statuses),
        },
    }


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _refusals(*statuses: int) -> dict[str, Any]:
    return {
        str(status): {
            "description": ", ".join(sorted(code for code, its in STATUS.items() if its == status)),
            "content": _json("ErrorAnswer"),
        }
        for status in statuses
    }
