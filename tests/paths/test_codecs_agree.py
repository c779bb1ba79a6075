"""The codecs in Python and those in SQL say the same, of thousands of paths and of nonsense."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from bitcoin import base58  # type: ignore[import-untyped]

from service.paths.errors import PathError
from service.paths.notation import (
    MAX_COMPONENT,
    MAX_COMPONENTS,
    derivation_path,
    parse_base58,
    parse_decimal,
    parse_prefixed,
    to_base58,
    to_decimal,
    to_prefixed,
)
from service.paths.pointer import class_pointer
from service.paths.scan_url import Carrier, Scan, build_scan_url, parse_scan_url
from tests.conftest import Database
from tests.paths.test_delegation import MAKER, key_of
from tests.paths.test_notation import PUBLISHED

COUNT = 5_000
A_CALL = 250
"""Items in one statement: the role of the service may take five seconds."""
EDGES = (0, 1, 57, 58, 58**2 - 1, 58**5 - 1, 58**5, MAX_COMPONENT)

NONSENSE = [
    *(
        "",
        ".",
        "2.",
        ".2",
        "2..3",
        "02",
        "00",
        "2.03",
        "+2",
        "-1",
        " 2",
        "2 ",
        "2\n",
        "2.3'",
        "m/2",
        "2,3",
        "1e3",
    ),
    *(
        "2147483648",
        "4294967296",
        "99999999999999999999",
        "2.2147483648",
        "٣",
        "\uff12",
        "2.G",
        "0x2",
        "1_0",
        "é",
    ),
    *(
        ".".join(["1"] * MAX_COMPONENTS),
        ".".join(["1"] * (MAX_COMPONENTS + 1)),
        "0",
        "0.0",
        "1.1",
        "11",
        "1.11",
    ),
    *(
        "4GmR58",
        "4GmR59",
        "zzzzzz",
        "zzzzzzz",
        "2111111",
        "O",
        "I",
        "l",
        "2.O",
        "2.4GmR59",
        "1.2",
        "2.1",
        "2",
    ),
]


@pytest.fixture(scope="module")
def conn(module_database: Database) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(module_database.dsn("pgtill_service"), autocommit=True) as conn:
        yield conn


def number(chance: random.Random) -> int:
    """Of every magnitude, and often at an edge."""
    return chance.choice(EDGES) if chance.random() < 0.2 else chance.getrandbits(chance.randint(1, 31))


@pytest.fixture(scope="module")
def paths() -> list[tuple[int, tuple[int, ...]]]:
    """Wallets and paths."""
    chance = random.Random(6)
    return [
        (
            max(1, number(chance)),
            tuple(number(chance) for _ in range(chance.randint(1, MAX_COMPONENTS))),
        )
        for _ in range(COUNT)
    ]


def ask(conn: psycopg.Connection[Any], expression: str, items: list[tuple[Any, ...]]) -> list[Any]:
    """What the expression says of each item (item.a, item.b, …), in order."""
    found: list[Any] = []
    for start in range(0, len(items), A_CALL):
        columns = [list(column) for column in zip(*items[start : start + A_CALL], strict=True)]
        names = ", ".join("abcd"[place] for place in range(len(columns)))
        types = ", ".join(
            f"%s::{'integer' if isinstance(column[0], int) else 'text'}[]" for column in columns
        )
        query = (
            f"SELECT {expression} FROM unnest({types}) WITH ORDINALITY AS item ({names}, nth) ORDER BY nth"
        )
        found += [row[0] for row in conn.execute(query.encode(), columns)]
    return found


def test_every_path_is_written_alike(
    conn: psycopg.Connection[Any], paths: list[tuple[int, tuple[int, ...]]]
) -> None:
    decimal = [(wallet, to_decimal(path)) for wallet, path in paths]
    assert ask(conn, "paths.to_base58(item.b)", decimal) == [to_base58(path) for _, path in paths]
    assert ask(conn, "paths.to_base58(item.b, item.a)", decimal) == [to_prefixed(*path) for path in paths]
    assert ask(conn, "paths.hd_derivation_prefix(item.a, item.b)", decimal) == [
        derivation_path(*path) for path in paths
    ]


def test_every_path_is_read_back(
    conn: psycopg.Connection[Any], paths: list[tuple[int, tuple[int, ...]]]
) -> None:
    shown = [(to_base58(path),) for _, path in paths]
    back = "(SELECT found.base_path FROM paths.from_base58(item.a, FALSE) AS found)"
    assert ask(conn, back, shown) == [to_decimal(path) for _, path in paths]
    shown = [(to_prefixed(*path),) for path in paths]
    back = "(SELECT found.wallet_version || ' ' || found.base_path FROM paths.from_base58(item.a, TRUE) AS found)"
    assert ask(conn, back, shown) == [f"{wallet} {to_decimal(path)}" for wallet, path in paths]


def test_published_numbers_are_written_as_published(module_database: Database) -> None:
    """Of any size, as class pointers need them; the function is the database's own."""
    with psycopg.connect(module_database.dsn()) as conn:
        written = [
            conn.execute("SELECT paths.base58_number(%s::numeric)", (number,)).fetchone()
            for number, _ in PUBLISHED
        ]
    assert written == [(text,) for _, text in PUBLISHED]


