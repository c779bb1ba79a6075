"""
Guards of the service, found in its source, each with the source that lacks it.

    refusal       if …: raise: never so; of several reasons joined by `or` each alone
    raise         anywhere else: not raised; in a handler: what was caught goes on as it came
    call          of what only checks, forgets or waits: not made
    eviction      while … is too large: never so
    deadline      asyncio.timeout(…): none
    shield        from cancellation: none
    constant time hmac.compare_digest: ==
    bound         … > A_CONSTANT, min(…, A_CONSTANT): a constant without end; limit=…, timeout=…: not given
    goes on       except that raises nothing, suppress(…): what was caught goes on as it came
    finally       the end that is always reached: not made
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
_BOUNDS = re.compile(r"(?:\w+_)?timeout|limit|max_size|max_waiting")
_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]+")
_ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)

_Guarded = ast.expr | ast.stmt | ast.keyword | ast.ExceptHandler | list[ast.stmt]


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
    every = set(_Finder(source).guards())
    conditions = {(guard.start, guard.end) for guard in every if guard.kind in ("refusal", "eviction")}
    found = sorted(
        (guard for guard in every if guard.kind != "bound" or (guard.start, guard.end) not in conditions),
        key=lambda guard: (guard.start, -guard.end, guard.name),
    )
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
    ) -> Iterator[tuple[str, _Guarded, str]]:
        """Kind, what is taken away, what stands there then."""
        yield from self._ends_of(node)
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
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], _ORDERS):
            yield from self._bounds_of(node)

    def _ends_of(self, node: ast.AST) -> Iterator[tuple[str, _Guarded, str]]:
        if isinstance(node, ast.ExceptHandler):
            if not any(isinstance(each, ast.Raise) for each in ast.walk(node)):
                yield "goes on", node, f"{self._text(node)}: raise"
        elif isinstance(node, ast.Try) and node.finalbody:
            yield "finally", node.finalbody, "pass"

    def _guards_of_call(self, node: ast.Call) -> Iterator[tuple[str, _Guarded, str]]:
        called, first = self._text(node.func), node.args[0] if node.args else None
        for keyword in node.keywords:
            if _BOUNDS.fullmatch(keyword.arg or ""):
                yield "bound", keyword, "**{}"
        if first is None:
            return
        if called.endswith("compare_digest"):
            other = f"({self._text(first)} == {self._text(node.args[1])})"
            yield "constant time", node, other
        elif called == "asyncio.shield":
            yield "shield", node, self._text(first)
        elif called == "asyncio.timeout":
            yield "deadline", first, "None"
        elif called == "suppress":
            yield "goes on", node, "suppress()"
        elif called == "min":
            yield from self._bounds_of(node)

    def _bounds_of(self, node: ast.Call | ast.Compare) -> Iterator[tuple[str, _Guarded, str]]:
        text = self._text(node)
        endless = re.sub(rf"\b{_CONSTANT.pattern}\b", 'float("inf")', text)
        if endless != text:
            yield "bound", node, endless

    def _never(self, condition: ast.expr) -> str:
        # Evaluated all the same: it may bind a name, or await.
        return f"(({self._text(condition)}) and False)"

    def _text(self, node: _Guarded) -> str:
        if isinstance(node, ast.ExceptHandler):
            name = f" as {node.name}" if node.name else ""
            return f"except {self._text(node.type)}{name}" if node.type else "except"
        start, end = self._span(node)
        return self._raw[start:end].decode()

    def _span(self, node: _Guarded) -> tuple[int, int]:
        first, last = (node[0], node[-1]) if isinstance(node, list) else (node, node)
        assert last.end_lineno is not None
        assert last.end_col_offset is not None
        return (
            self._lines[first.lineno - 1] + first.col_offset,
            self._lines[last.end_lineno - 1] + last.end_col_offset,
        )
