"""
The seam that the service uses: a wallet account's key in, its receiving addresses out.

    deriver = AddressDeriver.for_account(
        chain="bitcoin",
        network="regtest",
        address_scheme="bip84_p2wpkh",
        template="0/{index}",
        extended_public_key=text,
    )
    deriver.derive(0)          # "bcrt1q…"
    deriver.derive_many(1, 64) # a window of the next 64
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Self

from coincurve import PublicKey

from service.derivation import evm
from service.derivation.bech32 import encode_p2wpkh, is_p2wpkh_address
from service.derivation.bip32 import HARDENED, ExtendedPublicKey, PublicParent
from service.derivation.errors import DerivationFailed, InvalidConfiguration, UnsupportedTarget
from service.derivation.hashes import hash160
from service.derivation.keys import load_account_key
from service.derivation.networks import Network, find_chain, find_network

TEMPLATE: Final = "0/{index}"
"""The only path template: the receiving branch 0 (BIP44 §Change), then the index."""

_RECEIVING_BRANCH: Final = 0


class AddressDeriver:
    """Derives the receiving addresses of one wallet account. Immutable; threads may share it."""

    __slots__ = ("_address_of", "_branch", "address_scheme", "chain", "network", "parent_key_digest")

    chain: Final[str]
    network: Final[str]
    address_scheme: Final[str]
    parent_key_digest: Final[str]
    """`ExtendedPublicKey.digest` of the account key: one digest however the key was spelt."""

    def __init__(self, *, chain: str, network: str, address_scheme: str, account: ExtendedPublicKey) -> None:
        """For an account key that `load_account_key` has let in; raises UnsupportedTarget."""
        self.chain = chain
        self.network = network
        self.address_scheme = address_scheme
        self.parent_key_digest = account.digest
        self._address_of = _address_function(_find_target(chain, network, address_scheme))
        # The branch is the same for every address: derived once, its point decompressed once.
        self._branch = PublicParent(account.derive_child(_RECEIVING_BRANCH))

    @classmethod
    def for_account(
        cls, *, chain: str, network: str, address_scheme: str, template: str, extended_public_key: str
    ) -> Self:
        """Build from configuration, the key as text.

        Raises, in this order
            UnsupportedTarget     unknown_chain, unknown_network, unknown_scheme
            InvalidConfiguration  wrong_template: anything but exactly `0/{index}`
            InvalidKeyMaterial    see `load_account_key`
            InvalidConfiguration  wrong_depth, child_not_hardened
        """
        _find_target(chain, network, address_scheme)
        if template != TEMPLATE:
            raise InvalidConfiguration("wrong_template")
        account = load_account_key(chain, network, extended_public_key)
        return cls(chain=chain, network=network, address_scheme=address_scheme, account=account)

    def derive(self, index: int) -> str:
        """The address at `0/index`, index in 0…2^31-1: lower-case bech32, or EIP-55 on Ethereum.

        Raises DerivationFailed: index_out_of_range; tweak_out_of_range or point_at_infinity where
        BIP32 has no key at this index and the next one must be used.
        """
        point, _ = self._branch.derive(index)
        return self._address_of(point)

    def derive_many(self, first: int, count: int) -> list[str]:
        """The addresses of `first`, `first + 1` …, `count` of them, all or none.

        The window must lie within 0…2^31-1; an empty one may stand at 2^31, where an exhausted cursor
        stands. Raises DerivationFailed as `derive` does, ValueError for a negative count.
        """
        if count < 0:
            raise ValueError("count is negative")
        if not 0 <= first <= first + count <= HARDENED:
            raise DerivationFailed("index_out_of_range")
        address_of, derive = self._address_of, self._branch.derive
        return [address_of(derive(index)[0]) for index in range(first, first + count)]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.chain}/{self.network} digest={self.parent_key_digest[:12]}…>"


def canonical_address(chain: str, address: str) -> str:
    """The form in which an address is stored and compared: lower case, on every chain.

    The address is verified: EIP-55 letters or all lower case on Ethereum; on Bitcoin a P2WPKH address
    of one of its networks, all lower or all upper case (BIP173 §Bech32), with its checksum.
    Raises UnsupportedTarget (unknown_chain), DerivationFailed (not_an_address).
    """
    hrps = [network.hrp for network in find_chain(chain).values() if network.hrp is not None]
    if not hrps:
        return evm.to_canonical_address(address)
    canonical = address.lower() if address.isupper() else address
    if not any(is_p2wpkh_address(hrp, canonical) for hrp in hrps):
        raise DerivationFailed("not_an_address")
    return canonical


def display_address(chain: str, canonical: str) -> str:
    """The form in which a canonical address is shown: EIP-55 on Ethereum, unchanged on Bitcoin.

    Raises UnsupportedTarget (unknown_chain), DerivationFailed (not_an_address; Ethereum only: on
    Bitcoin there is nothing to compute, and so nothing is looked at).
    """
    if any(network.hrp is not None for network in find_chain(chain).values()):
        return canonical
    return evm.to_checksum_address(canonical)


def _find_target(chain: str, network: str, address_scheme: str) -> Network:
    facts = find_network(chain, network)
    if address_scheme != facts.address_scheme:
        raise UnsupportedTarget("unknown_scheme")
    return facts


def _address_function(facts: Network) -> Callable[[PublicKey], str]:
    """How a child's point becomes an address on this network."""
    hrp = facts.hrp
    if hrp is None:
        return lambda point: evm.address_from_point(point.format(compressed=False))
    return lambda point: encode_p2wpkh(hrp, hash160(point.format()))
