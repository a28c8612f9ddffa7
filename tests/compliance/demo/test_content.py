"""The demo's content as a reader sees it: its own words per project, no repeated sentences, two languages kept apart."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from compliance.demo.content import DATA, Filler, answers, read
from compliance.demo.written import pdf_of, xlsx_of

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PROJECTS = [spec for name in ("xinghe", "nordhagen") for spec in read(f"projects_{name}")]
STORIES = ("comments", "returned", "na", "waivers", "decided")


def texts(given: Any) -> Iterator[str]:
    """All strings in a piece of content, keys apart."""
    if isinstance(given, dict):
        for value in given.values():
            yield from texts(value)
    elif isinstance(given, list):
        for value in given:
            yield from texts(value)
    elif isinstance(given, str):
        yield given


def test_every_project_says_in_its_own_words_what_hurts() -> None:
    said = {code: entry["D1.01"]["pass"]["value"] for code, entry in {**read("own"), "XH-0007": read("flagship")}.items()}
    assert set(said) == {spec["code"] for spec in PROJECTS}
    assert len(set(said.values())) == len(said)
    assert all(re.search(r"\d", text) for text in said.values()), "figures are what a reader believes"


def test_purposes_and_metrics_are_not_repeated() -> None:
    for name in ("purpose", "zh", "en"):
        counted = Counter((spec["code"][:2], spec[name]) for spec in PROJECTS)
        assert max(counted.values()) == 1, name
    assert all(len(spec["metric"]) == 4 and spec["metric"][3] for spec in PROJECTS), "a figure without its unit"


@pytest.mark.parametrize("name", STORIES)
def test_what_people_wrote_is_said_once(name: str) -> None:
    told = [text for entries in read("stories")[name].values() for text in texts(entries) if len(text) > 15]
    assert len(told) == len(set(told))


@pytest.mark.parametrize("name", STORIES)
def test_each_organisation_writes_its_language(name: str) -> None:
    for code, entries in read("stories")[name].items():
        for text in texts(entries):
            if len(text) > 15:
                assert bool(CHINESE.search(text)) is code.startswith("XH"), text


def test_no_text_is_cut_off_at_a_comma() -> None:
    """A comma in an unquoted text of a one-line entry ends it; what follows becomes a name without a value."""

    def lost(given: Any) -> Iterator[str]:
        if isinstance(given, dict):
            yield from (str(name) for name, value in given.items() if value is None)
        for value in given.values() if isinstance(given, dict) else given if isinstance(given, list) else ():
            yield from lost(value)

    assert not [name for path in sorted(DATA.glob("*.yaml")) for name in lost(read(path.stem))]


def test_no_filling_words() -> None:
    everything = [text for name in ("stories", "own", "flagship", "around", "stakeholders", "papers") for text in texts(read(name))]
    everything += list(texts(answers())) + [text for spec in PROJECTS for text in texts(spec)]
    for text in everything:
        assert not re.search(r"lorem|ipsum|todo|xxx|test test|待填|测试测试", text, re.IGNORECASE), text


def test_one_of_several_texts_is_chosen_by_the_project() -> None:
    given = {"any": [{"zh": "一", "en": "one"}, {"zh": "二", "en": "two"}, {"zh": "三", "en": "three"}]}
    chosen = {code: Filler("en", dt.date(2026, 1, 5), {"code": code})(given) for code in ("XH-0001", "XH-0002", "XH-0003", "XH-0009")}
    assert set(chosen.values()) <= {"one", "two", "three"}
    assert len(set(chosen.values())) > 1
    assert chosen == {code: Filler("en", dt.date(2027, 2, 1), {"code": code})(given) for code in chosen}


def test_papers_have_the_same_bytes_each_time() -> None:
    rows = [["题号", "得分"], ["1", "89.4"], ["合计", "98.4%"]]
    assert xlsx_of(rows) == xlsx_of(rows)
    assert pdf_of(["题目", "正文"]) == pdf_of(["题目", "正文"])
    assert b"Helvetica" in pdf_of(["Title", "Words"])
    assert b"STSong" in pdf_of(["题目"])
