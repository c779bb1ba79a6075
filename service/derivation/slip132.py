"""
Version bytes of extended keys: BIP32 §"Serialization format" and SLIP-0132 §"Registered HD version bytes".

Only xpub, tpub and vpub are read. SLIP-0132's other letters (ypub, zpub, upub …) say which script a
wallet uses; here the address scheme of the account says that, and two answers could disagree.
"""

from __future__ import annotations

from typing import Final

XPUB: Final = bytes.fromhex("0488b21e")
TPUB: Final = bytes.fromhex("043587cf")
VPUB: Final = bytes.fromhex("045f1cf6")

PUBLIC_VERSIONS: Final = frozenset({XPUB, TPUB, VPUB})

PRIVATE_VERSIONS: Final = frozenset(
    bytes.fromhex(version)
    for version in (
        "0488ade4",  # xprv
        "049d7878",  # yprv
        "0295b005",  # Yprv
        "04b2430c",  # zprv
        "02aa7a99",  # Zprv
        "04358394",  # tprv
        "044a4e28",  # uprv
        "024285b5",  # Uprv
        "045f18bc",  # vprv
        "02575048",  # Vprv
    )
)
"""Bitcoin's private versions, so that an operator who pastes a private key is told exactly that."""
