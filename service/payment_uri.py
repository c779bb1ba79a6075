"""
The URI behind a payment's QR code: BIP21 for Bitcoin, EIP-681 for Ethereum and its ERC-20 tokens.

    bitcoin:bcrt1q…?amount=0.00015
    ethereum:0x61ED…65de@11155111?value=150
    ethereum:0x1c7D…7238@11155111/transfer?address=0x61ED…65de&uint256=150

An amount of zero is written (`amount=0`, `value=0`, `uint256=0`). Both standards' grammars allow it, and
leaving it out would say another thing: that the payer chooses the amount, which is what no amount means.
"""

from __future__ import annotations

import re
from typing import Final

MAX_UINT256: Final = 2**256 - 1

_AMOUNT: Final = re.compile(r"[0-9]{1,78}")


def payment_uri(
    *,
    chain: str,
    address: str,
    expected_amount_minor: str | None,
    decimals: int,
    chain_id: int | None = None,
    token_contract: str | None = None,
) -> str:
    """The payment URI of one request.

    chain                  bitcoin or ethereum
    address                the receiving address in display form, as derived: it is not looked at
    expected_amount_minor  1 to 78 digits in the asset's smallest unit, None where the payer chooses
    decimals               digits of the asset after the decimal point, 0 or more; BIP21 counts in BTC
                           and so needs it, EIP-681 counts in smallest units
    chain_id               EIP-155 chain id, 1 or more; required on ethereum, None on bitcoin
    token_contract         the ERC-20 contract in display form, None for the chain's own coin

    Raises ValueError for an amount, decimals or chain id out of its range, among these an amount above
    2^256-1 on ethereum: no such transfer exists, and a wallet might take it modulo 2^256.
    Source: BIP21 §"ABNF grammar" and §"Transfer amount/size"; EIP-681 §Syntax and §Semantics.
    """
    amount = _amount(expected_amount_minor)
    if chain == "bitcoin":
        if chain_id is not None or token_contract is not None:
            raise ValueError("bitcoin has no chain id and no tokens")
        return _bip21(address, amount, decimals)
    if chain_id is None or chain_id < 1:
        raise ValueError("chain_id is required and positive")
    if amount is not None and amount > MAX_UINT256:
        raise ValueError("the amount does not fit into a uint256")
    if token_contract is None:
        return _eip681_coin(address, amount, chain_id)
    return _eip681_token(token_contract, address, amount, chain_id)


def _amount(text: str | None) -> int | None:
    if text is None:
        return None
    if _AMOUNT.fullmatch(text) is None:
        raise ValueError("the amount is not 1 to 78 digits")
    return int(text)


def _bip21(address: str, amount: int | None, decimals: int) -> str:
    query = "" if amount is None else f"?amount={_decimal(amount, decimals)}"
    return f"bitcoin:{address}{query}"


def _eip681_coin(address: str, amount: int | None, chain_id: int) -> str:
    query = "" if amount is None else f"?value={amount}"
    return f"ethereum:{address}@{chain_id}{query}"


def _eip681_token(contract: str, recipient: str, amount: int | None, chain_id: int) -> str:
    query = "" if amount is None else f"&uint256={amount}"
    return f"ethereum:{contract}@{chain_id}/transfer?address={recipient}{query}"


def _decimal(amount: int, decimals: int) -> str:
    """`amount` · 10^-decimals, exactly: a point only where digits follow it, and no trailing zeros."""
    if decimals < 0:
        raise ValueError("decimals is negative")
    whole, fraction = divmod(amount, 10**decimals)
    digits = f"{fraction:0{decimals}d}".rstrip("0") if fraction else ""
    return f"{whole}.{digits}" if digits else str(whole)
