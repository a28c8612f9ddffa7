"""Hard cases made from the sample: hostile texts, very long answers, long tables, many failed blockers."""

from __future__ import annotations

import copy
from typing import Any, cast

from assessments.gates.content import RevisionContent
from portal.catalogue.parts import Catalogue
from tests.compliance.reports.sample import sample_content

MARKUP = '<script>alert("x")</script><img src=x onerror=alert(1)></style></p>&lt;b&gt;'
TEMPLATE = "{{ 7|add:7 }}{% include 'settings.py' %}{a|b}"
CSS = '"; } @page { margin: 0; background: url(file:///etc/passwd) } b { "'
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitän" * 8
EMOJI = "已确认 👍🏽 😀 ⚠️ ✈"
RIGHT_TO_LEFT = "شركة النجوم للتجزئة \u202eevil\u202c חברת כוכב"
LATIN = "Dvořák Żółć İstanbul Ștefan Ωμέγα Київ"
CONTROL = "a\x00b\x07c\u2028d\ufeffe"
UNDRAWABLE = "한국어"
SENTENCES = [f"第{number:03d}句说明很长，用来检验跨页时不丢字。" for number in range(240)]
LONG_ANSWER = "".join(SENTENCES)


def hostile_content(catalogue: Catalogue) -> RevisionContent:
    """Every place where people write holds something nasty."""
    content = cast(dict[str, Any], copy.deepcopy(sample_content(catalogue)))
    content["tenant"]["names"] = {"zh": f"星河{MARKUP}", "en": f"Xinghe {MARKUP}"}
    content["project"] |= {
        "code": f"XH{CSS}",
        "names": {"zh": f"{LONG_WORD}{MARKUP}", "en": f"{TEMPLATE} {LONG_WORD}"},
        "purpose": MARKUP + LONG_WORD * 4,
        "unit": CONTROL,
    }
    content["gate"]["asked"] = LONG_WORD * 3
    for person in (content["project"]["owner"], content["revision"]["frozen_by"]):
        person["name"] = f"{RIGHT_TO_LEFT}{MARKUP}"
    texts = [MARKUP, TEMPLATE, CSS, LONG_WORD, EMOJI, RIGHT_TO_LEFT, LATIN, CONTROL, UNDRAWABLE, LONG_ANSWER]
    free = [item for item in content["items"] if item["applies"]]
    for number, item in enumerate(free):
        item["comment"] = texts[number % len(texts)][:600]
        item["explain"] = {"zh": texts[number % len(texts)][:200], "en": texts[(number + 1) % len(texts)][:200]}
    free[0]["value"] = LONG_ANSWER
    for entry in content["evidence"]:
        entry["name"] = MARKUP + LONG_WORD
    content["evidence"][0] |= {"kind": "link", "address": "javascript:alert(1)", "sha256": None, "size": None}
    content["evidence"][1] |= {"kind": "link", "address": "file:///etc/passwd", "sha256": None, "size": None}
    content["evidence"][2] |= {"kind": "note", "text": LONG_ANSWER, "sha256": None, "size": None}
    for one in content["measurements"]:
        one |= {"metric": {"zh": LONG_WORD, "en": LONG_WORD}, "tool": MARKUP, "model": LONG_WORD, "file_name": LONG_WORD}
    for one in content["project"]["money"]:
        one["line"] = {"zh": f"{TEMPLATE}{MARKUP}", "en": LONG_WORD}
    content["risks"] = [
        {
            "id": f"R{n}",
            "item": "",
            "group": LONG_WORD,
            "harm": MARKUP * 3,
            "misuse": EMOJI,
            "severity": "critical",
            "measure": LONG_WORD,
            "residual": "high",
            "accepted_by": None,
            "accepted_at": None,
        }
        for n in range(12)
    ]
    for one in content["filings"]:
        one["number"] = one["number"] and LONG_WORD
        one["decision_reason"] = MARKUP
    content["limits"] = [{"zh": MARKUP, "en": CSS}]
    return cast(RevisionContent, content)


def blocked_content(catalogue: Catalogue) -> RevisionContent:
    """Every blocker failed or open, every red finding true: the executive's page at its fullest."""
    content = cast(dict[str, Any], copy.deepcopy(sample_content(catalogue)))
    blockers = [item for item in content["items"] if item["blocker"] and item["applies"]]
    for number, item in enumerate(blockers):
        item["verdict"] = "fail" if number % 2 else "open"
    content["blockers"] = [{"item": item["key"], "verdict": item["verdict"], "condition": ""} for item in blockers]
    content["red_findings"] = [one | {"result": "yes"} for one in content["red_findings"]]
    content["readiness"] |= {"value": "41.0", "band": "blocked"}
    content["project"]["purpose"] = "把坐席留给投诉和特殊情形。" * 30
    content["gate"]["asked"] = "请批准上线。" * 40
    content["project"]["audience"] = list(catalogue.facts["audience"].choices)
    for score in content["scores"]:
        score |= {"failed": 3, "open": 2, "blockers_failed": 2, "blockers_open": 1}
    return cast(RevisionContent, content)


def long_table_content(catalogue: Catalogue, rows: int) -> RevisionContent:
    """One table item with many rows, each with a token of its own."""
    content = cast(dict[str, Any], copy.deepcopy(sample_content(catalogue)))
    item = next(one for one in content["items"] if one["key"] == "D1.02")
    item["value"] = [
        {"metric": f"行标记{number:04d}号", "baseline": "1", "target": "2", "unit": "%", "due": "2027-01-01"} for number in range(rows)
    ]
    return cast(RevisionContent, content)
