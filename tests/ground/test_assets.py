"""The front-end files: every icon that the code names exists, and nothing points outside."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from portal.core import assets

BASE = Path(settings.BASE_DIR)
ICONS = BASE / "node_modules" / "@tabler" / "icons" / "icons"


def test_every_icon_that_is_named_exists() -> None:
    sprite = assets.sprite(ICONS, assets.icon_names(BASE))
    assert sprite.count("<symbol ") == len(assets.icon_names(BASE))


def test_an_unknown_icon_is_refused_with_its_file() -> None:
    with pytest.raises(assets.AssetMissing, match=r"a\.html names the icon “no-such-icon”"):
        assets.sprite(ICONS, {"no-such-icon": "a.html"})


def test_names_are_found_in_templates_python_and_scripts() -> None:
    text = """{% icon "check" %} Tile(icon="clock") {icon: 'arrow-left'} {"icon": "x"} <use href="{% static 'icons.svg' %}#home">"""
    assert assets.ICON_NAME.findall(text) == ["check", "clock", "arrow-left", "x", "home"]


def test_a_build_is_complete_and_points_to_nothing_outside(tmp_path: Path) -> None:
    assets.build(BASE, tmp_path)
    for name in assets.COPIED.values():
        text = (tmp_path / "static" / name).read_text(encoding="utf-8")
        assert "sourceMappingURL" not in text
    for style in (tmp_path / "static").rglob("*.css"):
        for address in re.findall(r"url\(([^)]+)\)", style.read_text(encoding="utf-8")):
            address = address.strip("\"'")
            assert address.startswith(("data:", "#", "./")) or (style.parent / address).exists(), address
            if address.startswith("./"):
                assert (style.parent / address).exists(), address
    assert all((tmp_path / "fonts" / name).stat().st_size > 1_000_000 for name in ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"))
