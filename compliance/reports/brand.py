"""The issuer's colour and logo, made safe to print."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from PIL import Image, UnidentifiedImageError

_LARGEST_SIDE_PX: Final = 900
_MOST_PIXELS: Final = 40_000_000


class LogoUnusable(Exception):
    """The logo is no picture that can be printed; the report is made without it."""


@dataclass(frozen=True)
class Brand:
    """`colour` is "#rrggbb" or ""; `logo` the bytes of a PNG, JPEG, GIF or WebP picture. Vector files are not taken."""

    colour: str = ""
    logo: bytes | None = None

    def __post_init__(self) -> None:
        if self.colour and not re.fullmatch(r"#[0-9a-fA-F]{6}", self.colour):
            raise ValueError(f"colour must be #rrggbb, not {self.colour!r}")

    @cached_property
    def logo_uri(self) -> str:
        """The logo redrawn as PNG in a data URI, "" without a logo. Raises LogoUnusable."""
        if not self.logo:
            return ""
        try:
            with Image.open(io.BytesIO(self.logo), formats=("PNG", "JPEG", "GIF", "WEBP")) as picture:
                if picture.width * picture.height > _MOST_PIXELS:
                    raise LogoUnusable("the logo has too many pixels")
                drawn = picture.convert("RGBA")
        except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
            raise LogoUnusable(f"the logo cannot be read: {error}") from error
        drawn.thumbnail((_LARGEST_SIDE_PX, _LARGEST_SIDE_PX))
        ground = Image.new("RGB", drawn.size, "white")  # no transparency: simpler PDF, same look on the white plate
        ground.paste(drawn, mask=drawn.getchannel("A"))
        out = io.BytesIO()
        ground.save(out, format="PNG", optimize=True)
        return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
