"""Words, figures, dates and characters in the language of the report."""

import re

import pytest

from compliance.reports.characters import FAMILY, FONT_STACK, drawable, printable
from compliance.reports.voice import Phrase, Voice, layout, wording
from portal.catalogue.installed import catalogue, installed_versions


def test_every_wording_has_both_languages_and_the_same_names():
    for key, text in wording().items():
        assert set(text) == {"zh", "en"}, key
        assert set(re.findall(r"\{(\w+)\}", text["zh"])) == set(re.findall(r"\{(\w+)\}", text["en"])), key
        assert bool(text["zh"]) == bool(text["en"]), key


@pytest.mark.parametrize("version", installed_versions())
def test_the_layout_names_what_every_installed_catalogue_has(version):
    known, plan = catalogue(version), layout()
    executive, data, risk = plan["executive"], plan["data"], plan["risk"]
    for figure in executive["cost"]:
        assert figure["output"] in known.calculators[figure["calculator"]].outputs
        assert figure["label"] in wording()
    budget = executive["compliance_budget"]
    assert {budget["output"], budget["share"]} <= set(known.calculators[budget["calculator"]].outputs)
    assert set(data["items"]) <= set(known.items)
    assert set(data["fact_groups"]) <= set(known.fact_groups)
    assert set(data["quality"]["outputs"]) <= set(known.calculators[data["quality"]["calculator"]].outputs)
    assert set(risk["columns"].values()) <= set(known.items[risk["item"]].fields)


@pytest.mark.parametrize("version", installed_versions())
def test_every_state_verdict_and_dimension_of_the_catalogue_has_a_word(version):
    known = catalogue(version)
    for verdict in known.vocabularies["verdicts"].choices:
        assert f"verdict_{verdict}" in wording()
    for dimension in known.dimensions:
        assert f"dim_{dimension}" in wording()


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="language"):
        Voice("fr")


def test_text_of_people_is_escaped_in_every_language():
    for language in ("zh", "en", "both"):
        said = Voice(language).say({"zh": "<b>甲</b>", "en": "<i>A</i> & B"})
        assert "<b>" not in said
        assert "<i>" not in said


def test_bilingual_text_says_the_second_language_only_where_it_adds_something():
    voice = Voice("both")
    assert voice.say(Phrase("通过", "Pass")) == '通过 <span class="e" lang="en">Pass</span>'
    assert voice.say(Phrase("85%", "85%")) == "85%"
    assert voice.say(voice.figure("820", "ms")) == '820 毫秒 <span class="e" lang="en">ms</span>'
    assert voice.say(voice.moment("2026-11-23T17:20:00+08:00")) == "2026-11-23 17:20（UTC+8）"
    assert voice.say(Phrase("2 项条件，最晚 12-15", "2 conditions, the last on 12-15")).endswith("2 conditions, the last on 12-15</span>")


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        ("1475360.76", "currency", "¥1,475,360.76", "¥1,475,360.76"),
        ("89", "percent", "89%", "89%"),
        ("0.343", "count", "0.343", "0.343"),
        ("6.8", "requests/s", "6.8 次/秒", "6.8 requests/s"),
        (True, "true/false", "是", "yes"),
        ([], "list", "无", "none"),
        (["90000", "1"], "currency list", "¥90,000、¥1", "¥90,000, ¥1"),
        (None, "count", "–", "–"),
        ("M", "tier", "M", "M"),
    ],
)
def test_figures_carry_their_unit(value, unit, zh, en):
    assert Voice("zh").figure(value, unit, "CNY") == {"zh": zh, "en": en}


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        ("126400", "¥12.6 万", "¥126,400"),
        ("18400000", "¥1,840 万", "¥18.4 m"),
        ("-20000", "−¥2 万", "−¥20,000"),
        ("99.5", "¥99.50", "¥99.50"),
    ],
)
def test_short_money_counts_as_the_language_does(amount, zh, en):
    assert Voice("zh").money_short(amount, "CNY")["zh"] == zh
    assert Voice("en").money_short(amount, "CNY")["en"] == en


def test_bilingual_short_money_is_in_digits():
    assert Voice("both").money_short("1475360.76", "CNY") == {"zh": "¥1,475,361", "en": "¥1,475,361"}


def test_moments_name_their_zone():
    voice = Voice("en")
    assert voice.plain(voice.moment("2026-11-23T17:20:00+05:30")) == "2026-11-23 17:20 (UTC+5:30)"
    assert voice.plain(voice.moment("2026-11-23T09:20:00+00:00")) == "2026-11-23 09:20 (UTC)"
    assert voice.plain(voice.moment("2026-11-23")) == "2026-11-23"
    assert voice.plain(voice.moment(None)) == "–"


def test_what_no_font_can_draw_is_shown_by_code():
    assert printable("한") == "[U+D55C]"
    assert printable("a\x00b") == "a[U+0000]b"


def test_direction_overrides_are_shown_not_obeyed():
    assert printable("ab\u202ecd\u202c") == "ab[U+202E]cd[U+202C]"


def test_what_fonts_can_draw_stays():
    for text in ("龘囍〇，。“”（）", "Dvořák Żółć İstanbul", "Київ Ωμέγα", "👍🏽 ⚠️", "שלום العربية", "✓!×○◇◑▲△→≥≤−–…·¥€₩"):
        assert printable(text) == text


def test_the_chinese_family_is_named_first():
    assert FONT_STACK.startswith(f'"{FAMILY}"')
    assert ord("中") in drawable()
