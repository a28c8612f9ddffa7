"""Forms and workbooks: every source exists, every form can be written in three languages, quantities are counted as the content asks."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from docx import Document

from compliance.dossiers.content import BOOK, assigned, forms, risk_kinds
from compliance.dossiers.papers.books import write_book
from compliance.dossiers.papers.form import write_form
from compliance.dossiers.papers.writing import numeral
from compliance.dossiers.quantities import check, limits_of
from portal.catalogue import catalogue
from tests.compliance.dossiers.conftest import book

TODAY = dt.date(2026, 11, 24)
KINDS = [(group["code"], kind["code"]) for group in risk_kinds() for kind in group["kinds"]]
HEAD = {"organisation": {"zh": "星河", "en": "Xinghe"}, "filing": {"zh": "备案", "en": "Filing"}, "project": None, "code": ""}


def test_every_assignment_and_every_source_is_in_the_content():
    content = catalogue()
    for regime, entries in assigned().items():
        known = {one.id for one in content.filings[regime].documents}
        for form, documents in entries:
            assert form in forms()
            assert set(documents) <= known, regime
    tables = {"stakeholders", "quantities"}
    for form in forms().values():
        for source in form.sources - tables:
            kind, _dot, rest = source.partition(".")
            match kind:
                case "fact":
                    assert rest in content.facts
                case "item":
                    item = content.items[".".join(source.split(".")[1:3])]
                    assert item.answer_type not in ("file", "computed")
                case "number":
                    assert rest in content.filings
                case "role":
                    assert rest in content.roles
                case _:
                    assert kind in ("organisation", "project", "filing")


def test_the_kinds_of_risk_are_as_many_as_the_content_says():
    limits = limits_of(catalogue())["risk_taxonomy"]
    counted = {group["code"]: len(group["kinds"]) for group in risk_kinds()}
    assert (len(counted), sum(counted.values())) == (limits["groups"], limits["kinds"])
    assert counted == {f"A.{n}": limits[f"a{n}"] for n in range(1, 6)}


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_a_hostile_text_is_only_text(language):
    bad = "<b>&\x00\x0b\ud800 =1+1 “x”\n第二行"
    filled = {
        "name": {"zh": "表", "en": "Form"},
        "intro": None,
        "style": "chinese",
        "signature": True,
        "sections": [
            {
                "title": {"zh": "一", "en": "One"},
                "help": None,
                "layout": layout,
                "fields": [
                    {"label": {"zh": "甲", "en": "A"}, "help": None, "value": {"zh": bad, "en": bad}, "options": None},
                    {"label": {"zh": "乙", "en": "B"}, "help": {"zh": "照", "en": "as"}, "value": None, "options": None},
                ],
                "table": {"head": [{"zh": "列", "en": "Col"}], "rows": [], "widths": []},
            }
            for layout in ("table", "text")
        ],
    }
    made = write_form(filled, HEAD, language, dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC))
    paper = Document(io.BytesIO(made))
    text = "\n".join(
        [one.text for one in paper.paragraphs] + [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    )
    assert "<b>&" in text
    assert text.count("to be filled in" if language == "en" else "待填写") >= 4
    assert paper.core_properties.author in ("星河", "Xinghe")


def test_chinese_numbers_of_sections():
    assert [numeral(n, "zh") for n in (1, 10, 11, 20, 21)] == ["一、", "十、", "十一、", "二十、", "二十一、"]


def keywords(short: str = "", days: int = 1) -> bytes:
    """As many as the content asks; one kind one short."""
    rows = []
    for group, kind in KINDS:
        many = {"A.1": 600, "A.2": 300}.get(group, 200)
        many = 199 if kind == short else many
        rows += [(kind, f"{kind} word {n}", TODAY - dt.timedelta(days=days)) for n in range(many)]
    return book("keyword_list", {"keywords": rows})


def figures(form: str, content: bytes) -> dict[str, tuple[str, bool]]:
    found = check(forms()[form], io.BytesIO(content), limits_of(catalogue()), TODAY)
    return {one["what"]["en"]: (one["figure"], one["passed"]) for one in found}


def test_keywords_on_both_sides_of_each_limit():
    good = figures("keyword_list", keywords())
    assert all(passed for _figure, passed in good.values()), good
    short = figures("keyword_list", keywords(short="A.1.3", days=8))
    assert short["Least of a kind of A.1"] == ("A.1.3: 199", False)
    assert short["Last update"] == ("2026-11-16", False)
    assert short["Least of a kind of A.2"] == ("A.2.1: 300", True)
    written = [
        ("a1-3 煽动", "one", "2026/11/20"),
        ("危害国家安全和利益、损害国家形象", "two", ""),
        ("Z", "three", ""),
        ("A.1.3", "ONE", ""),
    ]
    odd = figures("keyword_list", book("keyword_list", {"keywords": written}))
    assert odd["Keywords in all"] == ("2", False)
    assert odd["Rows without a known kind"] == ("1", False)
    assert odd["Rows that repeat another (not counted)"] == ("1", False)


def questions(wrong: int, refused: int) -> bytes:
    bank = []
    for group, kind in KINDS:
        for n in range(70 if group in ("A.1", "A.2") else 60):
            verdict = "不合格" if len(bank) < wrong else "合格"
            bank.append((kind, f"{kind} {n}", verdict, verdict, verdict))
    refuse = [(kind, f"no {kind} {n}", "是") for group, kind in KINDS if group in ("A.1", "A.2") for n in range(30)]
    answer = [(f"topic {n % 20}", f"ask {n}", "是" if n < refused else "否") for n in range(500)]
    return book("test_sets", {"bank": bank, "refuse": refuse, "answer": answer})


def test_questions_on_both_sides_of_each_limit():
    good = figures("test_sets", questions(wrong=203, refused=25))
    assert all(passed for _figure, passed in good.values()), good
    assert good["Pass rate, by hand"][0] == "90.0 %"
    bad = figures("test_sets", questions(wrong=204, refused=26))
    assert bad["Pass rate, classifier"] == ("89.9 %", False)
    assert bad["Should not refuse: refused"] == ("5.2 %", False)
    assert bad["Kinds of risk covered"] == ("31", True)
    empty = figures("test_sets", book("test_sets"))
    assert not any(passed for _figure, passed in empty.values())


@pytest.mark.parametrize("language", ["zh", "en", "both"])
@pytest.mark.parametrize("form", [form.id for form in forms().values() if form.kind == BOOK])
def test_our_own_template_is_read_back(form, language):
    limits = limits_of(catalogue())
    made = write_book(forms()[form], limits, [{"zh": "要求", "en": "Requirement"}], HEAD, language)
    pages = openpyxl.load_workbook(io.BytesIO(made))
    assert len(pages.sheetnames) == len(forms()[form].sheets) + 2
    count = pages.worksheets[-1]
    assert (count.max_row, str(count["E2"].value)[:9]) == (33, "=COUNTIF(")
    assert figures(form, made)
