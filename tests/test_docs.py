"""What is written down is what is there: error codes, variables, routes, commands, examples."""

from __future__ import annotations

import ast
import json
import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
import typer.main
from starlette.routing import Route

from service import demo, ledger, registry
from service.cli import app as cli
from service.errors import BY_CONSTRAINT, BY_SQLSTATE, STATUS
from service.http.app import ROUTES
from service.http.openapi import document
from service.types import PaymentRequestOrder
from service.types_wallets import WalletRegistration
from tests.support import ROOT

ERRORS = (ROOT / "docs" / "errors.md").read_text()
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text()
WALLETS = (ROOT / "docs" / "wallet-registry.md").read_text()
README = (ROOT / "README.md").read_text()
PROSE = "\n".join([README, *(path.read_text() for path in sorted((ROOT / "docs").rglob("*.md")))])
FUNCTIONS = "\n".join(path.read_text() for path in sorted((ROOT / "db" / "functions").rglob("*.sql")))


def table(text: str, first_column: str) -> list[list[str]]:
    """The rows of the Markdown table that begins with that column; code marks taken off."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first_column} |"))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip().strip("`") for cell in line.strip("|").split(" | ")])
    return found


# Errors


def test_the_error_table_is_the_one_of_the_service() -> None:
    assert {row[0]: int(row[1]) for row in table(ERRORS, "code")} == dict(STATUS)


def test_the_error_table_names_each_code_once_and_says_when() -> None:
    listed = table(ERRORS, "code")
    assert len(listed) == len(STATUS)
    assert all(len(row) == 3 and row[2] for row in listed)


def test_the_sqlstate_table_is_the_one_of_the_service() -> None:
    assert {row[0]: row[1] for row in table(ERRORS, "SQLSTATE")} == dict(BY_SQLSTATE)


def test_every_sqlstate_that_is_raised_is_known_and_no_other_of_our_class_is() -> None:
    raised = set(re.findall(r"ERRCODE\s*=\s*'(TL\d{3})'", FUNCTIONS))
    assert raised
    assert raised == {state for state in BY_SQLSTATE if state.startswith("TL")}


def test_every_sqlstate_s_message_is_the_one_that_is_raised() -> None:
    raised = {
        state: message
        for message, state in re.findall(
            r"RAISE EXCEPTION '([^']+)'\s+USING\s+ERRCODE = '(TL\d{3})'", FUNCTIONS
        )
    }
    written = {row[0]: row[2] for row in table(ERRORS, "SQLSTATE") if row[0].startswith("TL")}
    assert written == raised


def test_every_constraint_with_a_code_of_its_own_is_there() -> None:
    tables = "".join(path.read_text() for path in (ROOT / "db" / "tables").rglob("*.sql"))
    assert all(f"CONSTRAINT {rule}\n" in tables or f"CONSTRAINT {rule} " in tables for rule in BY_CONSTRAINT)


def test_every_code_that_is_used_is_in_the_table() -> None:
    used = {code for path in (ROOT / "service").rglob("*.py") for code in codes_raised(path)}
    assert used <= set(STATUS)
    outcomes = {"idempotency_key_conflict", "unsupported_network", "unsupported_asset", "wallet_exhausted"}
    outcomes |= set(ledger.REFUSALS) | registry.REFUSALS
    known = used | outcomes | set(BY_SQLSTATE.values()) | set(BY_CONSTRAINT.values())
    known |= {"mainnet_allocation_blocked", "not_found"}
    assert set(STATUS) <= known | {"method_not_allowed", "address_derivation_failed", "rule_violated"}


def codes_raised(path: Path) -> set[str]:
    """Codes that a module gives to ApiError, or to refusal(), as they stand."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = node.args[0]
        if (
            name in ("ApiError", "refusal")
            and isinstance(first, ast.Constant)
            and isinstance(first.value, str)
        ):
            found.add(first.value)
    return found


# Configuration


def test_every_variable_that_is_read_is_documented_and_no_other() -> None:
    pattern = r"""["'`\s](PGTILL_[A-Z_]+|PAYMENT_REQUEST_[A-Z_]+|DB_[A-Z_]+|DATABASE_URL|PORT)["'`\s=.]"""
    sources = [path.read_text() for path in sorted((ROOT / "service").rglob("*.py"))]
    used = {name for source in sources for name in re.findall(pattern, source)}
    used = {name for name in used if not name.endswith(("_", "_FILE"))}
    documented = {row[0] for row in table(CONFIGURATION, "variable")}
    assert used == documented


def test_every_default_that_is_documented_is_the_real_one() -> None:
    from service.config import Settings

    defaults = {row[0]: row[1] for row in table(CONFIGURATION, "variable")}
    for variable, name in {
        "PORT": "port",
        "PGTILL_HOST": "host",
        "PGTILL_MIGRATE": "migrate",
        "PGTILL_POOL_SIZE": "pool_size",
        "PGTILL_BATCH_LIMIT": "batch_limit",
        "PGTILL_QUEUE_LIMIT": "queue_limit",
        "PGTILL_CALL_DEADLINE_SECONDS": "call_deadline",
        "PGTILL_JOIN_CALLS": "join_calls",
        "DB_READINESS_TIMEOUT": "readiness_timeout",
        "PAYMENT_REQUEST_ALLOCATION_MODE": "allocation_mode",
        "PAYMENT_REQUEST_DEVTEST_ALLOW_MAINNET": "allow_mainnet",
    }.items():
        assert defaults[variable] == str(getattr(Settings, name)).replace("True", "true").replace(
            "False", "false"
        ), variable


