"""The hash an approval is bound to (rule S5): the answer, the note and the evidence of one item, in a canonical form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any


def evidence_mark(kind: str, sha256: str, expires_on: Any) -> str:
    """What of a piece of evidence counts: its kind, its content and until when it is valid. Its name may be corrected."""
    return f"{kind}:{sha256}:{expires_on.isoformat() if expires_on else ''}"


def content_hash(item_key: str, value: Any, note: str, evidence: Iterable[str]) -> str:
    """SHA-256 over the canonical JSON of one answered item; empty for an item that holds nothing at all.

    ``evidence`` are the marks of :func:`evidence_mark`; their order does not matter.
    """
    marks = sorted(evidence)
    if value is None and not note and not marks:
        return ""
    body = {"item": item_key, "value": value, "note": note, "evidence": marks}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def text_hash(*parts: str) -> str:
    """The hash of a link or a note."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
