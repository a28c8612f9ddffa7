"""The colours of Tenfold for everything that is not a style sheet: charts, e-mails, the PDF.

The same values stand as custom properties in ``portal/static/portal/css/look.css``; a test keeps the two equal.
Chart options name colours as ``"@pass"``; ``resolve`` (here) and ``charts.js`` (browser) turn them into real ones.
"""

from typing import Any, Final

# Names are tones, not hues. ``<tone>`` is text or line, ``<tone>-tint`` the ground below it.
LIGHT: Final[dict[str, str]] = {
    "primary": "#1f4fb8",
    "primary-tint": "#e9effb",
    "pass": "#17733d",
    "pass-tint": "#e6f4ea",
    "attention": "#8a5200",
    "attention-tint": "#fdf1dc",
    "fail": "#b3261e",
    "fail-tint": "#fcebea",
    "open": "#475467",
    "open-tint": "#eef0f3",
    "review": "#0b6a82",
    "review-tint": "#e3f3f7",
    "waived": "#6b3fa0",
    "waived-tint": "#f1eaf9",
    "na": "#5d6675",
    "na-tint": "#f4f5f7",
    "ink": "#1d2433",
    "muted": "#5b6576",
    "page": "#f6f7f9",
    "panel": "#ffffff",
    "line": "#e1e5eb",
    "field-line": "#868f9e",
    "side": "#131c2e",
}
DARK: Final[dict[str, str]] = {
    "primary": "#8fb4ff",
    "primary-tint": "#1b2b4d",
    "pass": "#7fd19b",
    "pass-tint": "#12301f",
    "attention": "#f2c26b",
    "attention-tint": "#3a2a0c",
    "fail": "#ff9a92",
    "fail-tint": "#43191a",
    "open": "#b6c0cf",
    "open-tint": "#242b36",
    "review": "#7cd0e6",
    "review-tint": "#0f2d36",
    "waived": "#c9a8f0",
    "waived-tint": "#2c1f42",
    "na": "#9aa5b5",
    "na-tint": "#1f2630",
    "ink": "#e6eaf0",
    "muted": "#a5afbf",
    "page": "#0f141b",
    "panel": "#151b24",
    "line": "#2a3340",
    "field-line": "#667284",
    "side": "#0b1018",
}
FONT_FAMILY: Final = 'Inter, "Noto Sans SC Variable", "Noto Sans SC", "Noto Sans CJK SC", system-ui, -apple-system, "Segoe UI", sans-serif'


def resolve(option: Any, palette: dict[str, str] | None = None) -> Any:
    """Copy a chart option with every ``"@name"`` replaced by the colour of that name.

    An unknown name raises ``KeyError``: a chart in a wrong colour would be worse than no chart.
    """
    colours = LIGHT if palette is None else palette
    if isinstance(option, dict):
        return {key: resolve(value, colours) for key, value in option.items()}
    if isinstance(option, list | tuple):
        return [resolve(value, colours) for value in option]
    if isinstance(option, str) and option.startswith("@") and len(option) > 1:
        return colours[option[1:]]
    return option


def _luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` as WCAG 2.2 defines it, 0 (black) to 1 (white)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2, 1.4.3)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def darkened_for_white(colour: str, ratio: float = 4.5) -> str:
    """A tenant's brand colour, darkened in small steps until white text on it reaches ``ratio``."""
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    result = colour.lower()
    while contrast(result, "#ffffff") < ratio:
        channels = [int(c * 0.96) for c in channels]
        result = "#" + "".join(f"{c:02x}" for c in channels)
    return result
