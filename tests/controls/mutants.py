"""
Protections of a function, found in its source, each with the source that lacks it.

    refusals       IF … THEN RAISE and RAISE elsewhere: never so
    conflicts      ON CONFLICT DO NOTHING: not caught; DO UPDATE: nothing is updated
    tenancy        a condition that names organization_id: not asked

and where it ends and what comes first, each put wrong:

    bounds         < is <=, > is >=, and the other way round; LIMIT is none, but for LIMIT 1
    orders         each key of an ORDER BY the other way round, but for the order of locks
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_TOKEN = re.compile(
    r"--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\"|[A-Za-z_][\w.%]*|<>|<<|>>|<=|>=|:=|=>|->>|->|::|\s+|.", re.DOTALL
)
_FUNCTION = re.compile(
    r"^CREATE OR REPLACE FUNCTION.*?^(?P<begin>AS \$function\$|BEGIN ATOMIC)\n(?P<body>.*?)^(?:\$function\$|END);\n",
    re.MULTILINE | re.DOTALL,
)
_ENDS_CONDITION = frozenset(
    [
        "AND",
        "OR",
        "WHERE",
        "GROUP",
        "ORDER",
        "LIMIT",
        "UNION",
        "RETURNING",
        "FOR",
        "ON",
        "JOIN",
        "LEFT",
        "INNER",
        "CROSS",
        "THEN",
        "ELSE",
        "WHEN",
        "END",
        "LOOP",
        "WINDOW",
        "HAVING",
        "INTO",
        "EXCEPT",
        ";",
        ",",
    ]
)

_BESIDE = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_ENDS_ORDER = frozenset(["LIMIT", "OFFSET", "FOR", "ROWS", "ON", "RETURNING", "UNION", "INTO", "LOOP", ";"])


@dataclass(frozen=True)
class Mutant:
    """A protection, and the function as it would be without it."""

    kind: str
    line: int
    protection: str
    """As it stands; of bounds and orders the line as it becomes."""
    definition: str

    def __str__(self) -> str:
        return f"{self.kind}: {' '.join(self.protection.split())}"


@dataclass(frozen=True)
class _Token:
    text: str
    start: int
    end: int
    depth: int


def definition(source: str) -> str:
    """The function of a file, without what stands around it; empty where there is none of the usual form."""
    found = _FUNCTION.search(source)
    return found[0] if found else ""


def mutants(source: str) -> Iterator[Mutant]:
    """Each protection of the function that the file defines, taken away alone."""
    found = _FUNCTION.search(source)
    if not found:
        return
    tokens = list(_tokens(found["body"], found.start("body")))
    for at, token in enumerate(tokens):
        for kind, first, last, becomes in _removals(tokens, at):
            start, end = tokens[first].start, tokens[last].end
            mutated = source[:start] + becomes.format(source[start:end]) + source[end:]
            line = source.count("\n", 0, token.start) + 1
            yield Mutant(kind, line, source[start:end], definition(mutated))


def edges(source: str) -> Iterator[Mutant]:
    """Each bound and each key of an order of the function that the file defines, put wrong alone."""
    found = _FUNCTION.search(source)
    if not found:
        return
    tokens = list(_tokens(found["body"], found.start("body")))
    for at in range(len(tokens)):
        for kind, start, end, becomes in _shifts(tokens, at):
            mutated = source[:start] + becomes + source[end:]
            line = source.count("\n", 0, start)
            yield Mutant(kind, line + 1, mutated.splitlines()[line], definition(mutated))


def _tokens(text: str, offset: int) -> Iterator[_Token]:
    depth = 0
    for found in _TOKEN.finditer(text):
        word = found[0]
        if word.isspace() or word.startswith("--"):
            continue
        depth -= word in ")]"
        yield _Token(word, offset + found.start(), offset + found.end(), depth)
        depth += word in "(["


def _removals(tokens: list[_Token], at: int) -> Iterator[tuple[str, int, int, str]]:
    """What can be taken away at a token: the kind, its first and last token, and what stands there then."""
    word, before = tokens[at].text, tokens[at - 1].text if at else ""
    if word in ("IF", "ELSIF") and before != "END":
        then = _end(tokens, at, {"THEN"})
        if tokens[then + 1].text == "RAISE":
            yield "refusal", at + 1, then - 1, "FALSE AND ({})"
    elif word == "RAISE" and before != "THEN" and tokens[at + 1].text == "EXCEPTION":
        yield "refusal", at, _end(tokens, at, {";"}) - 1, "NULL"
    elif word == "CONFLICT" and before == "ON":
        do = next(n for n in range(at, len(tokens)) if tokens[n].text == "DO")
        if tokens[do + 1].text == "NOTHING":
            yield "conflict", at - 1, do + 1, ""
        else:
            yield "conflict", do, _end(tokens, do, {"RETURNING", ";"}) - 1, "DO NOTHING"
    elif word in ("WHERE", "AND", "ON") and before != "DISTINCT" and tokens[at + 1].text != "CONFLICT":
        last = _end(tokens, at, _ENDS_CONDITION) - 1
        names = [token.text.rpartition(".")[2] for token in tokens[at + 1 : last + 1]]
        if "organization_id" in names and "SELECT" not in names:
            yield "tenancy", at + 1, last, "TRUE"


def _shifts(tokens: list[_Token], at: int) -> Iterator[tuple[str, int, int, str]]:
    """What can be put wrong at a token: the kind, where it begins and ends, and what stands there then."""
    token, before = tokens[at], tokens[at - 1].text if at else ""
    if token.text in _BESIDE:
        yield "bound", token.start, token.end, _BESIDE[token.text]
    elif token.text == "LIMIT" and tokens[at + 1].text != "1":
        last = tokens[_end(tokens, at, {"FOR", ";"}) - 1]
        yield "bound", tokens[at + 1].start, last.end, "ALL"
    elif token.text == "BY" and before == "ORDER":
        end = _end(tokens, at, _ENDS_ORDER)
        # Whoever locks or inserts in another order is seen by a second session only: db/tests/isolation.
        is_of_locks = end < len(tokens) and tokens[end].text in ("FOR", "ON")
        for key in () if is_of_locks else _split(tokens[at + 1 : end]):
            upwards = {"ASC": "DESC", "DESC": "ASC"}.get(key.text, f"{key.text} DESC")
            yield "order", key.start, key.end, upwards


def _split(tokens: list[_Token]) -> Iterator[_Token]:
    """The last token of each part between commas."""
    for token, after in pairwise(tokens):
        if after.text == "," and after.depth == tokens[0].depth:
            yield token
    yield tokens[-1]


def _end(tokens: list[_Token], at: int, stops: frozenset[str] | set[str]) -> int:
    """The first token after this one that ends what began here: a stop at the same depth, or a closing bracket."""
    depth, cases = tokens[at].depth, 0
    for n in range(at + 1, len(tokens)):
        token = tokens[n]
        if token.depth < depth:
            return n
        if token.depth == depth:
            if token.text == "CASE":
                cases += 1
            elif cases and token.text == "END":
                cases -= 1
            elif not cases and token.text in stops:
                return n
    return len(tokens)