def test_every_class_pointer_is_alike(
    conn: psycopg.Connection[Any], paths: list[tuple[int, tuple[int, ...]]]
) -> None:
    items = [(key_of(MAKER), to_decimal(path)) for _, path in paths]
    pointers = [class_pointer(key_of(MAKER), path) for _, path in paths]
    assert ask(conn, "paths.class_pointer(item.a, item.b)", items) == pointers
    assert any(pointer.startswith("1") for pointer in pointers)


def noise() -> list[str]:
    """The list above, and texts that are almost paths."""
    chance = random.Random(7)
    alphabet = "0123456789.ABCGHJLPZabcikmoz lIO'-é"
    return NONSENSE + [
        "".join(chance.choice(alphabet) for _ in range(chance.randint(0, 24))) for _ in range(COUNT)
    ]


def test_nonsense_is_refused_alike(conn: psycopg.Connection[Any]) -> None:
    texts = noise()

    def is_read(read: Any, text: str) -> bool:
        try:
            read(text)
        except PathError:
            return False
        return True

    items = [(text,) for text in texts]
    answers = {
        "decimal": (
            [is_read(parse_decimal, text) for text in texts],
            ask(conn, "paths.is_path(item.a)", items),
        ),
        "base58": (
            [is_read(parse_base58, text) for text in texts],
            ask(conn, "EXISTS (SELECT FROM paths.from_base58(item.a, FALSE))", items),
        ),
        "with wallet": (
            [is_read(parse_prefixed, text) for text in texts],
            ask(conn, "EXISTS (SELECT FROM paths.from_base58(item.a, TRUE))", items),
        ),
    }
    for name, (python, sql) in answers.items():
        differing = [text for text, one, other in zip(texts, python, sql, strict=True) if one is not other]
        assert differing == [], name
        assert any(python)
        assert not all(python)


# Scan URLs

SCAN_COUNT = 2_000
READ = """(
    SELECT to_json(ARRAY[found.carrier, found.instance_key, found.base_path, found.class_pointer])
    FROM paths.parse_scan_url(item.a) AS found
)"""


def key_text(chance: random.Random) -> str:
    """A key of 32 bytes; one in three begins with zeros, which Base58 writes one by one."""
    zeros = chance.choice((0, 0, chance.randint(1, 32)))
    return str(base58.encode(bytes(zeros) + chance.randbytes(32 - zeros)))


@pytest.fixture(scope="module")
def scans(paths: list[tuple[int, tuple[int, ...]]]) -> list[Scan]:
    """Tags of any carrier, with a class pointer and without."""
    chance = random.Random(8)
    return [
        Scan(
            carrier=chance.choice(list(Carrier)),
            instance_key=key_text(chance),
            path=path,
            class_pointer=chance.choice((None, class_pointer(key_of(MAKER), path))),
        )
        for _, path in paths[:SCAN_COUNT]
    ]


