"""Bytes on their way to the storage: hashed while they stream, counted, under a random key outside the web root."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from assessments.checklists.files.kinds import HEAD_BYTES, kind_of
from assessments.checklists.files.names import extension_of, safe_name
from portal.core.errors import Invalid
from portal.core.uploads import too_large


@dataclass(frozen=True, slots=True)
class Looked:
    """An upload that was looked at: what it is called, how large it is, what it is, and its hash."""

    name: str
    size: int
    content_type: str
    sha256: str


def look_at(upload: Any) -> Looked:
    """Check an upload and hash it, without storing anything.

    Raises :class:`TooLarge` above the limit and :class:`Invalid` for an empty file or one that is not what it is called.
    """
    name = safe_name(getattr(upload, "name", "") or "")
    limit = settings.EVIDENCE_MAX_BYTES
    if upload.size is not None and upload.size > limit:
        raise too_large()
    digest, size, head = hashlib.sha256(), 0, b""
    upload.seek(0)
    for chunk in upload.chunks():
        size += len(chunk)
        if size > limit:
            raise too_large()
        if len(head) < HEAD_BYTES:
            head += chunk[: HEAD_BYTES - len(head)]
        digest.update(chunk)
    upload.seek(0)
    if not size:
        raise Invalid(_("This file is empty."), fields={"file": [_("This file is empty.")]})
    try:
        kind = kind_of(extension_of(name), head, getattr(upload, "file", upload))
    except ValueError as error:
        raise Invalid(str(error), fields={"file": [str(error)]}) from None
    upload.seek(0)
    return Looked(name, size, kind.content_type, digest.hexdigest())


def store(upload: Any, tenant_id: int | None, owner_id: UUID, folder: str = "evidence") -> str:
    """Write the bytes and give their key: folders by tenant and what they belong to (a project, a filing), then 128 random bits."""
    upload.seek(0)
    return default_storage.save(f"{folder}/{tenant_id}/{owner_id}/{secrets.token_hex(16)}", File(upload, name=folder))


def open_stored(key: str) -> IO[bytes]:
    """The stored bytes, for streaming to a person who may have them."""
    return default_storage.open(key, "rb")


def forget(key: str) -> None:
    """Remove stored bytes nobody refers to: an upload whose transaction failed."""
    if key:
        default_storage.delete(key)
