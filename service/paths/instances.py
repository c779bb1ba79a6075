"""Whether a thing is what it claims to be: its place in the registry, and who signed for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from service.paths.delegation import (
    Level,
    Right,
    Verdict,
    has_signed,
    instance_statement,
    load_public_key,
    parse_signature,
    range_statement,
    verify,
)
from service.paths.notation import Path

VOUCHING_WALLETS: Final = frozenset({"active", "inactive", "deprecated"})
VOUCHING_MANUFACTURERS: Final = frozenset({"active", "transferring"})
VOUCHING_PATHS: Final = frozenset({"active", "exhausted", "transferring"})
"""Statuses in which things are vouched for: a wallet that is no longer used made real things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the registry knows of a path."""

    wallet_version: int
    path: Path
    range_start: int
    range_end: int
    public_key: str | None
    level: Level
    wallet_status: str
    manufacturer_status: str
    path_status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A manufacturer's leave for a producer to sign a range of instances."""

    public_key: str
    range_start: int
    range_end: int
    signature: str


def judge(facts: Facts, instance: int, signature: str, grant: Grant | None = None) -> Verdict:
    """
    Whether the manufacturer, or a producer it granted the range to, signed for the instance.

    Raises PathError where a key or signature is not well formed.
    """
    if not (
        facts.wallet_status in VOUCHING_WALLETS
        and facts.manufacturer_status in VOUCHING_MANUFACTURERS
        and facts.path_status in VOUCHING_PATHS
    ):
        return Verdict.NOT_VALID_NOW
    verdict = _judge_signature(facts, instance, signature, grant)
    if verdict is not Verdict.VERIFIED:
        return verdict
    # Last: how many things a path names is told to nobody who only guesses at it.
    first, last = (grant.range_start, grant.range_end) if grant else (1, instance)
    is_inside = max(facts.range_start, first) <= instance <= min(facts.range_end, last)
    return Verdict.VERIFIED if is_inside else Verdict.OUTSIDE_RANGE


def _judge_signature(facts: Facts, instance: int, signature: str, grant: Grant | None) -> Verdict:
    """Whether it is by the manufacturer, or by a producer with the manufacturer's leave."""
    statement = instance_statement(facts.wallet_version, facts.path, instance)
    if grant is None:
        right, signed, signed_by = Right.SIGN_INSTANCE, statement, signature
    else:
        right, signed_by = Right.SIGN_RANGE, grant.signature
        signed = range_statement(
            facts.wallet_version, facts.path, grant.range_start, grant.range_end, grant.public_key
        )
    verdict = verify(
        level=facts.level, right=right, public_key=facts.public_key, statement=signed, signature=signed_by
    )
    if grant is None or verdict is not Verdict.VERIFIED:
        return verdict
    is_signed = has_signed(load_public_key(grant.public_key), statement, parse_signature(signature))
    return Verdict.VERIFIED if is_signed else Verdict.WRONG_SIGNATURE
