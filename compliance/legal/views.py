"""Pages of the administration: what is due for legal review, one entry with its reviews, the organisation's own regimes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance.legal import actions
from compliance.legal.due import REASONS, Line, lines, newest_reviews
from compliance.legal.models import LegalReview, OwnRegime
from compliance.legal.overlay import in_use
from compliance.legal.own import LARGEST, Fault
from portal.audit.actions import record_act
from portal.catalogue import catalogue
from portal.catalogue.installed import shipped
from portal.catalogue.words import Lexicon, say_rule
from portal.core.access import requires
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.formats import in_language as tr
from portal.core.htmx import go
from portal.core.sheets import Column, download, sheet_bytes
from portal.tenants.clock import organisation_today

CARE = actions.CARE
WORDS = {
    "overdue": _l("the planned review is due"),
    "changed": _l("the last review found a change or a doubt"),
    "note": _l("the authors ask for a check"),
    "confidence": _l("confidence is not high"),
    "effect": _l("a day of effect is near"),
    "old": _l("older than twelve months"),
}


class ReviewForm(forms.Form):
    """Marking an entry as reviewed."""

    outcome = forms.ChoiceField(label=_l("Outcome of the review"), choices=LegalReview.Outcome.choices)
    note = forms.CharField(label=_l("What was checked, and where"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    next_review_on = forms.DateField(label=_l("Next review"), widget=forms.DateInput(attrs={"type": "date"}))


class OwnForm(forms.Form):
    """A file of own regimes: chosen, or written here."""

    name = forms.CharField(
        label=_l("Name of the file"), max_length=60, required=False, help_text=_l("own_ and then small letters, digits and underscores")
    )
    file = forms.FileField(label=_l("YAML file"), required=False)
    text = forms.CharField(label=_l("Text"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}))
    note = forms.CharField(label=_l("Remark"), max_length=500, required=False)


def _url(request: Any, name: str, **more: Any) -> str:
    return reverse(f"compliance:{name}", kwargs={"tenant_slug": request.tenant.slug, **more})


def _chosen(request: Any) -> tuple[list[Line], str]:
    """The lines behind the query string, and the filter: a reason, ``all``, or what is due."""
    wanted = request.GET.get("show", "")
    found = lines(catalogue(), newest_reviews(), organisation_today())
    if wanted in REASONS:
        return [line for line in found if wanted in line.reasons], wanted
    return (found, "all") if wanted == "all" else ([line for line in found if line.due], "")


@requires(CARE)
@require_GET
def due(request: Any) -> HttpResponse:
    """What is due for legal review."""
    request.nav_key = "legal"
    chosen, show = _chosen(request)
    every = lines(catalogue(), newest_reviews(), organisation_today()) if show else chosen
    counts = {"": sum(line.due for line in every), **{key: sum(key in line.reasons for line in every) for key in REASONS}}
    chips = [
        {"label": WORDS.get(key, _("due now")), "url": f"?show={key}" if key else "?", "count": number, "on": key == show}
        for key, number in counts.items()
        if number or key == show or not key
    ]
    chips.append({"label": _("all"), "url": "?show=all", "count": len(catalogue().filings), "on": show == "all"})
    context = {
        "lines": [{**_shown(line), "url": _url(request, "legal_entry", entry=line.entry.id)} for line in chosen],
        "chips": chips,
        "export_url": f"{_url(request, 'legal_export')}?show={show}",
        "own_url": _url(request, "own_regimes"),
        "version": catalogue().version,
    }
    return render(request, "compliance/legal/due.html", context)


def _shown(line: Line) -> dict[str, Any]:
    return {
        "line": line,
        "name": tr(line.entry.name),
        "reasons": [WORDS[key] for key in line.reasons],
        "note": tr(line.entry.review) if line.entry.review else "",
        "outcome": line.last.get_outcome_display() if line.last else "",
    }


@requires(CARE)
@require_GET
def export(request: Any) -> HttpResponse:
    """The same lines as an Excel workbook."""
    chosen, show = _chosen(request)
    heads = [
        Column(_("Filing"), 44), Column(_("Id"), 30), Column(_("Confidence"), 10), Column(_("As of"), 12), Column(_("Why it is due"), 44),
        Column(_("To be checked"), 60), Column(_("Reviewed on"), 12), Column(_("Reviewed by"), 18), Column(_("Outcome of the review"), 20),
        Column(_("Remark"), 44), Column(_("Next review"), 12),
    ]  # fmt: skip
    rows = []
    for line in chosen:
        shown, last = _shown(line), line.last
        done = (last.reviewed_on, last.reviewed_by.name, shown["outcome"], last.note, last.next_review_on) if last else ("",) * 5
        reasons = _("; ").join(str(one) for one in shown["reasons"])
        rows.append((shown["name"], line.entry.id, line.entry.confidence, line.as_of or "", reasons, shown["note"], *done))
    content, count = sheet_bytes("xlsx", _("Legal review"), heads, rows)
    record_act("compliance.legal.exported", rows=count, show=show)
    return download(content, f"legal-review-{organisation_today().isoformat()}", "xlsx")


@requires(CARE)
@require_http_methods(["GET", "POST"])
def entry(request: Any, entry: str) -> HttpResponse:
    """One entry: why it is due, what was found before, and the form to mark it as reviewed."""
    request.nav_key = "legal"
    content = catalogue()
    if entry not in content.filings:
        raise NotFound(_("There is no such filing."))
    form, status = ReviewForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.review_entry(entry, by=request.actor, **form.cleaned_data)
                messages.success(request, _("The review is noted."))
                return go(request, _url(request, "legal_review"))
            except Invalid as refusal:
                for name, texts in refusal.detail.get("fields", {}).items():
                    form.add_error(name if name in form.fields else None, texts)
    known = content.filings[entry]
    reviews = list(LegalReview.objects.filter(entry=entry).select_related("reviewed_by").order_by("-entered_at", "-id"))
    line = next(one for one in lines(content, newest_reviews(), organisation_today()) if one.entry.id == entry)
    context = {
        **_shown(line),
        "rule": tr(say_rule(known.applies_when, Lexicon(content))),
        "clauses": [(tr(one.instrument), one.article or "", one.in_force, one.confidence, one.url or "") for one in known.legal_basis],
        "sources": [(tag, content.sources[tag].text if tag in content.sources else "") for tag in known.sources],
        "reviews": reviews,
        "form": form,
        "back_url": _url(request, "legal_review"),
    }
    return render(request, "compliance/legal/entry.html", context, status=status)


@requires(CARE)
@require_http_methods(["GET", "POST"])
def own(request: Any) -> HttpResponse:
    """The organisation's own regimes: check a file, see what is in it, keep it as the next version."""
    request.nav_key = "legal"
    form, status, faults, found = OwnForm(request.POST or None, request.FILES or None), 200, [], []
    chosen = _in_use().get(request.GET.get("key", ""))
    if request.method != "POST" and chosen is not None:
        form = OwnForm(initial={"name": chosen.key, "text": chosen.content})
    checked = None
    if request.method == "POST" and form.is_valid():
        name, text, problem = _given(form)
        # What was chosen as a file stands in the field from now on: nothing is lost, and it can be put right here.
        form = OwnForm(initial={"name": name, "text": text, "note": form.cleaned_data["note"]})
        checked = actions.check_regime(name, text) if not problem else None
        faults = [Fault(0, problem)] if checked is None else list(checked.faults)
        status = 422 if faults else 200
        if not faults and checked is not None and "save" in request.POST:
            try:
                actions.save_regime(name, text, seen=_seen(request), note=request.POST.get("note", ""), by=request.actor)
                messages.success(request, _("The version is saved. All projects are checked against it in a moment."))
                return go(request, _url(request, "own_regimes"))
            except Conflict as refusal:
                faults, status = [Fault(0, refusal.message)], 409
        if checked is not None and not checked.faults:
            found = _preview(checked.filings)
    rows = list(OwnRegime.objects.select_related("entered_by").order_by("key", "-number"))
    current = {row.key for row in in_use(sorted(rows, key=lambda row: row.number)).values()}
    context = {
        "form": form,
        "faults": faults,
        "found": found,
        "seen": max((row.number for row in rows if checked is not None and row.key == checked.key), default=0),
        "versions": [
            {
                "row": row,
                "live": row.key in current and not any(one.key == row.key and one.number > row.number for one in rows),
                "retire_url": _url(request, "own_retire", entry=row.key),
            }
            for row in rows
        ],
        "back_url": _url(request, "legal_review"),
    }
    return render(request, "compliance/legal/own.html", context, status=status)


