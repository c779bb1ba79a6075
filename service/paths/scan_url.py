"""
What a tag says: `https://s.plings.io?t=q&i=<instance key>&p=<path>&cp=<class pointer>`.

    t   q QR code, n NFC, r RFID, b beacon
    i   the instance's key, Base58 of 32 bytes
    p   the path, in decimal and without the wallet
    cp  the class pointer, where there is one

Parsing is strict, because a scan is proof of something: every parameter once, none else, nothing
percent-encoded (no value needs it), the host one's own. Only the order is free.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service.paths.delegation import parse_key
from service.paths.errors import PathError
from service.paths.notation import Path, parse_decimal, to_decimal
from service.paths.pointer import parse_class_pointer

HOST: Final = "s.plings.io"

_URL: Final = re.compile(r"https://(?P<host>[a-z0-9.-]{1,253})/?\?(?P<query>[A-Za-z0-9.=&]{1,512})")


class Carrier(StrEnum):
    """What was scanned."""

    QR = "q"
    NFC = "n"
    RFID = "r"
    BEACON = "b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a scan URL says."""

    carrier: Carrier
    instance_key: str
    path: Path
    class_pointer: str | None = None


def build_scan_url(scan: Scan, *, host: str = HOST) -> str:
    """The URL that goes on a tag; raises PathError where a part is not well formed."""
    url = f"https://{host}?t={scan.carrier}&i={parse_key_text(scan.instance_key)}&p={to_decimal(scan.path)}"
    return url if scan.class_pointer is None else f"{url}&cp={parse_class_pointer(scan.class_pointer)}"


def parse_scan_url(url: str, *, host: str = HOST) -> Scan:
    """What the URL says; raises PathError."""
    match = _URL.fullmatch(url)
    if match is None:
        raise PathError("not_scan_url")
    if match["host"] != host:
        raise PathError("wrong_host")
    pairs = [pair.partition("=")[::2] for pair in match["query"].split("&")]
    values = dict(pairs)
    if len(values) < len(pairs) or not {"t", "i", "p"} <= values.keys() <= {"t", "i", "p", "cp"}:
        raise PathError("wrong_parameters")
    if values["t"] not in list(Carrier):
        raise PathError("unknown_carrier")
    return Scan(
        carrier=Carrier(values["t"]),
        instance_key=parse_key_text(values["i"]),
        path=parse_decimal(values["p"]),
        class_pointer=parse_class_pointer(values["cp"]) if "cp" in values else None,
    )


def parse_key_text(text: str) -> str:
    """The key as it came, when it can be one; raises PathError."""
    parse_key(text)
    return text
