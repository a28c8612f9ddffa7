"""The small parts as HTML: symbols, badges, stage, strip, ring, bar, clock, person.

They stand in long tables (a page of 50 projects holds 500 strip cells), so they are built here in Python and every piece
that repeats is kept: 50 rows cost about two milliseconds. ``portal/core/templatetags/ui.py`` gives them to templates.

Everything put into HTML goes through ``escape`` or ``format_html``; the kept pieces depend on the language, which is part
of each key.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from portal.core import formats
from portal.core.marks import DIMENSIONS, MARKS, STAGES, STATES, Mark, mark_of
from portal.core.tenancy import current_scope

_KEPT = 2048  # distinct words × tones × languages of a page are some hundreds


def language() -> str:
    """The active language code; English when none is active."""
    return get_language() or "en"


# ---------------------------------------------------------------------------------------------------------- symbols


@lru_cache(maxsize=512)
def svg(name: str, css: str = "") -> SafeString:
    """A symbol of the sprite, decorative."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f" {css}" if css else "",
        static("vendor/icons.svg"),
        name,
    )


@lru_cache(maxsize=_KEPT)
def _badge(tone: str, text: str, icon_name: str, title: str) -> SafeString:
    return format_html(
        '<span class="badge-mark t-{}"{}>{}<span>{}</span></span>',
        tone,
        format_html(' title="{}"', title) if title else "",
        svg(icon_name, "icon-mark"),
        text,
    )


def badge(tone: str, text: Any = "", icon_name: str = "", title: Any = "") -> SafeString:
    """Symbol, colour and word of a tone or known state, with any text."""
    sign = mark_of(tone)
    return _badge(sign.tone, formats.in_language(text) or str(sign.word), icon_name or sign.icon, formats.in_language(title))


def state(value: str, label: Any = "", tone: str = "") -> SafeString:
    """A state word of any slice; ``label`` wins over the built-in word, ``tone`` over the built-in tone."""
    if value in STATES:
        known_tone, word = STATES[value]
        return badge(tone or known_tone, label or str(word))
    return badge(tone or "open", label or value)


def mark(value: str, title: Any = "") -> SafeString:
    """The square symbol alone, with its word for screen readers."""
    sign = mark_of(value or "open")
    return _mark(sign.tone, sign.icon, formats.in_language(title) or str(sign.word))


@lru_cache(maxsize=_KEPT)
def _mark(tone: str, icon_name: str, word: str) -> SafeString:
    return format_html(
        '<span class="mark t-{}" title="{}">{}<span class="visually-hidden">{}</span></span>', tone, word, svg(icon_name, "icon-mark"), word
    )


def stage(value: str, label: Any = "") -> SafeString:
    """Stage pill of a project; an unknown stage is shown as it is."""
    sign = STAGES.get(value) or Mark("open", "circle", value)
    return _stage(sign.tone, sign.icon, formats.in_language(label) or str(sign.word))


@lru_cache(maxsize=_KEPT)
def _stage(tone: str, icon_name: str, word: str) -> SafeString:
    return format_html('<span class="stage t-{}">{}<span>{}</span></span>', tone, svg(icon_name, "icon-mark"), word)


# ------------------------------------------------------------------------------------------------- strip and ring


@lru_cache(maxsize=8)
def short_names(_language: str) -> tuple[tuple[str, str], ...]:
    """Code and short name of the ten dimensions in one language (the argument is the key of the cache)."""
    return tuple((code, str(word)) for code, word in DIMENSIONS.items())


@lru_cache(maxsize=4096)
def _cell(_language: str, tone: str, name: str, note: str) -> tuple[str, str]:
    """What stands before and after the address of a cell; both halves are complete HTML around it."""
    sign = MARKS[tone]
    text = gettext("%(name)s: %(verdict)s") % {"name": name, "verdict": sign.word}
    if note:
        text = f"{text}, {note}"
    inside = format_html('{}<span class="visually-hidden">{}</span>', svg(sign.icon, "icon-mark"), text)
    return f'class="cell t-{tone}"', format_html(' title="{}">{}', text, inside)


