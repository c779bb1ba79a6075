"""A book for a test: its own organization on the module's server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ledger.books import Book, assert_books_whole, book_of
from tests.support import Shop


@pytest.fixture
def book(shop: Shop) -> Iterator[Book]:
    """An empty book; whatever the test did, the books are whole after it."""
    with book_of(shop) as book:
        yield book
    assert_books_whole(shop.dsn)