def columns(scan: Scan) -> tuple[str, str, str, str | None]:
    return scan.carrier.value, scan.instance_key, to_decimal(scan.path), scan.class_pointer


def test_every_scan_url_is_written_and_read_alike(conn: psycopg.Connection[Any], scans: list[Scan]) -> None:
    urls = [build_scan_url(scan) for scan in scans]
    assert ask(conn, "paths.build_scan_url(item.a, item.b, item.c, item.d)", [*map(columns, scans)]) == urls
    assert ask(conn, READ, [(url,) for url in urls]) == [list(columns(scan)) for scan in scans]


def almost(scans: list[Scan]) -> list[str]:
    """Scan URLs with something wrong, or nothing: values at their edges, letters and parts changed."""
    chance = random.Random(9)
    urls = [build_scan_url(scan) for scan in scans]
    keys = [
        base58.encode(bytes(zeros) + edge * (size - zeros))
        for size in (1, 31, 32, 33)
        for zeros in (0, 1, size - 1)
        for edge in (b"\x00", b"\x01", b"\xff")
    ]
    pointers = ["jpXCZedGfVQ", "jpXCZedGfVR", "zzzzzzzzzzz", "1" * 11, "1" * 10, "1" * 12, "", "0" * 11]
    good = f"t=q&i={keys[-1]}&p=2.3"
    edges = [f"t=q&i={key}&p=2.3" for key in keys]
    edges += [f"t=q&i={'1' * 32}&p=2.3&cp={pointer}" for pointer in pointers]
    edges += [f"t=q&i={'1' * 32}&p=2{'.2' * more}" for more in (0, 19, 20, 90, 150, 240)]
    edges += [f"{good}{'&p=2.3' * 90}", "", "&", "=", "t", "t=q"]
    changed = []
    for url in urls:
        place, letter = chance.randrange(len(url)), chance.choice("01zlIO.=&?/%#: \né")
        changed.append(url[:place] + letter + url[place + chance.randint(0, 1) :])
        head, _, query = url.partition("?")
        parts = query.split("&")
        parts.insert(chance.randrange(len(parts)), parts.pop(chance.randrange(len(parts))))
        if chance.random() < 0.3:
            parts.append(chance.choice(parts))
        if chance.random() < 0.2:
            parts.pop(0)
        changed.append(
            chance.choice((head, f"{head}/", f"{head}.", "http://s.plings.io")) + "?" + "&".join(parts)
        )
    return [f"https://s.plings.io?{edge}" for edge in edges] + changed + NONSENSE


def test_what_is_no_scan_url_is_refused_alike(conn: psycopg.Connection[Any], scans: list[Scan]) -> None:
    urls = almost(scans)
    python: list[list[str | None] | None] = []
    for url in urls:
        try:
            python.append(list(columns(parse_scan_url(url))))
        except PathError:
            python.append(None)
    sql = ask(conn, READ, [(url,) for url in urls])
    differing = [(url, one, other) for url, one, other in zip(urls, python, sql, strict=True) if one != other]
    assert differing == []
    refused = sum(one is None for one in python)
    assert SCAN_COUNT / 2 < refused < len(urls) - SCAN_COUNT / 4


def test_what_no_tag_says_is_not_written(conn: psycopg.Connection[Any], scans: list[Scan]) -> None:
    [scan] = [columns(scan) for scan in scans if scan.class_pointer][:1]
    wrong = [
        (*scan[:place], text, *scan[place + 1 :])
        for place in range(4)
        for text in ("", "x", "2.", "z" * 11, "0" * 32, "1" * 33)
    ]
    assert ask(conn, "paths.build_scan_url(item.a, item.b, item.c, item.d)", wrong) == [None] * len(wrong)
