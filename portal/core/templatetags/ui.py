"""The parts of the interface as template tags and filters. How to use each one: docs/ui.md.

Nothing is decided here: marks, formats, colours and the HTML of the small parts live in
portal/core/{marks,formats,palette,drawn}.py, the larger parts are templates in templates/ui/.
"""

from typing import Any

from django import template
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from portal.core import drawn, formats, forms_look
from portal.core.marks import MARKS, mark_of
from portal.core.palette import LIGHT
from portal.core.script_texts import script_texts

register = template.Library()

register.filter("tr", formats.in_language)
register.filter("num", formats.number)
register.filter("pct", formats.percent)
register.filter("share", formats.share)
register.filter("money", formats.money)
register.filter("money_short", formats.money_short)
register.filter("day", formats.day)
register.filter("when", formats.when)
register.filter("shorthash", formats.short_hash)
register.filter("filesize", formats.file_size)
register.filter("browser", formats.browser)

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "tenfold_theme"


# ------------------------------------------------------------------------------------------------- small parts (drawn.py)

register.simple_tag(drawn.badge, name="badge")
register.simple_tag(drawn.state, name="state")
register.simple_tag(drawn.mark, name="mark")
register.simple_tag(drawn.stage, name="stage")
register.simple_tag(drawn.strip, name="strip")
register.simple_tag(drawn.strip_head, name="strip_head")
register.simple_tag(drawn.legend, name="legend")
register.simple_tag(drawn.ring, name="ring")
register.simple_tag(drawn.bar, name="bar")
register.simple_tag(drawn.clock, name="clock")
register.simple_tag(drawn.person, name="person")


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """A symbol of the sprite. Decorative unless ``label`` gives it a name. The name must stand in icons.txt."""
    svg = drawn.svg(name, css)
    return format_html('{}<span class="visually-hidden">{}</span>', svg, label) if label else svg


@register.simple_tag
def verdict(value: str, label: Any = "") -> SafeString:
    """Verdict of an item or a dimension: pass, attention, fail, open, na (also review, waived)."""
    return drawn.badge(value or "open", label)


# ---------------------------------------------------------------------------------------------- forms and blocks

register.inclusion_tag("ui/field.html", name="field")(forms_look.field)
register.inclusion_tag("ui/fields.html", name="fields")(forms_look.fields)
register.inclusion_tag("ui/form_errors.html", name="form_errors")(forms_look.form_errors)


@register.simple_block_tag
def tableregion(content: str, label: Any, css: str = "") -> SafeString:
    """A table that scrolls sideways on narrow screens: focusable and named, so that a keyboard reaches it all."""
    return format_html(
        '<div class="table-region{}" role="region" tabindex="0" aria-label="{}">{}</div>',
        f" {css}" if css else "",
        formats.in_language(label),
        content,
    )


@register.simple_tag
def crumbs(*pairs: Any) -> SafeString:
    """Breadcrumbs from url, label pairs; a last label alone is the current page: ``{% crumbs home _("Portfolio") code %}``."""
    items = []
    rest = list(pairs)
    while len(rest) >= 2:
        url, label = rest.pop(0), rest.pop(0)
        items.append(format_html('<li><a href="{}">{}</a></li>', url, formats.in_language(label)))
    if rest:
        items.append(format_html("<li>{}</li>", formats.in_language(rest[0])))
    return format_html(
        '<nav class="crumbs" aria-label="{}"><ol>{}</ol></nav>',
        gettext("Where you are"),
        mark_safe("".join(items)),  # noqa: S308 - every item comes from format_html
    )


@register.simple_tag(takes_context=True)
def toggle(context: template.Context, name: str, value: Any, *drop: str) -> str:
    """The query string with ``name=value`` switched on or off; pages (``after``, ``before``, ``page``) start anew.

    Several values of one name may be on at once. More names to drop may follow.
    """
    request = context.get("request")
    if request is None:
        return "?"
    query = request.GET.copy()
    wanted = str(value)
    values = query.getlist(name)
    query.setlist(name, [v for v in values if v != wanted] if wanted in values else [*values, wanted])
    if not query.getlist(name):
        del query[name]
    for gone in ("after", "before", "page", *drop):
        query.pop(gone, None)
    text = query.urlencode()
    return f"?{text}" if text else "?"


@register.simple_tag(takes_context=True)
def chosen_theme(context: template.Context) -> str:
    """auto, light or dark: what the person saved, else the cookie of this browser, else auto."""
    request = context.get("request")
    saved = context.get("theme")
    chosen = saved if saved in {"light", "dark"} else request.COOKIES.get(THEME_COOKIE, "auto") if request is not None else "auto"
    return chosen if chosen in THEMES else "auto"


@register.simple_tag
def html_lang() -> str:
    """The value of ``<html lang>``: zh-Hans or en."""
    code = get_language() or "en"
    return "zh-Hans" if code.startswith("zh") else code


_TOAST_TONES = {"success": "pass", "error": "fail", "warning": "attention", "debug": "info", "info": "info", "": "info"}


@register.simple_tag
def toast_tone(level: str) -> str:
    """The tone of a Django message level; a tone passes through."""
    return _TOAST_TONES.get(level, level if level in MARKS else "info")


@register.simple_tag
def mark_icon(value: str, label: bool = True) -> SafeString:
    """Symbol of a tone in its colour, with its word for screen readers (not for a plain note)."""
    sign = mark_of(value)
    svg = drawn.svg(sign.icon, "icon-mark")
    if not label or sign.tone == "info":
        return svg
    return format_html('{}<span class="visually-hidden">{}: </span>', svg, sign.word)


@register.simple_tag
def chart_option(option: dict[str, Any], chart_id: str) -> SafeString:
    """The option object of a chart as a JSON block beside it; ``chart_id`` is the id of the canvas."""
    return json_script(option, f"{chart_id}-option")


@register.simple_tag
def ui_strings() -> SafeString:
    """The sentences the scripts say, in the active language, as a JSON block (no inline script)."""
    return json_script(script_texts(), "ui-strings")


@register.simple_tag
def colour(name: str) -> str:
    """A light-theme colour for e-mails, where no style sheet reaches. Pages use classes."""
    return LIGHT[name]