def strip(cells: Iterable[Any], url: str = "", label: Any = "", css: str = "") -> SafeString:
    """Ten cells D1 to D10.

    ``cells``: ten tones ("pass", …), or mappings with ``verdict`` and optional ``code``, ``name``, ``note``, ``url``.
    ``url`` with ``{code}`` in it makes every cell a link to its dimension.
    """
    code_now = language()
    names = short_names(code_now)
    pattern = escape(url) if url else ""
    parts: list[str] = []
    for index, cell in enumerate(cells):
        code, name = names[index] if index < len(names) else (f"D{index + 1}", f"D{index + 1}")
        note = target = ""
        if isinstance(cell, Mapping):
            code = cell.get("code", code)
            name = formats.in_language(cell.get("name")) or name
            note = formats.in_language(cell.get("note"))
            target = escape(cell.get("url") or "")
            cell = cell.get("verdict")
        tone = cell if cell in MARKS else mark_of(cell or "open").tone
        before, after = _cell(code_now, tone, name, note)
        if not target and pattern:
            target = pattern.replace("{code}", escape(code))
        parts.append(f'<li><a {before} href="{target}"{after}</a></li>' if target else f"<li><span {before}{after}</span></li>")
    return format_html(
        '<ol class="strip{}" data-strip aria-label="{}">{}</ol>',
        f" {css}" if css else "",
        formats.in_language(label) or gettext("Ten dimensions"),
        mark_safe("".join(parts)),  # noqa: S308 - every part was escaped above
    )


def strip_head(css: str = "") -> SafeString:
    """Column heads above strips: two characters in Chinese; in English D1 to D10, and the names where a big strip has room."""
    chinese = language().startswith("zh")
    big = "strip-big" in css
    items = []
    for code, word in short_names(language()):
        if chinese:
            inside: SafeString | str = word
        elif big:
            inside = format_html('<span class="strip-name">{}</span><span class="strip-code">{}</span>', word, code)
        else:
            inside = code
        items.append((f"{code} {word}", inside))
    return format_html(
        '<span class="visually-hidden">{}</span><ol class="strip strip-head{}" aria-hidden="true">{}</ol>',
        gettext("Ten dimensions"),
        f" {css}" if css else "",
        format_html_join("", '<li title="{}">{}</li>', items),
    )


def legend(*tones: str) -> SafeString:
    """What the symbols mean. Without arguments: pass, attention, fail, open, in review, waived."""
    wanted = tones or ("pass", "attention", "fail", "open", "review", "waived")
    items = format_html_join(
        "",
        '<li><span class="mark t-{}">{}</span>{}</li>',
        ((MARKS[t].tone, svg(MARKS[t].icon, "icon-mark"), MARKS[t].word) for t in wanted),
    )
    return format_html('<ul class="legend" aria-label="{}">{}</ul>', gettext("What the symbols mean"), items)


def ring(value: Any, tone: str = "", label: Any = "", size: int = 34) -> SafeString:
    """Readiness 0 to 100 as a ring with its figure; ``None`` says "not assessed yet". ``size`` in px."""
    amount = formats.decimal_of(value)
    if amount is None:
        return format_html('<span class="ring muted" title="{}">{}</span>', gettext("Not assessed yet"), formats.NOTHING)
    filled = max(0, min(100, int(amount)))
    colour = tone or ("pass" if filled >= 85 else "attention" if filled >= 70 else "fail")
    return _ring(colour, filled, formats.number(filled, 0), formats.in_language(label) or gettext("Readiness"), int(size))


