"""Taking a logo from an upload: what it is comes from its content, never from its name, and what is kept is our own encoding of it."""

from __future__ import annotations

import hashlib
import io
import threading

from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, UnidentifiedImageError

from portal.core.errors import Invalid, TooLarge

MAX_BYTES = 1024 * 1024
MAX_SIDE = 6000  # pixels of the upload
KEPT_SIDE = 800  # pixels of what is kept
MIN_SIDE = 16
_FORMATS = ("PNG", "JPEG")
_strict = threading.Lock()


def clean_logo(upload: File[bytes]) -> tuple[bytes, str]:
    """The picture as a PNG of at most 800 pixels a side without any metadata, and its SHA-256.

    Raises :class:`TooLarge` beyond 1 MB, :class:`Invalid` for anything but a sound PNG or JPEG picture of sensible size.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise TooLarge(_("A logo may have at most 1 MB. The present one is kept."))
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge(_("A logo may have at most 1 MB. The present one is kept."))
    try:
        # Only the two decoders are tried, and the size is read before any pixel is decoded.
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            width, height = picture.size
            if not (MIN_SIDE <= width <= MAX_SIDE and MIN_SIDE <= height <= MAX_SIDE):
                raise _refused(
                    _("The picture has {width} × {height} pixels; between 16 and 6,000 a side are possible."), width=width, height=height
                )
            _load_whole(picture)
            kept = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise _refused(_("This is not a PNG or JPEG picture. The present logo is kept.")) from None
    kept.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    kept.save(out, "PNG", optimize=True)
    return out.getvalue(), hashlib.sha256(out.getvalue()).hexdigest()


def _load_whole(picture: Image.Image) -> None:
    """Decode every pixel, or raise ``OSError`` for a file that was cut off.

    WeasyPrint switches Pillow to tolerate truncated pictures for the whole process on import; here they are refused.
    """
    with _strict:
        tolerant, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            picture.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = tolerant


def _refused(sentence: str, **numbers: int) -> Invalid:
    text = sentence.format(**numbers)
    return Invalid(text, fields={"logo": [text]})
