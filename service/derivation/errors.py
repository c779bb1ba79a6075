"""
What the derivation package may refuse, and why.

    DerivationError
    ├── InvalidKeyMaterial    invalid_key_material_format    the text of a key is wrong
    ├── InvalidConfiguration  invalid_configuration          a good key or template, but against the policy
    ├── DerivationFailed      address_derivation_failed      no address at this index, or not an address
    └── UnsupportedTarget     unsupported_allocator_target   unknown chain, network or address scheme

Every refusal has two stable names: `code`, which the API answers with, and `reason`, a finer slug for
logs and tests. Its message is a constant looked up by the reason: nothing that was read can get into
it, and so no key can leak through `str`, `repr` or a traceback.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class DerivationError(Exception):
    """A refusal. Raise one of the subclasses, outside any `except` block (see `__init__`)."""

    code: ClassVar[str]
    messages: ClassVar[Mapping[str, str]]

    def __init__(self, reason: str) -> None:
        """Refuse for `reason`, one of the keys of `messages`; any other raises KeyError.

        Raised inside an `except` block the instance would carry the library's exception as
        `__context__`, even with `from None`, and python-bitcoinlib's exceptions quote their input.
        """
        self.reason = reason
        self.message = self.messages[reason]
        super().__init__(reason)

    def __str__(self) -> str:
        return self.message


class InvalidKeyMaterial(DerivationError):
    """The text is not an extended public key that this chain and network accept."""

    code = "invalid_key_material_format"
    messages: ClassVar[Mapping[str, str]] = {
        "not_ascii": "the extended key has characters outside ASCII",
        "not_base58": "the extended key has characters outside the Base58 alphabet",
        "bad_checksum": "the extended key's Base58Check checksum does not match",
        "bad_length": "the extended key is not 78 bytes long",
        "private_key": "this is a private extended key; only public ones are accepted",
        "unknown_version": "the extended key's version bytes are not xpub, tpub or vpub",
        "wrong_network": "the extended key's version bytes belong to another network",
        "bad_prefix": "the public key does not begin with 02 or 03",
        "point_not_on_curve": "the public key is not a point of secp256k1",
        "depth_out_of_range": "the extended key's depth is not in 0..255",
        "child_number_out_of_range": "the extended key's child number is not in 0..2^32-1",
        "depth_zero_with_parent": "an extended key of depth 0 has a parent fingerprint",
        "depth_zero_with_child_number": "an extended key of depth 0 has a child number",
    }


class InvalidConfiguration(DerivationError):
    """The key is well formed but is no account key, or the path template is not the supported one."""

    code = "invalid_configuration"
    messages: ClassVar[Mapping[str, str]] = {
        "wrong_depth": "the extended key is not at account level (depth 3)",
        "child_not_hardened": "the extended key's account number is not hardened",
        "wrong_template": "the derivation path template is not exactly 0/{index}",
    }


class DerivationFailed(DerivationError):
    """There is no such child key, or the text is not an address of the chain."""

    code = "address_derivation_failed"
    messages: ClassVar[Mapping[str, str]] = {
        "index_out_of_range": "the index is not a whole number in 0..2^31-1",
        "depth_exhausted": "a key of depth 255 has no children",
        "tweak_out_of_range": "no key at this index (IL >= n): the next index must be used",
        "point_at_infinity": "no key at this index (point at infinity): the next index must be used",
        "not_an_address": "the text is not a valid address of this chain",
    }


class UnsupportedTarget(DerivationError):
    """No addresses are made for this chain, network or scheme."""

    code = "unsupported_allocator_target"
    messages: ClassVar[Mapping[str, str]] = {
        "unknown_chain": "the chain is not supported",
        "unknown_network": "the network is not supported on this chain",
        "unknown_scheme": "the address scheme is not supported on this chain and network",
    }
