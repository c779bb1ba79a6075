"""What /openapi.json says of the ledger."""

from __future__ import annotations

from typing import Any, Final

from service.http.spec import (
    ID,
    IDEMPOTENCY_KEY,
    LOCATION,
    REPLAYED,
    Operations,
    json_content,
    query,
    refusals,
)
from service.types_ledger import (
    MAX_BATCH,
    Account,
    AccountList,
    AccountOrder,
    BalanceAt,
    Hold,
    HoldOrder,
    Journal,
    JournalList,
    JournalOrder,
    KeyedJournalOrder,
    Receipt,
    ReleaseOrder,
    ResultList,
    ReversalOrder,
    SettlementOrder,
    Statement,
    TrialBalance,
    TrialBalanceAccounts,
)

PATH: Final = "/v1/ledger"

TYPES: Final = (
    Account,
    AccountList,
    AccountOrder,
    BalanceAt,
    Hold,
    HoldOrder,
    Journal,
    JournalList,
    JournalOrder,
    KeyedJournalOrder,
    Receipt,
    ReleaseOrder,
    ResultList,
    ReversalOrder,
    SettlementOrder,
    Statement,
    TrialBalance,
    TrialBalanceAccounts,
)

_KEY: Final[dict[str, Any]] = {
    **IDEMPOTENCY_KEY,
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,256}$"},
}
_TIME: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
_AS_OF: Final = query("as_of", _TIME, "Until and including when, RFC 3339 with offset; default: now.")
_PAGE: Final = (
    query("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}, "How many."),
    query("cursor", {"type": "string"}, "`next_cursor` of the page before; other parameters as there."),
)


def _read(operation: str, summary: str, answer: str, *parameters: dict[str, Any]) -> dict[str, Any]:
    """A GET; of one thing when it has an id."""
    is_one = ID in parameters
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": list(parameters),
        "responses": {
            "200": {"description": "It.", "content": json_content(answer)},
            **refusals(400, 401, 403, *([404] if is_one else []), 500, 503),
        },
    }


def _write(
    operation: str,
    summary: str,
    order: str,
    *parameters: dict[str, Any],
    created: str | None = None,
    answered: str,
) -> dict[str, Any]:
    """A POST that answers 201 once and 200 ever after, or 200 always when nothing is created."""
    replayed: dict[str, Any] = {"X-Idempotency-Replayed": REPLAYED}
    responses: dict[str, Any] = {}
    if created:
        replayed["Location"] = LOCATION
        responses["201"] = {
            "description": created,
            "headers": {"Location": LOCATION},
            "content": json_content(answered),
        }
    responses["200"] = {
        "description": "As it was answered first." if created else "Done, now or by an earlier request.",
        "headers": replayed,
        "content": json_content(answered),
    }
    statuses = [400, 401, 403, 408, 409, 413, 422, 500, 503] + ([404] if ID in parameters else [])
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": list(parameters),
        "requestBody": {"required": True, "content": json_content(order)},
        "responses": responses | refusals(*sorted(statuses)),
    }


def _post_journals() -> dict[str, Any]:
    """One journal or many: an object or an array."""
    operation = _write(
        "postJournals",
        "Post one journal, or up to 128 of them in one transaction.",
        "JournalOrder",
        _KEY,
        query("all_or_nothing", {"type": "boolean"}, "Of many: post all, or none when one is refused."),
        created="Posted.",
        answered="Receipt",
    )
    one = operation["requestBody"]["content"]["application/json"]["schema"]
    many = {
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_BATCH,
        "items": {"$ref": "#/components/schemas/KeyedJournalOrder"},
    }
    operation["requestBody"]["content"] = {"application/json": {"schema": {"anyOf": [one, many]}}}
    receipt = operation["responses"]["200"]["content"]["application/json"]["schema"]
    results = {"$ref": "#/components/schemas/ResultList"}
    operation["responses"]["200"] |= {
        "description": "One: as it was answered first. Many: what became of each.",
        "content": {"application/json": {"schema": {"anyOf": [receipt, results]}}},
    }
    return operation


OPERATIONS: Final[Operations] = {
    f"{PATH}/accounts": {
        "post": _write(
            "openAccount",
            "Open an account; the same one again is a replay.",
            "AccountOrder",
            created="Opened.",
            answered="Account",
        ),
        "get": _read(
            "listAccounts",
            "Accounts of one's own book, by name and currency.",
            "AccountList",
            query("name_prefix", {"type": "string", "maxLength": 200}, "Only names that begin so."),
            *_PAGE,
        ),
    },
    f"{PATH}/accounts/{{id}}": {
        "get": _read("getAccount", "An account with its posted and pending balances.", "Account", ID)
    },
    f"{PATH}/accounts/{{id}}/balance": {
        "get": _read("getBalance", "What an account held at any time.", "BalanceAt", ID, _AS_OF)
    },
    f"{PATH}/accounts/{{id}}/statement": {
        "get": _read(
            "getStatement",
            "Entries of an account, oldest first, with the balance after each.",
            "Statement",
            ID,
            query("since", _TIME, "Recorded at or after this."),
            _AS_OF,
            *_PAGE,
        )
    },
    f"{PATH}/journals": {
        "post": _post_journals(),
        "get": _read(
            "listJournals",
            "Journals of one's own book, newest first.",
            "JournalList",
            query("payment_reference", {"type": "string", "maxLength": 200}, "Only those of this payment."),
            *_PAGE,
        ),
    },
    f"{PATH}/journals/{{id}}": {"get": _read("getJournal", "A journal with its lines.", "Journal", ID)},
    f"{PATH}/journals/{{id}}/reverse": {
        "post": _write(
            "reverseJournal",
            "Post the opposite of a journal; each is reversed once at most.",
            "ReversalOrder",
            ID,
            _KEY,
            created="Reversed; the id is the reversing journal's.",
            answered="Receipt",
        )
    },
    f"{PATH}/holds": {
        "post": _write(
            "createHold",
            "Set an amount aside, to be settled or released later.",
            "HoldOrder",
            _KEY,
            created="Held.",
            answered="Receipt",
        )
    },
    f"{PATH}/holds/{{id}}": {"get": _read("getHold", "A hold and what became of it.", "Hold", ID)},
    f"{PATH}/holds/{{id}}/settle": {
        "post": _write(
            "settleHold",
            "Post what was held, or a part of it; the rest is released.",
            "SettlementOrder",
            ID,
            _KEY,
            answered="Hold",
        )
    },
    f"{PATH}/holds/{{id}}/release": {
        "post": _write("releaseHold", "Let go of what was held.", "ReleaseOrder", ID, _KEY, answered="Hold")
    },
    f"{PATH}/trial-balance": {
        "get": _read(
            "getTrialBalance",
            "Debits and credits of every currency, by type of account: they must be equal.",
            "TrialBalance",
            _AS_OF,
        )
    },
    f"{PATH}/trial-balance/accounts": {
        "get": _read(
            "listTrialBalance",
            "The trial balance account by account, in order of currency and name. Pages of a book that moves"
            " meanwhile add up when all ask for the same as_of.",
            "TrialBalanceAccounts",
            _AS_OF,
            *_PAGE,
        )
    },
}
