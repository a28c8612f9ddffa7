"""The calendar pages: years of each calendar, one year, what a change would move, a file or a library as a draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from compliance.calendars.workdays import CN
from compliance.holidays import actions, registry
from compliance.holidays.drafts import CALENDARS, Draft, as_lines, difference, read_fields
from compliance.holidays.forms import FileForm, YearForm
from compliance.holidays.library import has_notice, library_year
from compliance.holidays.models import HolidayYear
from compliance.holidays.queries import calendar_rules, laid_over
from compliance.holidays.reading import read_file
from portal.audit.queries import history_of
from portal.catalogue import Text, catalogue
from portal.catalogue.parts import CalendarYear
from portal.core.access import requires
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.formats import in_language as tr
from portal.core.htmx import go
from portal.tenants.clock import organisation_today

_SHOWN_AHEAD = 2
_OF_NUMBERS = "inclusive"  # the one rule of the content that is about thresholds, not about days
_VIEW = "compliance.view_filings"


def _label(calendar: str) -> str:
    return tr(catalogue().vocabularies["calendars"].label(calendar))


def _page_url(request: Any, calendar: str = "", year: int = 0, act: str = "") -> str:
    given: dict[str, Any] = {"tenant_slug": request.tenant.slug}
    if not year:
        return reverse("compliance:calendar", kwargs=given)
    name = f"calendar_{act}" if act else "calendar_year"
    return reverse(f"compliance:{name}", kwargs={**given, "calendar": calendar, "year": year})


def _rows(request: Any, calendar: str, own: dict[tuple[str, int], HolidayYear]) -> list[dict[str, Any]]:
    content = catalogue().calendar.years if calendar == CN else {}
    today = organisation_today().year
    years = {*content, *(year for place, year in own if place == calendar), *range(today, today + _SHOWN_AHEAD + 1)}
    found = []
    for year in sorted(years, reverse=True):
        row = own.get((calendar, year))
        official = row.official if row else content[year].official if year in content else False
        found.append(
            {
                "year": year,
                "url": _page_url(request, calendar, year),
                "row": row,
                "off": len(row.holidays) if row else len(content[year].holidays) if year in content else None,
                "makeup": len(row.makeup_days) if row else len(content[year].makeup_working_days) if year in content else None,
                "official": official,
                "of_content": row is None and year in content,
            }
        )
    return found


@requires(_VIEW)
@require_GET
def calendar(request: Any) -> HttpResponse:
    """All years of all calendars, and the own time limits."""
    request.nav_key = "calendar"
    own = {(row.calendar, row.year): row for row in HolidayYear.objects.select_related("entered_by")}
    tables = [{"key": name, "label": _label(name), "rows": _rows(request, name, own)} for name in CALENDARS]
    rules = [tr(rule.text) for rule in catalogue().calendar.rules if rule.id != _OF_NUMBERS]
    context = {"tables": tables, "rules": rules, "may_edit": actions.may_edit(request.actor), "own_limits_url": _own_limits(request)}
    return render(request, "compliance/holidays/calendar.html", context)


def _own_limits(request: Any) -> str:
    return reverse("compliance:clock_rules", kwargs={"tenant_slug": request.tenant.slug})


def _show(
    request: Any,
    calendar: str,
    year: int,
    form: YearForm | None = None,
    *,
    status: int = 200,
    file_form: FileForm | None = None,
    preview: dict[str, Any] | None = None,
    faults: list[str] | None = None,
    conflict: Conflict | None = None,
) -> HttpResponse:
    request.nav_key = "calendar"
    row = HolidayYear.objects.select_related("entered_by").filter(calendar=calendar, year=year).first()
    now = actions.content_year(calendar_rules(catalogue()), calendar, year)
    content = actions.content_year(catalogue().calendar, calendar, year)
    context = {
        "calendar": calendar,
        "label": _label(calendar),
        "year": year,
        "row": row,
        "version": request.POST.get("version", 0) if form is not None and form.is_bound and conflict is None else row.version if row else 0,
        "now": now,
        "note": tr(now.note) if now is not None and row is None else "",
        "has_content": content is not None,
        "form": form or YearForm.of(now, row),
        "file_form": file_form or FileForm(),
        "preview": preview,
        "faults": faults or [],
        "conflict": conflict,
        "may_edit": actions.may_edit(request.actor),
        "library": library_year(calendar, year) is not None,
        "notice_known": has_notice(calendar, year),
        "history": _history(calendar, year),
        "back_url": _page_url(request),
        "urls": {act: _page_url(request, calendar, year, act) for act in ("preview", "save", "library", "file", "restore")},
    }
    return render(request, "compliance/holidays/year.html", context, status=status)


def _history(calendar: str, year: int) -> list[Any]:
    return history_of(HolidayYear(pk=actions.row_id(calendar, year), calendar=calendar, year=year))


def _known(calendar: str, year: int) -> None:
    try:
        actions.check_place(calendar, year)
    except Invalid as refusal:
        raise NotFound(refusal.message) from None


@requires(_VIEW)
@require_GET
def year(request: Any, calendar: str, year: int) -> HttpResponse:
    """One year: what counts, where it comes from, and the form that changes it."""
    _known(calendar, year)
    return _show(request, calendar, year)


def _filled(draft: Draft) -> YearForm:
    return YearForm(
        initial={
            "holidays": as_lines(draft.holidays),
            "makeup": as_lines(draft.makeup),
            "official": False,
            "source_title": draft.source_title,
            "source_url": draft.source_url,
        }
    )


@requires(actions.EDIT)
@require_POST
def library(request: Any, calendar: str, year: int) -> HttpResponse:
    """Fill the form in from a public package: a draft, saved only when a person has checked it."""
    _known(calendar, year)
    found = library_year(calendar, year)
    if found is None:
        raise NotFound(_("No package knows this year yet."))
    off, makeup, _name = found
    messages.info(request, _("Filled in from a public package. Nothing is saved yet: check it against the official notice."))
    return _show(request, calendar, year, _filled(Draft(calendar, year, off, makeup)))


@requires(actions.EDIT)
@require_POST
def upload(request: Any, calendar: str, year: int) -> HttpResponse:
    """Fill the form in from a file. A file with faults is refused as a whole, with every fault and its line."""
    _known(calendar, year)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, calendar, year, status=422, file_form=form)
    given = form.cleaned_data["file"]
    draft = read_file(calendar, year, given.name, given.read())
    if draft.faults:
        return _show(request, calendar, year, status=422, faults=[str(fault) for fault in draft.faults[:100]])
    messages.info(
        request, _("Read {n} days. Nothing is saved yet: look at the difference first.").format(n=len(draft.holidays | draft.makeup))
    )
    if draft.left_out:
        text = _("{n} days off on Saturdays and Sundays were left out: they are off anyway.")
        messages.info(request, text.format(n=draft.left_out))
    return _show(request, calendar, year, _filled(draft))


def _draft(request: Any, calendar: str, year: int) -> tuple[YearForm, Draft | None]:
    form = YearForm(request.POST)
    if not form.is_valid():
        return form, None
    draft, faults = read_fields(calendar, year, form.cleaned_data)
    for name, texts in faults.items():
        form.add_error(name, texts)
    return form, None if faults else draft


@requires(actions.EDIT)
@require_POST
def preview(request: Any, calendar: str, year: int) -> HttpResponse:
    """What the year would change, and which time limits would move. Writes nothing."""
    _known(calendar, year)
    form, draft = _draft(request, calendar, year)
    if draft is None:
        return _show(request, calendar, year, form, status=422)
    rules = calendar_rules(catalogue())
    official = form.cleaned_data["official"]
    found = difference(actions.content_year(rules, calendar, year), draft.holidays, draft.makeup, official=official)
    new = CalendarYear(year, official, Text("", ""), draft.holidays, draft.makeup)
    moves = registry.previewed(calendar, year, laid_over(rules, [(calendar, new)]), request.actor, request.tenant.slug)
    shown = {"difference": found, "moves": moves, "more": moves.total - len(moves.shown)}
    return _show(request, calendar, year, form, preview=shown)


def _version(request: Any) -> int:
    given = request.POST.get("version", "")
    if not given.isdecimal() or len(given) > 9:
        raise Invalid(_("This form is out of date. Reload the page."))
    return int(given)


@requires(actions.EDIT)
@require_POST
def save(request: Any, calendar: str, year: int) -> HttpResponse:
    """Save the year; limits that reach it are counted anew by a job."""
    _known(calendar, year)
    form, draft = _draft(request, calendar, year)
    if draft is None:
        return _show(request, calendar, year, form, status=422)
    given = {name: form.cleaned_data[name] for name in ("official", "source_title", "source_url")}
    try:
        actions.save_year(
            calendar, year, holidays=draft.holidays, makeup=draft.makeup, version=_version(request), by=request.actor, **given
        )
    except Invalid as refusal:
        for name, texts in refusal.detail.get("fields", {}).items():
            form.add_error(name if name in form.fields else None, texts)
        return _show(request, calendar, year, form, status=422)
    except Conflict as refusal:
        return _show(request, calendar, year, form, status=409, conflict=refusal)
    messages.success(request, _("The year is saved. Time limits that reach it are being counted anew; owners learn of days that move."))
    return go(request, _page_url(request, calendar, year))


@requires(actions.EDIT)
@require_POST
def restore(request: Any, calendar: str, year: int) -> HttpResponse:
    """Back to the content's year."""
    _known(calendar, year)
    try:
        actions.restore_year(calendar, year, version=_version(request), by=request.actor)
    except Conflict as refusal:
        return _show(request, calendar, year, status=409, conflict=refusal)
    messages.success(request, _("The own year is taken back. Time limits are being counted anew."))
    return go(request, _page_url(request, calendar, year))
