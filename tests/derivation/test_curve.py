"""The table of multiples of G against libsecp256k1's own multiplication."""

from __future__ import annotations

from coincurve import PublicKey
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.derivation import curve

ORDER = int.from_bytes(curve.ORDER)

scalars = st.integers(1, ORDER - 1)


def multiple(scalar: int) -> PublicKey:
    """`scalar · G`, by the library."""
    return PublicKey.from_valid_secret(scalar.to_bytes(32))


def test_every_entry_of_the_table() -> None:
    table = curve._generator_table()
    assert len(table) == 32
    for place, row in enumerate(table):
        for digit in range(1, 256):
            assert PublicKey(row + digit) == multiple(digit * 256 ** (31 - place) % ORDER)


@settings(deadline=None)
@given(secret=scalars, scalar=st.integers(1, ORDER - 1))
@example(secret=1, scalar=1)
@example(secret=5, scalar=5)
@example(secret=1, scalar=2**255)
@example(secret=ORDER - 1, scalar=2)
def test_sums_equal_the_librarys(secret: int, scalar: int) -> None:
    tweak = scalar.to_bytes(32)
    total = (secret + scalar) % ORDER
    assert curve.add_generator_multiple(multiple(secret), tweak) == (multiple(total) if total else None)


@settings(deadline=None)
@given(secret=scalars)
def test_a_point_and_its_negative_have_no_sum(secret: int) -> None:
    assert curve.add_generator_multiple(multiple(secret), (ORDER - secret).to_bytes(32)) is None


@settings(deadline=None)
@given(secret=scalars)
def test_adding_nothing_changes_nothing(secret: int) -> None:
    assert curve.add_generator_multiple(multiple(secret), bytes(32)) == multiple(secret)
