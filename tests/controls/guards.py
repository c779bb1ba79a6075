"""
Guards of the service, found in its source, each with the source that lacks it.

    refusal       if …: raise: never so; of several reasons joined by `or` each alone
    raise         anywhere else: not raised; in a handler: what was caught goes on as it came
    call          of what only checks, forgets or waits: not made
    eviction      while … is too large: never so
    deadline      asyncio.timeout(…): none
    shield        from cancellation: none
    constant time hmac.compare_digest: ==
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

_CHECKS = re.compile(
    r"_?(?:(?:check|require|refuse|verify|validate|prepare|forget|drain|expect)(?:_\w+)?|idle)"
)


@dataclass(frozen=True)
class Guard:
    """A protection: what it is called, and where in the source it stands and what would be without it."""

    name: str
    kind: str
    place: int
    """The line of the statement that it is, or belongs to."""
    start: int
    end: int
    becomes: str

    def removed(self, source: str) -> str:
        raw = source.encode()
        return (raw[: self.start] + self.becomes.encode() + raw[self.end :]).decode()


def guards(source: str) -> list[Guard]:
    """Each guard of a module, in the order of its lines; no two have one name."""
    found = sorted(set(_Finder(source).guards()), key=lambda guard: (guard.start, -guard.end, guard.name))
    seen: Counter[str] = Counter()
    named = []
    for guard in found:
        seen[guard.name] += 1
        nth = f" ({seen[guard.name]})" if seen[guard.name] > 1 else ""
        named.append(replace(guard, name=guard.name + nth))
    return named


class _Finder:
    def __init__(self, source: str) -> None:
        self._raw = source.encode()
        self._tree = ast.parse(source)
        self._lines = [0]
        for line in self._raw.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def guards(self) -> Iterator[Guard]:
        yield from self._of(self._tree, [], None)

    def _of(self, node: ast.AST, scope: list[str], handler: ast.ExceptHandler | None) -> Iterator[Guard]:
        for child in ast.iter_child_nodes(node):
            inside = scope
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inside, below = [*scope, child.name], None
            else:
                below = child if isinstance(child, ast.ExceptHandler) else handler
            for kind, guarded, becomes in self._guards_of(child, node, handler):
                start, end = self._span(guarded)
                text = " ".join(self._text(guarded).split())
                name = f"{'.'.join(inside) or 'module'}: {kind}: {text}"
                yield Guard(name, kind, getattr(child, "lineno", 0), start, end, becomes)
            yield from self._of(child, inside, below)

    def _guards_of(
        self, node: ast.AST, parent: ast.AST, handler: ast.ExceptHandler | None
    ) -> Iterator[tuple[str, ast.expr | ast.stmt, str]]:
        """Kind, what is taken away, what stands there then."""
        if isinstance(node, ast.If) and any(isinstance(each, ast.Raise) for each in node.body):
            several = isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.Or)
            for reason in node.test.values if several else [node.test]:  # type: ignore[attr-defined]
                yield "refusal", reason, self._never(reason)
        elif isinstance(node, ast.Raise) and not (isinstance(parent, ast.If) and node in parent.body):
            translated = handler is not None and node.exc is not None
            yield "raise", node, "raise" if translated else "pass"
        elif isinstance(node, ast.While) and "len(" in self._text(node.test):
            yield "eviction", node.test, self._never(node.test)
        elif isinstance(node, ast.Expr):
            call = node.value.value if isinstance(node.value, ast.Await) else node.value
            if isinstance(call, ast.Call) and _CHECKS.fullmatch(self._text(call.func).rpartition(".")[2]):
                yield "call", node, "pass"
        elif isinstance(node, ast.Call):
            yield from self._guards_of_call(node)

    def _guards_of_call(self, node: ast.Call) -> Iterator[tuple[str, ast.expr | ast.stmt, str]]:
        called, first = self._text(node.func), node.args[0] if node.args else None
        if first is None:
            return
        if called.endswith("compare_digest"):
            other = f"({self._text(first)} == {self._text(node.args[1])})"
            yield "constant time", node, other
        elif called == "asyncio.shield":
            yield "shield", node, self._text(first)
        elif called == "asyncio.timeout":
            yield "deadline", first, "None"

    def _never(self, condition: ast.expr) -> str:
        # Evaluated all the same: it may bind a name, or await.
        return f"(({self._text(condition)}) and False)"

    def _text(self, node: ast.expr | ast.stmt) -> str:
        start, end = self._span(node)
        return self._raw[start:end].decode()

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._lines[node.lineno - 1] + node.col_offset,
            self._lines[node.end_lineno - 1] + node.end_col_offset,
        )
