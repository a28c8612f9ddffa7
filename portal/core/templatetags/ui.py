"""The parts of the interface as template tags and filters. How to use each one: docs/ui.md.

Marks, formats and colours live in portal/core/{marks,formats,palette}.py; nothing is decided here.
Small parts that stand in long tables (icon, verdict, strip, ring) are built in Python and their constant pieces cached,
because a page of 50 rows holds 500 strip cells; the larger parts are templates in templates/ui/.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from portal.core import formats, forms_look
from portal.core.marks import DIMENSIONS, MARKS, STAGES, STATES, Mark, mark_of
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

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "tenfold_theme"


# ---------------------------------------------------------------------------------------------------------- symbols


@lru_cache(maxsize=512)
def _svg(name: str, css: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f" {css}" if css else "",
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """A symbol of the sprite. Decorative unless ``label`` gives it a name. The name must stand in icons.txt."""
    svg = _svg(name, css)
    return format_html('{}<span class="visually-hidden">{}</span>', svg, label) if label else svg


@register.simple_tag
def badge(tone: str, text: Any = "", icon_name: str = "", title: Any = "") -> SafeString:
    """Symbol, colour and word of a tone, with any text: ``{% badge "attention" _("3 unknown facts") %}``."""
    mark = mark_of(tone)
    return format_html(
        '<span class="badge-mark t-{}"{}>{}<span>{}</span></span>',
        mark.tone,
        format_html(' title="{}"', formats.in_language(title)) if title else "",
        _svg(icon_name or mark.icon, "icon-mark"),
        formats.in_language(text) or mark.word,
    )


@register.simple_tag
def verdict(value: str, label: Any = "") -> SafeString:
    """Verdict of an item or a dimension: pass, attention, fail, open, na (also review, waived)."""
    return badge(value or "open", label)


@register.simple_tag
def state(value: str, label: Any = "", tone: str = "") -> SafeString:
    """A state word of any slice; ``label`` (``get_status_display``) wins over the built-in word."""
    if value in STATES:
        known_tone, word = STATES[value]
        return badge(tone or known_tone, label or str(word))
    return badge(tone or "open", label or value)


@register.simple_tag
def mark(value: str, title: Any = "") -> SafeString:
    """Only the small square symbol (dimension list, strip legend); the word is there for screen readers."""
    sign = mark_of(value or "open")
    word = formats.in_language(title) or sign.word
    return format_html(
        '<span class="mark t-{}" title="{}">{}<span class="visually-hidden">{}</span></span>',
        sign.tone,
        word,
        _svg(sign.icon, "icon-mark"),
        word,
    )


@register.simple_tag
def stage(value: str, label: Any = "") -> SafeString:
    """Stage pill of a project."""
    sign = STAGES.get(value) or Mark("open", "circle", value)
    return format_html(
        '<span class="stage t-{}">{}<span>{}</span></span>',
        sign.tone,
        _svg(sign.icon, "icon-mark"),
        formats.in_language(label) or sign.word,
    )


# ------------------------------------------------------------------------------------------------- strip and ring


@lru_cache(maxsize=4096)
def _cell_inside(language: str, tone: str, name: str, note: str) -> tuple[SafeString, str]:
    """The constant inside of a strip cell and its full text; cached because a page repeats few combinations."""
    sign = MARKS[tone]
    text = gettext("%(name)s: %(verdict)s") % {"name": name, "verdict": sign.word}
    if note:
        text = f"{text}, {note}"
    inside = format_html('{}<span class="visually-hidden">{}</span>', _svg(sign.icon, "icon-mark"), text)
    return inside, text


def _short_names() -> list[tuple[str, str]]:
    return [(code, str(word)) for code, word in DIMENSIONS.items()]


@register.simple_tag
def strip(cells: Iterable[Any], url: str = "", label: Any = "", css: str = "") -> SafeString:
    """Ten cells D1 to D10.

    ``cells``: ten tones ("pass", …), or mappings with ``verdict`` and optional ``code``, ``name``, ``note``, ``url``.
    ``url`` with ``{code}`` in it makes every cell a link to its dimension.
    """
    language = get_language() or "en"
    names = _short_names()
    parts: list[SafeString] = []
    for index, cell in enumerate(cells):
        given: Mapping[str, Any] = cell if isinstance(cell, Mapping) else {"verdict": cell}
        code, name = names[index] if index < len(names) else (f"D{index + 1}", f"D{index + 1}")
        code = given.get("code", code)
        tone = mark_of(given.get("verdict") or "open").tone
        full = formats.in_language(given.get("name")) or name
        inside, text = _cell_inside(language, tone, full, formats.in_language(given.get("note")))
        target = given.get("url") or (url.replace("{code}", str(code)) if url else "")
        if target:
            parts.append(format_html('<li><a class="cell t-{}" href="{}" title="{}">{}</a></li>', tone, target, text, inside))
        else:
            parts.append(format_html('<li><span class="cell t-{}" title="{}">{}</span></li>', tone, text, inside))
    return format_html(
        '<ol class="strip{}" data-strip aria-label="{}">{}</ol>',
        f" {css}" if css else "",
        formats.in_language(label) or gettext("Ten dimensions"),
        mark_safe("".join(parts)),  # noqa: S308 - every part comes from format_html
    )


@register.simple_tag
def strip_head(css: str = "") -> SafeString:
    """Column heads above strips: two characters in Chinese, D1 to D10 in English (the names do not fit 28 px)."""
    chinese = (get_language() or "").startswith("zh")
    items = format_html_join(
        "",
        '<li title="{}">{}</li>',
        ((f"{code} {word}", word if chinese else code) for code, word in _short_names()),
    )
    return format_html(
        '<span class="visually-hidden">{}</span><ol class="strip strip-head{}" aria-hidden="true">{}</ol>',
        gettext("Ten dimensions"),
        f" {css}" if css else "",
        items,
    )


@register.simple_tag
def legend(*tones: str) -> SafeString:
    """What the symbols mean. Without arguments: pass, attention, fail, open, in review, waived."""
    wanted = tones or ("pass", "attention", "fail", "open", "review", "waived")
    items = format_html_join(
        "",
        '<li><span class="mark t-{}">{}</span>{}</li>',
        ((MARKS[t].tone, _svg(MARKS[t].icon, "icon-mark"), MARKS[t].word) for t in wanted),
    )
    return format_html('<ul class="legend" aria-label="{}">{}</ul>', gettext("What the symbols mean"), items)


@register.simple_tag
def ring(value: Any, tone: str = "", label: Any = "", size: int = 34) -> SafeString:
    """Readiness 0 to 100 as a ring with its figure. ``tone``: the band's tone; without it 85 and 70 are the steps.

    ``label`` "readiness" is added for screen readers; ``size`` in px (34 in tables, 48 or 72 in heads).
    """
    amount = formats.decimal_of(value)
    if amount is None:
        return format_html('<span class="ring muted" title="{}">{}</span>', gettext("Not assessed yet"), formats.NOTHING)
    filled = max(0, min(100, int(amount)))
    colour = tone or ("pass" if filled >= 85 else "attention" if filled >= 70 else "fail")
    return format_html(
        '<span class="ring t-{}"><svg viewBox="0 0 36 36" width="{size}" height="{size}" aria-hidden="true">'
        '<circle class="ring-ground" cx="18" cy="18" r="15"/>'
        '<circle class="ring-value" cx="18" cy="18" r="15" pathLength="100" stroke-dasharray="{} 100"/></svg>'
        '<span class="visually-hidden">{}</span><b>{}</b></span>',
        colour,
        filled,
        formats.in_language(label) or gettext("Readiness"),
        formats.number(amount, 0),
        size=size,
    )


@register.simple_tag
def bar(value: Any, maximum: Any = 100, tone: str = "primary", target: Any = None, label: str = "") -> SafeString:
    """A thin bar from 0 to ``maximum`` with an optional dashed target line. ``label`` says it in words (required)."""
    top = float(formats.decimal_of(maximum) or 100) or 100.0
    width = round(max(0.0, min(100.0, float(formats.decimal_of(value) or 0) / top * 100)), 2)
    goal = formats.decimal_of(target)
    line: SafeString | str = ""
    if goal is not None:
        x = round(max(0.0, min(100.0, float(goal) / top * 100)), 2)
        line = format_html('<line class="bar-target" x1="{}" x2="{}" y1="0" y2="8"/>', x, x)
    return format_html(
        '<svg class="bar t-{}" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="bar-ground" width="100" height="8"/><rect class="bar-value" width="{}" height="8"/>{}</svg>',
        tone,
        label or f"{formats.number(value)} / {formats.number(maximum)}",
        width,
        line,
    )


# ------------------------------------------------------------------------------------------------- time and people


@register.simple_tag
def clock(
    days: int | None = None,
    due: dt.date | dt.datetime | None = None,
    calendar: str = "working",
    provisional: bool = False,
    done: bool = False,
    warn_at: int = 5,
) -> SafeString:
    """A deadline in words: "2 working days left, due 11-25".

    ``days``: days left as the calendar slice counted them (negative: overdue; ``None``: counted here in calendar days).
    ``calendar``: "working" or "calendar" days. ``provisional``: the start is not certain yet. ``done``: met, no alarm.
    """
    if due is None and days is None:
        return format_html('<span class="clock muted">{}</span>', gettext("No deadline"))
    if isinstance(due, dt.datetime):
        due = timezone.localtime(due).date() if timezone.is_aware(due) else due.date()
    if days is None and due is not None:
        days, calendar = (due - timezone.localdate()).days, "calendar"
    left = int(days or 0)
    working = calendar == "working"
    if done:
        tone, text = "pass", gettext("Met")
    elif left < 0:
        late = -left
        text = (
            ngettext("%(n)d working day late", "%(n)d working days late", late)
            if working
            else ngettext("%(n)d day late", "%(n)d days late", late)
        ) % {"n": late}
        tone = "fail"
    elif left == 0:
        tone, text = "fail", gettext("due today")
    else:
        text = (
            ngettext("%(n)d working day left", "%(n)d working days left", left)
            if working
            else ngettext("%(n)d day left", "%(n)d days left", left)
        ) % {"n": left}
        tone = "fail" if left <= 2 else "attention" if left <= warn_at else "open"
    date: SafeString | str = ""
    if due is not None and (left or done):
        short = f"{due:%m-%d}" if due.year == timezone.localdate().year else due.isoformat()
        stamp = format_html('<time datetime="{}">{}</time>', due.isoformat(), short)
        date = format_html('<span class="clock-due">{}</span>', mark_safe(gettext("due %(date)s") % {"date": stamp}))  # noqa: S308
    mark_provisional: SafeString | str = ""
    if provisional:
        mark_provisional = format_html(
            ' <span class="provisional" title="{}">{}</span>',
            gettext("The start of this period is not certain yet; the date may move."),
            gettext("provisional"),
        )
    symbol = "check" if tone == "pass" else "alarm" if tone in {"fail", "attention"} else "clock"
    return format_html(
        '<span class="clock t-{}">{}<span><span class="clock-words">{}</span> {}{}</span></span>',
        tone,
        _svg(symbol, "icon-mark"),
        text,
        date,
        mark_provisional,
    )


@register.simple_tag
def person(who: Any, role: Any = "", url: str = "", none: Any = "") -> SafeString:
    """A person as a chip: first character, name, role. ``who``: a user, a stakeholder, a mapping or a name."""
    if not who:
        return format_html('<span class="person person-none">{}</span>', formats.in_language(none) or gettext("Nobody yet"))
    if isinstance(who, Mapping):
        name, role, url = str(who.get("name", "")), who.get("role", role), str(who.get("url", url))
    else:
        name = str(getattr(who, "name", "") or (who.get_full_name() if hasattr(who, "get_full_name") else "") or who)
    text = formats.in_language(role)
    inside = format_html(
        '<span class="avatar" aria-hidden="true">{}</span><span class="person-name">{}{}</span>',
        name.strip()[:1].upper(),
        name,
        format_html("<small>{}</small>", text) if text else "",
    )
    return format_html('<a class="person" href="{}">{}</a>', url, inside) if url else format_html('<span class="person">{}</span>', inside)


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
    svg = _svg(sign.icon, "icon-mark")
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
