"""The secret in an address: ``<organisation>-<secret>``; the organisation's number is in base 36, the secret is kept as a hash only.

The address names the organisation, so that row-level security holds for the look-up as everywhere: a secret is sought among the rows
of one organisation, and nothing can be listed by guessing.
"""

from __future__ import annotations

import hashlib
import re
import secrets

_CODE = re.compile(r"(?P<tenant>[0-9a-z]{1,10})-(?P<secret>[0-9a-f]{48})")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def new_secret() -> str:
    """192 bits, as 48 hexadecimal digits."""
    return secrets.token_hex(24)


def hash_of(secret: str) -> str:
    """What is kept of a secret. It is random and long, so a plain hash cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def code_of(tenant_id: int, secret: str) -> str:
    """The code in the address."""
    digits, value = "", tenant_id
    while value:
        value, rest = divmod(value, 36)
        digits = _DIGITS[rest] + digits
    return f"{digits or '0'}-{secret}"


def parts_of(code: str) -> tuple[int, str] | None:
    """(organisation, secret) of a code; None for anything that cannot be one."""
    found = _CODE.fullmatch(code)
    return (int(found["tenant"], 36), found["secret"]) if found else None
