"""The styleguide: every part of the interface in all its states, with invented content, for the people who build pages.

Shown to platform staff, and to everybody while DEBUG is on. It stores nothing: the autosave example answers from the text
typed into it (the word "conflict" gives a 409, "error" a 422, "wait" a 429).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.access import PUBLIC, requires
from portal.core.fields import DayField
from portal.core.htmx import is_autosave, with_version
from portal.core.marks import MARKS, STAGES, STATES

_HASH = "7c1e93ab04d2f8e15b20c4d97aa10f3b62e8d5590c7f4421b8a6e3d91f005b20"


class SampleForm(forms.Form):
    """One field of each kind, with help, unit and errors."""

    name = forms.CharField(label=_("Name of the project"), help_text=_("As your colleagues call it; up to 80 characters."))
    cost = forms.DecimalField(label=_("Cost a month"), min_value=0)
    start = DayField(label=_("Planned launch"), required=False)
    unit = forms.ChoiceField(
        label=_("Business unit"),
        choices=[("", "–"), ("retail", _("Retail")), ("supply", _("Supply chain"))],
        help_text=_("Decides who signs."),
    )
    audience = forms.MultipleChoiceField(
        label=_("Who uses it"),
        choices=[("staff", _("Own staff")), ("partners", _("Partners")), ("public", _("The public"))],
        widget=forms.CheckboxSelectMultiple,
    )
    mode = forms.ChoiceField(
        label=_("Deployment"), choices=[("cloud", _("Cloud service")), ("own", _("Own machines"))], widget=forms.RadioSelect, required=False
    )
    purpose = forms.CharField(label=_("Purpose"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    proof = forms.FileField(label=_("Proof"), required=False, help_text=_("PDF, Word, Excel or picture, at most 25 MB."))
    agreed = forms.BooleanField(label=_("I have read the data rules"), required=True)


def _rows() -> list[dict[str, Any]]:
    """Eight projects as the portfolio shows them."""
    raw = [
        (
            "智能客服机器人",
            "Customer service assistant",
            "XH-0007",
            "pre_launch",
            88,
            "ppapprpppa",
            0,
            "under_review",
            -0,
            "陈晓",
            "public",
        ),
        ("门店补货预测", "Store replenishment forecast", "XH-0012", "approval", 74, "pppaprpapo", 1, "not_applicable", 2, "吴桐", ""),
        ("商品推荐大模型", "Product recommendation model", "XH-0003", "live", 91, "pppppppppw", 0, "change_due", 24, "李娜", "stale"),
        ("合同审阅助手", "Contract review assistant", "XH-0019", "build", 69, "ppapaopaon", 2, "confirmed", 10, "周凯", ""),
        ("导购数字人", "Digital shopping guide", "XH-0024", "assessment", 42, "parofoaooo", 4, "undetermined", 8, "孙琪", "public"),
        ("供应商风险识别", "Supplier risk detection", "XH-0015", "on_hold", None, "oooooooooo", 1, "likely", 15, "", ""),
    ]
    letters = {"p": "pass", "a": "attention", "f": "fail", "o": "open", "r": "review", "w": "waived", "n": "na"}
    today = timezone.localdate()
    return [
        {
            "name": {"zh": zh, "en": en},
            "code": code,
            "stage": stage,
            "readiness": readiness,
            "cells": [letters[c] for c in cells],
            "blockers": blockers,
            "filing": filing,
            "due": today + dt.timedelta(days=days),
            "owner": owner,
            "mark": mark,
        }
        for zh, en, code, stage, readiness, cells, blockers, filing, days, owner, mark in raw
    ]


def _charts() -> list[dict[str, Any]]:
    """Options as pages and reports make them: colours by name, direct labels, units, a target line."""
    stages = [STAGES[key].word for key in ("intake", "assessment", "approval", "build", "pre_launch", "live")]
    counts = [4, 11, 3, 6, 3, 6]
    months = ["06", "07", "08", "09", "10", "11"]
    plan, real = [120, 120, 126, 126, 130, 130], [98, 115, 131, 124, 139, 126]
    return [
        {
            "id": "chart-stages",
            "title": _("Projects by stage"),
            "summary": _("Most projects are in assessment: 11 of 33."),
            "option": {
                "grid": {"left": 8, "right": 40, "top": 8, "bottom": 8, "containLabel": True},
                "xAxis": {"type": "value", "show": False},
                "yAxis": {"type": "category", "inverse": True, "data": [str(s) for s in stages]},
                "series": [
                    {
                        "type": "bar",
                        "data": counts,
                        "barWidth": 18,
                        "itemStyle": {"color": "@primary"},
                        "label": {"show": True, "position": "right"},
                    }
                ],
            },
            "head": [_("Stage"), _("Projects")],
            "rows": list(zip(stages, counts, strict=True)),
        },
        {
            "id": "chart-cost",
            "title": _("Cost a month, planned and measured"),
            "summary": _("Measured cost passed the plan in August and October."),
            "option": {
                "grid": {"left": 8, "right": 72, "top": 32, "bottom": 8, "containLabel": True},
                "xAxis": {"type": "category", "data": months},
                "yAxis": {"type": "value", "name": str(_("thousand CNY"))},
                "series": [
                    {
                        "type": "line",
                        "name": str(_("Planned")),
                        "data": plan,
                        "lineStyle": {"type": "dashed", "color": "@muted"},
                        "itemStyle": {"color": "@muted"},
                        "symbol": "none",
                        "endLabel": {"show": True, "formatter": "{a}", "color": "@muted"},
                        "labelLayout": {"moveOverlap": "shiftY"},
                    },
                    {
                        "type": "line",
                        "name": str(_("Measured")),
                        "data": real,
                        "lineStyle": {"color": "@primary"},
                        "itemStyle": {"color": "@primary"},
                        "endLabel": {"show": True, "formatter": "{a}", "color": "@primary"},
                        "labelLayout": {"moveOverlap": "shiftY"},
                    },
                ],
            },
            "head": [_("Month"), _("Planned"), _("Measured")],
            "rows": list(zip(months, plan, real, strict=True)),
        },
    ]


def _samples(request: HttpRequest) -> dict[str, Any]:
    """The context of the page."""
    now = timezone.now()
    today = timezone.localdate()
    faulty = SampleForm({"cost": "-3", "unit": ""})
    faulty.is_valid()
    here = request.path
    return {
        "tones": list(MARKS),
        "states": list(STATES),
        "stages": list(STAGES),
        "rows": _rows(),
        "strip": ["pass", "attention", "fail", "open", "review", "waived", "na", "pass", "pass", "attention"],
        "charts": _charts(),
        "form": SampleForm(prefix="empty"),
        "faulty": faulty,
        "today": today,
        "now": now,
        "yesterday": now - dt.timedelta(days=1),
        "long_ago": now - dt.timedelta(days=400),
        "late": today - dt.timedelta(days=3),
        "soon": today + dt.timedelta(days=2),
        "later": today + dt.timedelta(days=20),
        "hash": _HASH,
        "tabs": [
            {"label": _("Overview"), "url": here, "active": False},
            {"label": _("Ten checklists"), "url": here, "active": True, "count": 3, "tone": "fail"},
            {"label": _("Filings"), "url": here, "active": False, "count": 2},
            {"label": _("Gates and reports"), "url": here, "active": False},
        ],
        "tile_items": [
            {"label": _("Algorithm filing, change"), "url": here, "note": _("2 working days left"), "late": True},
            {"label": _("Report of the data protection officer"), "url": here, "note": _("6 working days left")},
        ],
        "evidence": [
            {"name": "promptfoo-2026-11-18.json", "url": here, "kind": "file", "sha256": _HASH, "size": 48211, "version": "0.118"},
            {"name": "评测集说明.pdf", "url": here, "kind": "file", "size": 1_240_000, "expires_on": today + dt.timedelta(days=200)},
            {
                "name": _("Contract with the cloud provider"),
                "url": here,
                "kind": "link",
                "expires_on": today - dt.timedelta(days=9),
                "expired": True,
            },
        ],
        "history": [
            {"text": _("Imported a load test: 6.8 requests a second, error rate 0.34%"), "who": "高远", "at": now, "tone": "info"},
            {"text": _("Approved D9.01"), "who": "吴桐", "at": now - dt.timedelta(hours=4), "tone": "pass"},
            {
                "text": _("Audience of the project"),
                "who": "林悦",
                "at": now - dt.timedelta(days=5),
                "tone": "attention",
                "before": _("own staff"),
                "after": _("the public"),
                "note": _("4 filings and 9 items were added."),
            },
        ],
        "inputs": [
            {"label": _("Peak concurrency"), "value": "12", "source": "D6.04"},
            {"label": _("Concurrency per instance"), "value": "1.5", "source": _("parameter of the platform")},
            {"label": _("Ordered instances"), "value": "7"},
        ],
        "jobs": [
            {"id": "a", "state": "queued", "title": _("Sign-off report XH-0007"), "percent": None, "stage": ""},
            {"id": "b", "state": "running", "title": _("Sign-off report XH-0007"), "percent": 62, "stage": _("Drawing the charts")},
            {"id": "c", "state": "done", "title": _("Sign-off report XH-0007"), "message": _("24 pages, 1.2 MB, made in 9 seconds")},
            {
                "id": "d",
                "state": "failed",
                "title": _("Sign-off report XH-0007"),
                "message": _("The worker was stopped while drawing page 12. Nothing was lost."),
            },
        ],
        "toasts": [
            ("pass", _("The dimension was submitted for review.")),
            ("info", _("3 people were told.")),
            ("attention", _("Two items still have no evidence.")),
            ("fail", _("The file could not be read. Nothing was uploaded.")),
        ],
        "dimensions": [
            ("pass", _("Scenario and users"), "12/12", False),
            ("attention", _("Data type, source, volume and growth"), "13/13", False),
            ("review", _("IT infrastructure"), "12/12", False),
            ("fail", _("Performance targets"), "11/13", True),
            ("open", _("Compliance investment"), "0/12", False),
        ],
        "effects": [
            _("3 sign-offs become stale: G1, G2 and G3."),
            _("9 items appear in four dimensions."),
            _("2 filings become required."),
        ],
        "plan_rows": [(_("Annotators"), "6", "retail"), (_("Evaluation set, second round"), "2", "supply")],
    }


def _autosave_answer(request: HttpRequest) -> HttpResponse:
    """What a real item would answer, told by a word in the text."""
    typed = request.POST.get("answer", "")
    version = int(request.POST.get("version") or 1)
    if "conflict" in typed.lower():
        context = {
            "who": "吴桐",
            "at": timezone.now(),
            "yours": typed,
            "theirs": str(_("Reviewed with the owner; 12 instances are enough.")),
        }
        return with_version(render(request, "ui/conflict.html", context, status=409), version + 3)
    if "error" in typed.lower():
        note = {
            "tone": "fail",
            "title": _("This answer cannot be used"),
            "text": _("Please say it without the word “error”."),
            "role": "alert",
        }
        return render(request, "ui/note.html", note, status=422)
    if "wait" in typed.lower():
        response = HttpResponse(status=429)
        response.headers["Retry-After"] = "5"
        return response
    return with_version(render(request, "portal/core/styleguide_saved.html", {"typed": typed}), version + 1)


@requires(PUBLIC)
def styleguide(request: HttpRequest) -> HttpResponse:
    """GET the page; POST is the autosave example."""
    user: Any = request.user
    if not (settings.DEBUG or user.is_staff):
        raise Http404
    if request.method == "POST":
        return _autosave_answer(request) if is_autosave(request) else render(request, "portal/core/styleguide.html", _samples(request))
    return render(request, "portal/core/styleguide.html", _samples(request))
