"""What the codecs refuse, and why."""

from __future__ import annotations

from typing import Final

MESSAGES: Final = {
    "component_out_of_range": "a path's components are whole numbers in 0..2147483647",
    "too_few_components": "a path has at least one component",
    "too_many_components": "the path has too many components",
    "not_decimal": "not decimal numbers joined by dots, without leading zeros",
    "not_base58": "not Base58 numbers joined by dots, without leading ones",
    "wallet_out_of_range": "a wallet version is a whole number in 1..2147483647",
    "instance_out_of_range": "an instance is a whole number in 1..2147483647",
    "range_out_of_order": "a range of instances ends where it starts, or after",
    "not_class_pointer": "not a class pointer of 11 Base58 characters",
    "not_key": "not the Base58 text of a 32-byte key",
    "weak_key": "not an Ed25519 public key that proves anything",
    "not_signature": "not the Base58 text of a 64-byte signature",
    "not_scan_url": "not a scan URL",
    "wrong_host": "the scan URL is of another host",
    "wrong_parameters": "a scan URL has t, i and p once each, cp at most once, and nothing else",
    "unknown_carrier": "t is one of q, n, r, b",
}
"""reason -> message. Constant: nothing that was read can get into it."""


class PathError(ValueError):
    """A refusal for `reason`, one of the keys of `MESSAGES`; any other is a KeyError."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.message = MESSAGES[reason]
        super().__init__(self.message)