def _in_use() -> dict[str, OwnRegime]:
    return in_use(OwnRegime.objects.order_by("key", "number"))


def _given(form: OwnForm) -> tuple[str, str, str]:
    """(name, text, what is wrong with the file) of what was sent: a chosen file goes before the field."""
    data = form.cleaned_data
    upload = data["file"]
    if upload is None:
        return data["name"], data["text"].replace("\r\n", "\n"), ""
    name = data["name"] or upload.name
    if upload.size > LARGEST:
        return name, data["text"], _("The file is larger than {n} kB.").format(n=LARGEST // 1024)
    try:
        return name, upload.read().decode("utf-8-sig").replace("\r\n", "\n"), ""
    except UnicodeDecodeError:
        return name, data["text"], _("The file is no text in UTF-8.")


def _preview(filings: Any) -> list[dict[str, Any]]:
    known, content = catalogue().filings, shipped()
    return [
        {
            "id": name,
            "name": tr(one.name),
            "rule": tr(say_rule(one.applies_when, Lexicon(content))),
            "gate": tr(content.vocabularies["filing_gates"].label(one.gate)),
            "news": _("new") if name not in known else _("in use"),
            "changed": name in known and known[name] != one,
        }
        for name, one in filings.items()
    ]


def _seen(request: Any) -> int:
    given = request.POST.get("seen", "")
    if not given.isdecimal() or len(given) > 9:
        raise Invalid(_("This form is out of date. Reload the page."))
    return int(given)


@requires(CARE)
@require_POST
def retire(request: Any, entry: str) -> HttpResponse:
    """Take a file out of use."""
    actions.retire_regime(entry, seen=_seen(request), note=request.POST.get("note", ""), by=request.actor)
    messages.success(request, _("The file is out of use. Its filings apply to nothing from now on; their records stay."))
    return go(request, _url(request, "own_regimes"))
