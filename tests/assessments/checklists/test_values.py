"""Typed answers: every type, what is accepted, what is refused, and with which sentence."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from assessments.checklists.values import AnswerInvalid, clean_answer, is_group, parts_of, say_answer
from assessments.checklists.values.forms import raw_answer
from assessments.checklists.values.reading import read_date, read_money, read_number, read_percent, read_text
from assessments.scoring.answers import read_answer
from portal.catalogue import catalogue

ITEMS = catalogue().items


def item_of(answer_type: str, **wanted):
    """The first item of a type, so that no test names one item of the content where any would do."""
    return next(
        item
        for item in ITEMS.values()
        if item.answer_type == answer_type and all(getattr(item, name) == value for name, value in wanted.items())
    )


def beside(answer_type: str):
    return next(item for item in ITEMS.values() if item.answer_type == answer_type and item.fields)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1,234.5", "1234.5"),
        ("１２３４", "1234"),
        ("1，234", "1234"),
        (" 1 234 567 ", "1234567"),
        ("1'234", "1234"),
        ("12,3456", "123456"),
        ("1.2万", "12000"),
        ("3 亿", "300000000"),
        ("0.50", "0.5"),
        ("-3", "-3"),
        ("−3", "-3"),
        ("1e3", "1000"),
        ("1.234.567,5", "1234567.5"),
        (42, "42"),
        (0.1, "0.1"),
        ("-0", "0"),
    ],
)
def test_numbers_as_people_write_them(typed, stored):
    assert read_number(typed) == stored


@pytest.mark.parametrize("typed", ["", "abc", "1,5", "1,23,456", "1.2.3", "--1", "NaN", "Infinity", "1e99", "0x10", True, "1" * 100, "٣ض"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ValueError, match="."):
        read_number(typed)


def test_an_ambiguous_comma_says_how_to_write_it():
    with pytest.raises(ValueError, match=r"3\.5"):
        read_number("3,5")


@pytest.mark.parametrize(
    ("typed", "stored"), [("85", "85"), ("85%", "85"), ("８５．５％", "85.5"), ("百分之85", "85"), (100, "100"), ("0", "0")]
)
def test_percentages(typed, stored):
    assert read_percent(typed) == stored


@pytest.mark.parametrize("typed", ["101", "-1", "85‰", "%"])
def test_percentages_out_of_range(typed):
    with pytest.raises(ValueError, match="."):
        read_percent(typed)


@pytest.mark.parametrize(
    ("typed", "currency", "stored"),
    [
        ("1,200.50", "CNY", "1200.5"),
        ("¥1,200", "CNY", "1200"),
        ("￥1,200", "CNY", "1200"),
        ("120万元", "CNY", "1200000"),
        ("CNY 1200", "CNY", "1200"),
        ("€ 99.90", "EUR", "99.9"),
        ("1200 EUR", "EUR", "1200"),
        ("0.0008", "CNY", "0.0008"),
    ],
)
def test_money(typed, currency, stored):
    assert read_money(typed, currency) == stored


@pytest.mark.parametrize(
    ("typed", "currency"), [("$100", "CNY"), ("100 EUR", "CNY"), ("¥100", "EUR"), ("-5", "CNY"), ("1e15", "CNY"), ("0.12345678", "CNY")]
)
def test_money_in_another_currency_or_out_of_bounds(typed, currency):
    with pytest.raises(ValueError, match="."):
        read_money(typed, currency)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-23",
        "2026/11/23",
        "2026.11.23",
        "2026年11月23日",
        "20261123",
        "２０２６－１１－２３",
        "23.11.2026",
        "23/11/2026",
        "11/23/2026",
        "23 Nov 2026",
        "November 23, 2026",
        "2026-11-23 00:00:00",
    ],
)
def test_dates_as_people_write_them(typed):
    assert read_date(typed) == "2026-11-23"


@pytest.mark.parametrize("typed", ["2026-13-01", "2026-02-30", "1889-01-01", "tomorrow", "03/04/2026", "46349", "32 Nov 2026"])
def test_what_is_no_date_is_refused(typed):
    with pytest.raises(ValueError, match="."):
        read_date(typed)


def test_text_is_composed_and_without_control_characters():
    assert read_text("e\u0301\r\nzwei\x00\x08", 10) == "é\nzwei"
    with pytest.raises(ValueError, match="3"):
        read_text("four", 3)


@pytest.mark.parametrize(
    ("answer_type", "raw", "stored"),
    [
        ("yes_no_na", "yes", "yes"),
        ("yes_no_na", "是", "yes"),
        ("yes_no_na", False, "no"),
        ("yes_no_na", "", None),
        ("number", "１，２３４", "1234"),
        ("percent", "95％", "95"),
        ("money", "¥1,000", "1000"),
        ("text", "  两个字 ", "两个字"),
        ("text", "   ", None),
        ("computed", "anything", None),
    ],
)
def test_single_answers(answer_type, raw, stored):
    assert clean_answer(item_of(answer_type), raw, currency="CNY") == stored


@pytest.mark.parametrize(
    ("answer_type", "raw"),
    [
        ("yes_no_na", "maybe"),
        ("yes_no_na", ["yes"]),
        ("number", "many"),
        ("number", {"a": 1}),
        ("percent", "120"),
        ("text", 7),
        ("text", "x" * 6001),
        ("single_choice", "no such option"),
        ("single_choice", 7),
        ("multi_choice", ["no such option"]),
        ("multi_choice", {"a": 1}),
        ("table", "text"),
        ("table", [1, 2]),
    ],
)
def test_wrong_answers_name_the_field(answer_type, raw):
    with pytest.raises(AnswerInvalid) as caught:
        clean_answer(item_of(answer_type), raw, currency="CNY")
    assert list(caught.value.fields) == ["answer"]
    assert all(caught.value.fields.values())


def test_choices_by_value_and_by_label_in_both_languages():
    item = item_of("single_choice")
    value, choice = next(iter(item.choices.items()))
    for typed in (value, choice.label.zh, choice.label.en.upper()):
        assert clean_answer(item, typed, currency="CNY") == value


def test_several_choices_keep_the_order_of_the_catalogue_and_none_is_an_answer():
    item = item_of("multi_choice")
    values = list(item.choices)
    assert clean_answer(item, [values[2], values[0], values[2]], currency="CNY") == [values[0], values[2]]
    assert clean_answer(item, [""], currency="CNY") == []
    assert clean_answer(item, None, currency="CNY") is None
    with pytest.raises(AnswerInvalid):
        clean_answer(item, ["", values[0]], currency="CNY")


def table_with(column_type: str):
    return next(
        (item, field)
        for item in ITEMS.values()
        if item.answer_type == "table"
        for field in item.fields.values()
        if field.type == column_type
    )


@pytest.mark.parametrize(
    ("column_type", "typed", "stored"),
    [
        ("number", "1,000", "1000"),
        ("percent", "９０％", "90"),
        ("money", "¥ 5", "5"),
        ("date", "2026年1月2日", "2026-01-02"),
        ("text", "甲", "甲"),
    ],
)
def test_cells(column_type, typed, stored):
    item, field = table_with(column_type)
    assert clean_answer(item, [{field.name: typed}, {field.name: ""}], currency="CNY") == [{field.name: stored}]


@pytest.mark.parametrize(
    ("column_type", "typed"),
    [
        ("number", "viel"),
        ("percent", "140"),
        ("money", "USD 5"),
        ("date", "gestern"),
        ("text", "x" * 1001),
        ("choice", "nothing like it"),
        ("file", "not-attached"),
    ],
)
def test_wrong_cells_are_named_by_row_and_column(column_type, typed):
    item, field = table_with(column_type)
    with pytest.raises(AnswerInvalid) as caught:
        clean_answer(item, [{}, {field.name: typed}] if not is_group(item) else [{field.name: typed}], currency="CNY")
    assert list(caught.value.fields) == [f"rows-{0 if is_group(item) else 1}-{field.name}"]


def test_all_faults_of_a_table_are_told_at_once():
    item, field = table_with("number")
    with pytest.raises(AnswerInvalid) as caught:
        clean_answer(item, [{field.name: "a"}, {field.name: "1"}, {field.name: "b"}], currency="CNY")
    assert set(caught.value.fields) == {f"rows-0-{field.name}", f"rows-2-{field.name}"}


def test_tables_are_bounded_and_know_their_columns():
    item, field = table_with("text")
    with pytest.raises(AnswerInvalid):
        clean_answer(item, [{field.name: "x"}] * 201, currency="CNY")
    with pytest.raises(AnswerInvalid) as caught:
        clean_answer(item, [{"no_such_column": "x"}], currency="CNY")
    assert list(caught.value.fields) == ["rows-0"]
    with pytest.raises(AnswerInvalid):
        clean_answer(item, [dict.fromkeys(item.fields, "字" * 1000)] * 200, currency="CNY")
    assert clean_answer(item, [{}, {field.name: "  "}], currency="CNY") is None


def test_a_group_has_one_row():
    groups = [item for item in ITEMS.values() if is_group(item)]
    assert groups
    number = next(field for field in groups[0].fields.values() if field.type == "number")
    assert clean_answer(groups[0], {number.name: "12"}, currency="CNY") == [{number.name: "12"}]
    with pytest.raises(AnswerInvalid):
        clean_answer(groups[0], [{number.name: "1"}, {number.name: "2"}], currency="CNY")


def test_file_columns_take_evidence_of_the_item_only():
    item, field = table_with("file")
    assert clean_answer(item, [{field.name: "e-1"}], currency="CNY", evidence={"e-1"}) == [{field.name: "e-1"}]


def test_fields_beside_an_answer_are_stored_as_rules_read_them():
    item = beside("date")
    name = next(iter(item.fields))
    stored = clean_answer(item, {"value": "2027/05/01", name: "model change"}, currency="CNY")
    assert stored == {"value": "2027-05-01", name: "model change"}
    read = read_answer(item, stored)
    assert str(read.value) == "2027-05-01"
    assert read.fields == {name: "model change"}
    parts = parts_of(item, stored)
    assert (parts.answer, parts.fields) == ("2027-05-01", {name: "model change"})
    assert clean_answer(item, {"value": "", name: ""}, currency="CNY") is None


def test_files_carry_their_approval_and_fields():
    item = beside("file")
    name = next(iter(item.fields))
    stored = clean_answer(item, {"approved": "on", name: "5"}, currency="CNY")
    assert stored == {"approved": True, name: "5"}
    assert read_answer(item, stored, files=1).approved is True
    with pytest.raises(AnswerInvalid) as caught:
        clean_answer(item, {"approved": True, name: "x"}, currency="CNY")
    assert list(caught.value.fields) == [f"field-{name}"]


@pytest.mark.parametrize("item", ITEMS.values(), ids=lambda item: item.id)
def test_every_item_of_the_catalogue_can_be_read_from_a_form_and_said(item):
    sample = {"number": "1", "percent": "50", "money": "10", "date": "2026-12-01", "text": "<b>x</b>", "file": ""}
    data = QueryDict(mutable=True)
    data["version"] = "1"
    if item.answer_type == "yes_no_na":
        data["answer"] = "no"
    elif item.choices:
        data.setlist("answer", [next(iter(item.choices))])
    elif item.answer_type in sample:
        data["answer"] = sample[item.answer_type]
    prefix, count = ("rows-0-", "1") if item.answer_type == "table" else ("field-", "0")
    data["rows-count"] = count
    for field in item.fields.values():
        data[f"{prefix}{field.name}"] = next(iter(field.choices)) if field.choices else sample[field.type]
    stored = clean_answer(item, raw_answer(item, data), currency="CNY")
    lines = say_answer(item, stored, currency="CNY")
    if item.answer_type == "computed":
        assert (stored, lines) == (None, [])
    else:
        assert stored is not None
        assert lines
        read_answer(item, stored, files=1, evidence=1)
    assert all(isinstance(line, str) for line in lines)


def test_a_wrong_row_count_is_refused():
    item = item_of("table")
    for given in ("-1", "x", "99999", "201"):
        data = QueryDict(mutable=True)
        data["rows-count"] = given
        with pytest.raises(AnswerInvalid):
            raw_answer(item, data)
