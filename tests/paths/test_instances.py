"""Whether a thing is what it claims to be: who signed, for which range, and in which status."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.signing import SigningKey

from service.paths.delegation import Level, Verdict, instance_statement, range_statement
from service.paths.errors import PathError
from service.paths.instances import Facts, Grant, judge
from service.paths.pointer import class_pointer, find_class
from tests.paths.test_delegation import MAKER, PRODUCER, key_of, sign

STRANGER = SigningKey(bytes(range(2, 34)))
PATH = (2, 3, 4)

FACTS = Facts(
    wallet_version=1,
    path=PATH,
    range_start=10,
    range_end=99,
    public_key=key_of(MAKER),
    level=Level.FULL,
    wallet_status="active",
    manufacturer_status="active",
    path_status="active",
)


def signed(signer: SigningKey, instance: int, wallet: int = 1) -> str:
    return sign(signer, instance_statement(wallet, PATH, instance))


def grant(signer: SigningKey, first: int, last: int, producer: SigningKey = PRODUCER) -> Grant:
    statement = range_statement(1, PATH, first, last, key_of(producer))
    return Grant(
        public_key=key_of(producer), range_start=first, range_end=last, signature=sign(signer, statement)
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 120))
def test_what_the_manufacturer_signed_in_the_range_of_the_path(instance: int) -> None:
    verdict = judge(FACTS, instance, signed(MAKER, instance))
    assert verdict is (Verdict.VERIFIED if 10 <= instance <= 99 else Verdict.OUTSIDE_RANGE)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 120), st.integers(1, 120), st.integers(1, 120))
def test_what_a_producer_signed_in_the_range_that_was_granted(instance: int, one: int, other: int) -> None:
    first, last = sorted((one, other))
    verdict = judge(FACTS, instance, signed(PRODUCER, instance), grant(MAKER, first, last))
    is_inside = max(first, 10) <= instance <= min(last, 99)
    assert verdict is (Verdict.VERIFIED if is_inside else Verdict.OUTSIDE_RANGE)


def test_nobody_else_s_signature_will_do() -> None:
    wrong = Verdict.WRONG_SIGNATURE
    assert judge(FACTS, 17, signed(STRANGER, 17)) is wrong
    assert judge(FACTS, 17, signed(PRODUCER, 17)) is wrong
    assert judge(FACTS, 17, signed(MAKER, 18)) is wrong
    assert judge(FACTS, 17, signed(MAKER, 17, wallet=2)) is wrong
    assert judge(FACTS, 17, signed(STRANGER, 17), grant(MAKER, 10, 20)) is wrong
    assert judge(FACTS, 17, signed(MAKER, 17), grant(MAKER, 10, 20)) is wrong
    assert judge(FACTS, 17, signed(PRODUCER, 17), grant(STRANGER, 10, 20)) is wrong
    assert judge(FACTS, 17, signed(PRODUCER, 17), grant(PRODUCER, 10, 20)) is wrong


def test_who_only_guesses_is_not_told_where_the_range_ends() -> None:
    for instance in (9, 10, 99, 100):
        assert judge(FACTS, instance, signed(STRANGER, instance)) is Verdict.WRONG_SIGNATURE
        leave = grant(STRANGER, 1, 1000)
        assert judge(FACTS, instance, signed(PRODUCER, instance), leave) is Verdict.WRONG_SIGNATURE


def test_a_grant_is_for_its_range_and_key_only() -> None:
    wider = replace(grant(MAKER, 10, 20), range_end=30)
    another = replace(grant(MAKER, 10, 20), public_key=key_of(STRANGER))
    assert judge(FACTS, 17, signed(PRODUCER, 17), wider) is Verdict.WRONG_SIGNATURE
    assert judge(FACTS, 17, signed(STRANGER, 17), another) is Verdict.WRONG_SIGNATURE


@pytest.mark.parametrize(
    ("level", "by_maker", "by_producer"),
    [
        (Level.NONE, Verdict.NOT_DELEGATED, Verdict.NOT_DELEGATED),
        (Level.VERIFICATION, Verdict.VERIFIED, Verdict.NOT_DELEGATED),
        (Level.FULL, Verdict.VERIFIED, Verdict.VERIFIED),
    ],
)
def test_what_a_level_allows(level: Level, by_maker: Verdict, by_producer: Verdict) -> None:
    facts = replace(FACTS, level=level)
    assert judge(facts, 17, signed(MAKER, 17)) is by_maker
    assert judge(facts, 17, signed(PRODUCER, 17), grant(MAKER, 10, 20)) is by_producer
    assert judge(replace(facts, public_key=None), 17, signed(MAKER, 17)) is Verdict.NOT_DELEGATED


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("wallet_status", ["active", "inactive", "deprecated"], ["retired", "compromised"]),
        ("manufacturer_status", ["active", "transferring"], ["suspended", "retired"]),
        ("path_status", ["active", "exhausted", "transferring"], ["transferred", "retired"]),
    ],
)
def test_a_status_vouches_or_does_not(name: str, good: list[str], bad: list[str]) -> None:
    for status in good + bad:
        facts = replace(FACTS, **{name: status})  # type: ignore[arg-type]
        verdict = judge(facts, 17, signed(MAKER, 17))
        assert verdict is (Verdict.VERIFIED if status in good else Verdict.NOT_VALID_NOW), status


def test_what_is_not_well_formed_is_refused_and_not_judged() -> None:
    with pytest.raises(PathError, match="64-byte signature"):
        judge(FACTS, 17, "x")
    with pytest.raises(PathError, match="32-byte key"):
        judge(FACTS, 17, signed(PRODUCER, 17), replace(grant(MAKER, 10, 20), public_key="x"))


# Class pointers of a scanned path


def test_a_class_pointer_finds_the_beginning_that_it_points_to() -> None:
    key, path = key_of(MAKER), (2, 3, 4, 5, 10, 17)
    for length in range(1, 7):
        assert find_class(key, path, class_pointer(key, path[:length])) == path[:length]
    assert find_class(key, path, class_pointer(key, (2, 3, 5))) is None
    assert find_class(key_of(PRODUCER), path, class_pointer(key, path[:3])) is None