# Routes


def documented_routes() -> list[Route]:
    return [
        route
        for route in ROUTES
        if isinstance(route, Route)
        and (route.path.startswith("/v1/") or route.path in ("/healthz", "/readyz"))
    ]


def test_every_route_and_method_is_in_openapi_and_no_other() -> None:
    routed = {
        (route.path, method.lower())
        for route in documented_routes()
        for method in route.methods or ()
        if method != "HEAD"
    }
    assert routed == {(path, method) for path, item in document()["paths"].items() for method in item}


def test_every_status_that_a_handler_can_give_is_documented() -> None:
    post, get, assets = (
        {int(status) for status in operation["responses"]}
        for operation in (
            document()["paths"]["/v1/payment-requests"]["post"],
            document()["paths"]["/v1/payment-requests/{id}"]["get"],
            document()["paths"]["/v1/assets"]["get"],
        )
    )
    service = ROOT / "service"
    in_auth = {STATUS[code] for code in codes_raised(service / "auth.py")} | {500, 503}
    assert in_auth <= post & get & assets
    order = {
        code
        for module in ("parsing", "orders", "dispatcher", "joiner")
        for code in codes_raised(service / f"{module}.py")
    }
    order |= {"body_too_large", "request_timeout", "idempotency_key_conflict", "wallet_exhausted"}
    assert {STATUS[code] for code in order} <= post
    assert {200, 404, 500} <= get
    assert {200} <= assets
    assert document()["paths"]["/readyz"]["get"]["responses"].keys() == {"200", "503"}


def test_every_reference_of_openapi_leads_somewhere() -> None:
    text = json.dumps(document())
    schemas = document()["components"]["schemas"]
    for name in re.findall(r'"#/components/schemas/(\w+)"', text):
        assert name in schemas
    assert "description" in schemas["PaymentRequestOrder"]


# Commands


def commands(group: Any, *words: str) -> list[tuple[str, Any]]:
    """Every command below a group with its words."""
    if not hasattr(group, "commands"):
        return [(" ".join(words), group)]
    return [found for name, item in group.commands.items() for found in commands(item, *words, name)]


COMMANDS = commands(typer.main.get_command(cli))


@pytest.mark.parametrize("words", [words for words, _ in COMMANDS])
def test_every_command_is_documented(words: str) -> None:
    assert re.search(rf"pgtill {re.escape(words)}\b", PROSE)


def test_every_command_that_is_written_about_exists() -> None:
    known = {words for words, _ in COMMANDS}
    groups = {words.split()[0] for words in known if " " in words}
    for first, second in re.findall(
        r"^(?:\S*/)?pgtill ([a-z][a-z-]+)(?: ([a-z][a-z-]+))?", _code(PROSE), re.MULTILINE
    ):
        if first in groups:
            assert f"{first} {second}" in known, f"pgtill {first} {second}"
        else:
            assert first in known, f"pgtill {first}"


def test_every_option_that_is_written_about_exists() -> None:
    for words, found in COMMANDS:
        options = {option for item in found.params for option in [*item.opts, *item.secondary_opts]}
        lines = _code(PROSE).replace("\\\n", " ").splitlines()
        for line in lines:
            match = re.search(rf"\bpgtill {re.escape(words)}\b([^|#;&]*)", line)
            for option in re.findall(r"(?<!\S)(--[a-z][a-z0-9-]+)", match[1] if match else ""):
                assert option in options | {"--help"}, f"pgtill {words} {option}"


@pytest.mark.parametrize("verb", re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
def test_every_verb_of_make_is_documented(verb: str) -> None:
    assert f"make {verb}" in PROSE


def test_every_verb_of_make_that_is_written_about_exists() -> None:
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", PROSE)) <= verbs


def _code(text: str) -> str:
    """What stands between code marks."""
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)])


# Examples


def curl_lines(text: str) -> list[list[str]]:
    joined = re.sub(r"\\\n\s*", " ", text)
    return [shlex.split(line) for line in joined.splitlines() if line.startswith("curl ")]


@pytest.mark.parametrize(
    "words", curl_lines("\n".join([README, WALLETS, demo._welcome(8080, None)])), ids=" ".join
)
def test_every_curl_line_parses_and_asks_for_something_there_is(words: list[str]) -> None:
    options = dict(pairwise(words))
    url = urlsplit(next(word for word in words if word.startswith("http")))
    method = "POST" if "-d" in options else "GET"
    matching = [
        route
        for route in ROUTES
        if isinstance(route, Route) and route.path == url.path and method in (route.methods or ())
    ]
    assert len(matching) == 1
    if "-d" in options:
        asks = {"/v1/payment-requests": PaymentRequestOrder, "/v1/wallets": WalletRegistration}
        msgspec.json.decode(options["-d"], type=asks[url.path])


def test_the_answer_in_the_readme_is_one_that_can_be() -> None:
    blocks: list[str] = re.findall(r"```\n(HTTP/1\.1 201.*?)```", README, re.DOTALL)
    assert blocks
    head, _, body = blocks[0].partition("\n\n")
    answer: dict[str, Any] = json.loads(body.replace("\n", ""))
    assert f"location: /v1/payment-requests/{answer['id']}" in head
    schema = document()["components"]["schemas"]["PaymentRequest"]
    assert set(schema["required"]) <= set(answer) <= set(schema["properties"])


def test_every_file_that_is_linked_is_there() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
