"""Front-end files from node_modules into the build folder: style sheets, scripts, fonts and one sprite of the icons in use.

Nothing is fetched and nothing is changed but this: comments that point to source maps are dropped (the maps are not served),
and of Tabler's five thousand icons only those that the code names go into the sprite.
"""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
SOURCE_MAP = re.compile(r"(?m)^\s*(?:/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=.*)\s*$")
# {% icon "check" %} in a template; icon="check", icon: "check" and "icon": "check" in Python and JavaScript; icons.svg#check anywhere.
ICON_NAME = re.compile(r"""(?:\{%\s*icon\s+["']|\bicon["']?\s*[=:]\s*["']|icons\.svg(?:["']\s*%\})?#)([a-z][a-z0-9]*(?:-[a-z0-9]+)*)""")
SCANNED = {".html", ".py", ".js", ".svg"}
# node_modules path -> path below the served folder
COPIED = {
    "@tabler/core/dist/css/tabler.min.css": "vendor/tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "vendor/tabler/tabler.min.js",
    "echarts/dist/echarts.min.js": "vendor/echarts/echarts.min.js",
}
BROWSER_FONT = "@fontsource-variable/noto-sans-sc"
# node_modules path -> file in build/fonts; the whole fonts for PDF, which browsers never load
PAPER_FONTS = {
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC-Bold.ttf",
    # What people's texts may hold and Noto Sans SC has not: Polish, Czech, Turkish ... letters, emoji, Arabic, Hebrew.
    "@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf": "NotoSans-Regular.ttf",
    "@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf": "NotoSans-Bold.ttf",
    "@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf": "NotoEmoji-Regular.ttf",
    "@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf": "NotoSansArabic-Regular.ttf",
    "@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf": "NotoSansHebrew-Regular.ttf",
}


class AssetMissing(Exception):
    """A front-end file or an icon that the code names does not exist; the message says what to do."""


def build(base: Path, target: Path) -> list[str]:
    """Fill `target`/static and `target`/fonts from `base`/node_modules; returns the icon names in the sprite."""
    modules = base / "node_modules"
    static = target / "static"
    for source, name in COPIED.items():
        _write_text(static / name, SOURCE_MAP.sub("", _source(modules, source).read_text(encoding="utf-8")))
    _copy_browser_font(modules / BROWSER_FONT, static / "vendor" / "fonts")
    for source, name in PAPER_FONTS.items():
        _copy(_source(modules, source), target / "fonts" / name)
    names = icon_names(base)
    _write_text(static / "vendor" / "icons.svg", sprite(modules / "@tabler" / "icons" / "icons", names))
    return sorted(names)


def icon_names(base: Path) -> dict[str, str]:
    """Every icon the code names, with the first file that names it; portal/core/icons.txt lists those chosen at run time."""
    found: dict[str, str] = {}
    listed = base / "portal" / "core" / "icons.txt"
    if listed.exists():
        for line in listed.read_text(encoding="utf-8").splitlines():
            if name := line.partition("#")[0].strip():
                found.setdefault(name, str(listed.relative_to(base)))
    for folder in ("templates", "portal", "assessments", "compliance"):
        for path in sorted((base / folder).rglob("*")):
            if path.suffix in SCANNED and path != Path(__file__):
                for name in ICON_NAME.findall(path.read_text(encoding="utf-8", errors="replace")):
                    found.setdefault(name, str(path.relative_to(base)))
    return found


def sprite(icons: Path, names: dict[str, str]) -> str:
    """One SVG of symbols, id = icon name; `x-filled` is taken from the filled set. Unknown names raise AssetMissing."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.Element(f"{{{SVG}}}svg")
    for name in sorted(names):
        path = icons / "outline" / f"{name}.svg"
        filled = False
        if not path.exists() and name.endswith("-filled"):
            path, filled = icons / "filled" / f"{name.removesuffix('-filled')}.svg", True
        if not path.exists():
            raise AssetMissing(f"{names[name]} names the icon “{name}”, which Tabler's set does not have.")
        drawing = ElementTree.parse(path).getroot()  # noqa: S314 - Tabler's own files, pinned by hash
        paint = {"fill": "currentColor"} if filled else {"fill": "none", "stroke": "currentColor"}
        symbol = ElementTree.SubElement(root, f"{{{SVG}}}symbol", {"id": name, "viewBox": "0 0 24 24", **paint})
        if not filled:
            symbol.attrib |= {"stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round"}
        # The first path of an outline is an invisible box.
        symbol.extend(part for part in drawing if part.get("d") != "M0 0h24v24H0z")
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _copy_browser_font(package: Path, target: Path) -> None:
    """The sliced variable font: its style sheet and only the slices that it names."""
    css = _source(package.parent, f"{package.name}/wght.css").read_text(encoding="utf-8")
    _write_text(target / "noto-sans-sc.css", css)
    wanted: Iterable[str] = set(re.findall(r"url\(\./files/([^)]+)\)", css))
    for name in wanted:
        _copy(package / "files" / name, target / "files" / name)


def _source(modules: Path, name: str) -> Path:
    path = modules / name
    if not path.exists():
        raise AssetMissing(f"node_modules/{name} is missing; bin/up installs it (or: npm ci).")
    return path


def _copy(source: Path, target: Path) -> None:
    if target.exists() and target.stat().st_size == source.stat().st_size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _write_text(target: Path, text: str) -> None:
    if target.exists() and target.read_text(encoding="utf-8") == text:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
