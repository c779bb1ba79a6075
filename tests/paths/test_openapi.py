"""What /openapi.json promises of the path registry, asked by a program that means it no good."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from tests.paths.support import Desk, assert_no_overlap, desk
from tests.paths.test_http import OPERATIONS
from tests.test_openapi import BAD, CHECKS, GOOD

__all__ = ["desk"]  # a fixture

EXAMPLES = 25


@pytest.mark.parametrize("mode", [GOOD, BAD], ids=["well formed", "not well formed"])
@pytest.mark.parametrize(("path", "method"), [operation[:2] for operation in OPERATIONS])
def test_every_answer_is_one_that_is_documented(desk: Desk, path: str, method: str, mode: Any) -> None:
    schema = schemathesis.openapi.from_url(f"{desk.server.url}/openapi.json")
    operation = schema[path][method]
    headers = {"authorization": f"Bearer {desk.root.key}"}

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case[Any]) -> None:
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    ask()
    assert_no_overlap(desk.dsn)