@lru_cache(maxsize=_KEPT)
def _ring(tone: str, filled: int, figure: str, label: str, size: int) -> SafeString:
    return format_html(
        '<span class="ring t-{}"><svg viewBox="0 0 36 36" width="{size}" height="{size}" aria-hidden="true">'
        '<circle class="ring-ground" cx="18" cy="18" r="15"/>'
        '<circle class="ring-value" cx="18" cy="18" r="15" pathLength="100" stroke-dasharray="{} 100"/></svg>'
        '<span class="visually-hidden">{}</span><b>{}</b></span>',
        tone,
        filled,
        label,
        figure,
        size=size,
    )


def bar(value: Any, maximum: Any = 100, tone: str = "primary", target: Any = None, label: str = "") -> SafeString:
    """A thin bar from 0 to ``maximum`` with an optional target line. ``label`` says it in words."""
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
    scope = current_scope()
    today = scope.today if scope else timezone.localdate()
    if days is None and due is not None:
        days, calendar = (due - today).days, "calendar"
    return _clock(language(), int(days or 0), due, today.year, calendar == "working", bool(provisional), bool(done), int(warn_at))


def _words_of_clock(left: int, working: bool, warn_at: int) -> tuple[str, str]:
    """Tone and words for days left (negative: late)."""
    if left < 0:
        late = -left
        words = (
            ngettext("%(n)d working day late", "%(n)d working days late", late)
            if working
            else ngettext("%(n)d day late", "%(n)d days late", late)
        )
        return "fail", words % {"n": late}
    if left == 0:
        return "fail", gettext("due today")
    words = (
        ngettext("%(n)d working day left", "%(n)d working days left", left)
        if working
        else ngettext("%(n)d day left", "%(n)d days left", left)
    )
    return ("fail" if left <= 2 else "attention" if left <= warn_at else "open"), words % {"n": left}


@lru_cache(maxsize=_KEPT)
def _clock(
    _language: str, left: int, due: dt.date | None, year: int, working: bool, provisional: bool, done: bool, warn_at: int
) -> SafeString:
    tone, words = ("pass", gettext("Met")) if done else _words_of_clock(left, working, warn_at)
    date: SafeString | str = ""
    if due is not None and (left or done):
        short = f"{due:%m-%d}" if due.year == year else due.isoformat()
        stamp = f'<time datetime="{due.isoformat()}">{short}</time>'
        date = format_html('<span class="clock-due">{}</span>', mark_safe(escape(gettext("due %(date)s")) % {"date": stamp}))  # noqa: S308
    doubt: SafeString | str = ""
    if provisional:
        doubt = format_html(
            ' <span class="provisional" title="{}">{}</span>',
            gettext("The start of this period is not certain yet; the date may move."),
            gettext("provisional"),
        )
    symbol = "check" if tone == "pass" else "alarm" if tone in {"fail", "attention"} else "clock"
    return format_html(
        '<span class="clock t-{}">{}<span><span class="clock-words">{}</span> {}{}</span></span>',
        tone,
        svg(symbol, "icon-mark"),
        words,
        date,
        doubt,
    )


def person(who: Any, role: Any = "", url: str = "", none: Any = "") -> SafeString:
    """A person as a chip: first character, name, role. ``who``: a user, a stakeholder, a mapping or a name."""
    if not who:
        return format_html('<span class="person person-none">{}</span>', formats.in_language(none) or gettext("Nobody yet"))
    if isinstance(who, Mapping):
        name, role, url = str(who.get("name", "")), who.get("role", role), str(who.get("url", url))
    else:
        name = str(getattr(who, "name", "") or (who.get_full_name() if hasattr(who, "get_full_name") else "") or who)
    inside = _person(name, formats.in_language(role))
    return format_html('<a class="person" href="{}">{}</a>', url, inside) if url else format_html('<span class="person">{}</span>', inside)


@lru_cache(maxsize=_KEPT)
def _person(name: str, role: str) -> SafeString:
    return format_html(
        '<span class="avatar" aria-hidden="true">{}</span><span class="person-name">{}{}</span>',
        name.strip()[:1].upper(),
        name,
        format_html("<small>{}</small>", role) if role else "",
    )
