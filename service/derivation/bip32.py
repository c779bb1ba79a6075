"""
Extended public keys and their public children: BIP32, the half that needs no private key.

The 78 bytes of an extended key (BIP32 §"Serialization format"), all integers big-endian:

    0   4   version             which network, which kind of key
    4   1   depth               0 for a master key
    5   4   parent fingerprint  first bytes of HASH160 of the parent's public key
    9   4   child number        2^31 and above: hardened
    13  32  chain code
    45  33  public key          compressed, SEC 1
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final, Self

from bitcoin import base58  # type: ignore[import-untyped]
from coincurve import PublicKey

from service.derivation import curve, slip132
from service.derivation.errors import DerivationFailed, InvalidKeyMaterial
from service.derivation.hashes import hash160

HARDENED: Final = 2**31
"""The first hardened child number: a public parent has children below it only."""

MAX_INDEX: Final = HARDENED - 1

_PAYLOAD_BYTES: Final = 78
_TEXT_LENGTHS: Final = range(111, 113)
"""Base58 digits of 82 bytes (payload and checksum) of which the first is not zero."""

_MAX_DEPTH: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedPublicKey:
    """A public key with its chain code and its place in the tree; valid from construction on.

    version             4 bytes: one of `slip132.PUBLIC_VERSIONS`
    depth               0…255
    parent_fingerprint  4 bytes, zero at depth 0
    child_number        0…2^32-1, zero at depth 0
    chain_code          32 bytes
    public_key          33 bytes: 02 or 03, then the x of a point of secp256k1

    Construction raises InvalidKeyMaterial where one of these does not hold (BIP32 test vector 5).
    """

    version: bytes
    depth: int
    parent_fingerprint: bytes
    child_number: int
    chain_code: bytes
    public_key: bytes

    def __post_init__(self) -> None:
        if reason := self._defect():
            raise InvalidKeyMaterial(reason)

    def _defect(self) -> str | None:
        """Why these fields are no extended public key, None where they are one.

        The private key comes first: whoever pasted one has to hear of that before anything else.
        """
        if self.version in slip132.PRIVATE_VERSIONS or self.public_key[:1] == b"\x00":
            return "private_key"
        if self.version not in slip132.PUBLIC_VERSIONS:
            return "unknown_version"
        if (len(self.parent_fingerprint), len(self.chain_code), len(self.public_key)) != (4, 32, 33):
            return "bad_length"
        return self._place_defect() or self._point_defect()

    def _place_defect(self) -> str | None:
        if not 0 <= self.depth <= _MAX_DEPTH:
            return "depth_out_of_range"
        if not 0 <= self.child_number < 2**32:
            return "child_number_out_of_range"
        if self.depth == 0 and any(self.parent_fingerprint):
            return "depth_zero_with_parent"
        if self.depth == 0 and self.child_number != 0:
            return "depth_zero_with_child_number"
        return None

    def _point_defect(self) -> str | None:
        if self.public_key[0] not in (2, 3):
            return "bad_prefix"
        return "point_not_on_curve" if curve.parse_point(self.public_key) is None else None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an xpub, tpub or vpub (BIP32 §"Serialization format"), exactly as written: no trimming.

        Raises InvalidKeyMaterial for everything else; neither the text nor a part of it is quoted.
        """
        payload = _base58check_decode(text)
        if len(payload) != _PAYLOAD_BYTES:
            raise InvalidKeyMaterial("bad_length")
        return cls(
            version=payload[0:4],
            depth=payload[4],
            parent_fingerprint=payload[5:9],
            child_number=int.from_bytes(payload[9:13]),
            chain_code=payload[13:45],
            public_key=payload[45:78],
        )

    def serialize(self, version: bytes | None = None) -> str:
        """The Base58Check text, under the key's own version or another of `slip132.PUBLIC_VERSIONS`.

        Raises InvalidKeyMaterial (unknown_version) for any other version.
        """
        version = self.version if version is None else version
        if version not in slip132.PUBLIC_VERSIONS:
            raise InvalidKeyMaterial("unknown_version")
        place = bytes([self.depth]) + self.parent_fingerprint + self.child_number.to_bytes(4)
        data = version[1:] + place + self.chain_code + self.public_key
        return str(base58.CBase58Data.from_bytes(data, version[0]))

    @property
    def digest(self) -> str:
        """SHA-256 of chain code and public key, 64 lower-case hex digits: the *parent key*.

        These two fields alone decide every child, so two spellings of a key (tpub, vpub) share it.
        """
        return hashlib.sha256(self.chain_code + self.public_key).hexdigest()

    def derive_child(self, index: int) -> Self:
        """The child with this number, 0…2^31-1 (BIP32 §"Public parent key → public child key", CKDpub).

        Raises DerivationFailed: index_out_of_range (hardened children need the private key),
        depth_exhausted, and tweak_out_of_range or point_at_infinity: this index has no key, "and one
        should proceed with the next value for i" (less often than once in 2^127, says BIP32).
        """
        if self.depth == _MAX_DEPTH:
            raise DerivationFailed("depth_exhausted")
        point, chain_code = PublicParent(self).derive(index)
        return type(self)(
            version=self.version,
            depth=self.depth + 1,
            parent_fingerprint=hash160(self.public_key)[:4],
            child_number=index,
            chain_code=chain_code,
            public_key=point.format(),
        )

    def __repr__(self) -> str:
        # A public extended key is still a secret: it tells every address of a merchant.
        return f"<{type(self).__name__} depth={self.depth} digest={self.digest[:12]}…>"


class PublicParent:
    """One parent key made ready to derive many children: its point is decompressed once.

    Immutable and safe to share between threads.
    """

    __slots__ = ("_chain_code", "_point", "_public_key")

    def __init__(self, key: ExtendedPublicKey) -> None:
        self._chain_code = key.chain_code
        self._public_key = key.public_key
        self._point = PublicKey(key.public_key)

    def derive(self, index: int) -> tuple[PublicKey, bytes]:
        """The child's point and its 32-byte chain code; index, errors and source as for `derive_child`."""
        # `type`, not `isinstance`: True is an int, and would be taken for index 1.
        if type(index) is not int or not 0 <= index <= MAX_INDEX:
            raise DerivationFailed("index_out_of_range")
        digest = hmac_sha512(self._chain_code, self._public_key + index.to_bytes(4))
        tweak = digest[:32]
        if tweak >= curve.ORDER:
            raise DerivationFailed("tweak_out_of_range")
        point = curve.add_generator_multiple(self._point, tweak)
        if point is None:
            raise DerivationFailed("point_at_infinity")
        return point, digest[32:]


def hmac_sha512(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA512, 64 bytes: IL and IR of BIP32. Its own function so that tests can force bad values."""
    return hmac.digest(key, data, "sha512")


def _base58check_decode(text: str) -> bytes:
    """The bytes under a valid Base58Check text; raises InvalidKeyMaterial."""
    if not text.isascii():
        raise InvalidKeyMaterial("not_ascii")
    # Decoding is quadratic in the length: look before decoding.
    if len(text) not in _TEXT_LENGTHS:
        raise InvalidKeyMaterial("bad_length")
    try:
        data = base58.CBase58Data(text)
    except base58.Base58ChecksumError:
        reason = "bad_checksum"
    except base58.InvalidBase58Error:
        reason = "not_base58"
    else:
        return bytes([data.nVersion, *data])
    # Outside the handlers, so that the library's exception is not chained to ours: it quotes its input.
    raise InvalidKeyMaterial(reason)
