"""Handing out stored files: always as a download, never shown, framed or run in the browser."""

from __future__ import annotations

from typing import IO

from django.http import FileResponse


def attachment(content: IO[bytes], name: str, content_type: str = "", size: int | None = None) -> FileResponse:
    """The answer that hands out ``content``, with the headers that keep a browser from doing anything but saving it.

    ``size`` in bytes, if it is known.
    """
    response = FileResponse(content, as_attachment=True, filename=name, content_type=content_type or "application/octet-stream")
    if size is not None:
        response.headers["Content-Length"] = str(size)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response
