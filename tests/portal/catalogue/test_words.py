# ruff: noqa: E501 - sentences stand on one line
"""Every rule of the content said in words: readable, complete, and without a trace of code in either language."""

from __future__ import annotations

import re

import pytest

from compliance.catalogue_check.wording import check_words, every_text
from portal.catalogue import catalogue
from portal.catalogue.words import Lexicon, rule_outline, say_digits, say_fact_value, say_number, say_rule, say_value, say_visibility
from portal.core.expressions import EMPTY, UNKNOWN, parse

CONTENT = catalogue()
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def words(item: str, rule: str) -> tuple[str, str]:
    said = say_rule(parse(rule), Lexicon(CONTENT, item=CONTENT.items[item]))
    return said.zh, said.en


def fact_words(rule: str) -> tuple[str, str]:
    said = say_rule(parse(rule), Lexicon(CONTENT))
    return said.zh, said.en


def test_no_rule_shows_code() -> None:
    assert check_words(CONTENT) == []


def test_every_rule_is_said_in_both_languages() -> None:
    said = [(name, say()) for _, name, say, _ in every_text(CONTENT)]
    assert len(said) > 129 * 4 + 99 + 5 + 15 + 15
    for name, text in said:
        assert text.zh.strip(), name
        assert text.en.strip(), name
        assert text.zh.count("（") + text.zh.count("(") == text.zh.count("）") + text.zh.count(")"), name
        assert text.en.count("(") == text.en.count(")"), name
        assert "“" not in text.en, name
        assert "{" not in text.zh + text.en, name


def test_rules_of_items_and_filings_hold_chinese() -> None:
    for file, name, say, _ in every_text(CONTENT):
        if file != "calculators.yaml":
            assert CHINESE.search(say().zh), name


@pytest.mark.parametrize(
    ("item", "rule", "zh", "en"),
    [
        (
            "D3.06",
            "rows >= 1 and filled('monthly_increment') == 1 and evidence()",
            "至少 1 行，且每行均填写“月增量”，且至少附有一份已接受的证据",
            "at least 1 row, and ‘monthly increment’ filled in every row, and at least one accepted piece of evidence",
        ),
        ("D1.01", "len(answer) < 80", "答案少于 80 个字", "the answer has fewer than 80 characters"),
        ("D1.11", "answer in ['no','na']", "回答“否”或“不适用”", "the answer is ‘no’ or ‘not applicable’"),
        ("D2.05", "answer >= 0 and answer < 2", "答案不低于 0 且低于 2", "the answer is at least 0 and below 2"),
        (
            "D3.02",
            "min_ratio('available','needed') < 0.7",
            "有行的“现有”低于“需要”的 70%",
            "‘at hand’ is below 70% of ‘needed’ in at least one row",
        ),
        (
            "D9.02",
            "min_diff('recall_measured','recall_target') >= -5",
            "填写完整的每一行中，“实测”均比“目标”最多低 5 个百分点",
            "‘measured’ is at most 5 percentage points below ‘target’ in every completed row",
        ),
        (
            "D5.10",
            "count('result','open_high') == 0",
            "没有“结论”为“高危未关闭”的行",
            "‘result’ is ‘open, high’ in no row",
        ),
        ("D5.04", "not all_of(answer, ['transit','rest'])", "未同时选择“传输”、“存储”", "not all of ‘in transit’, ‘at rest’ are chosen"),
        (
            "D10.03",
            "calc('C-D10-BUDGET', 'share_pct') < param('C-D10-BUDGET', 'compliance_share_min')",
            "“合规预算”的“占比”低于参数“占比最低值”（4%）",
            "‘share’ of ‘Compliance budget’ is below the parameter ‘least share’ (4%)",
        ),
        ("D10.11", "days_until(answer) <= 183", "日期距今不超过 183 天", "the date is at most 183 days away"),
        ("D2.01", "files == 0 or not approved", "没有附件，或附件未获批准", "no file is attached, or the file lacks its approval"),
    ],
)
def test_item_rule(item: str, rule: str, zh: str, en: str) -> None:
    assert words(item, rule) == (zh, en)


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ("face_recognition == 'yes'", "“是否使用人脸识别”为“是”", "‘Is face recognition used?’ is answered ‘yes’"),
        (
            "face_recognition == 'yes' and minors_pi == 'yes'",
            "“是否使用人脸识别”和“是否处理未成年人个人信息”均为“是”",
            "‘Is face recognition used?’ and ‘Is personal data of minors processed?’ are answered ‘yes’",
        ),
        (
            "not (face_recognition == 'yes' or minors_pi == 'yes')",
            "“是否使用人脸识别”、“是否处理未成年人个人信息”均不为“是”",
            "none of ‘Is face recognition used?’, ‘Is personal data of minors processed?’ is answered ‘yes’",
        ),
        ("training_flops >= 1e25", "“自有模型的累计训练算力（FLOP）”不低于 10²⁵ FLOP", "‘Cumulative training compute of the own model (FLOP)?’ is at least 10²⁵ FLOP"),
        ("pi_subject_count >= 1", "“本单位处理多少人的个人信息”不低于 1 人", "‘Of how many people does the organisation process personal data?’ is at least 1 person"),
        ("launch_date >= date('2026-07-15')", "“计划或实际上线日期”不早于 2026 年 7 月 15 日", "‘Planned or actual launch date?’ is no earlier than 15 July 2026"),
        ("audience == ['internal_staff']", "“谁会使用该应用或看到其输出”仅为“内部员工”", "‘Who uses the application or sees its output?’ is ‘internal staff’ and nothing else"),
        ("filing_done('icp_filing')", "“非经营性互联网信息服务备案（ICP备案）”已办结", "‘ICP filing’ is done"),
        ("not medical_purpose == 'yes'", "“是否具有医疗器械意义上的预期医疗用途”不为“是”", "‘Is there an intended medical purpose in the sense of device law?’ is not answered ‘yes’"),
    ],
)  # fmt: skip
def test_fact_rule(rule: str, zh: str, en: str) -> None:
    assert fact_words(rule) == (zh, en)


def test_outline_keeps_the_structure() -> None:
    outline = rule_outline(parse("face_recognition == 'yes' or (mlps_level >= 3 and cii_operator == 'no')"), Lexicon(CONTENT))
    assert outline.join == "any"
    assert [part.join for part in outline.parts] == ["one", "all"]
    assert len(outline.parts[1].parts) == 2


def test_visibility() -> None:
    always, hidden = CONTENT.items["D1.01"], CONTENT.items["D5.06"]
    assert say_visibility(always, Lexicon(CONTENT, item=always)).en == "always shown"
    assert say_visibility(hidden, Lexicon(CONTENT, item=hidden)).zh == "“处理哪一类个人信息”不是“不处理”"


def test_numbers() -> None:
    assert say_digits(12568.856) == "12,568.856"
    assert say_digits(0) == "0"
    assert say_digits(1 / 3) == "≈0.3333"
    assert say_digits(0.006152) == "0.006152"
    assert say_digits(-10) == "−10"
    assert say_digits(2 * 10**26) == "2 × 10²⁶"
    assert say_number(1, "months").en == "1 month"
    assert say_number(85, "percent").zh == "85%"


def test_values() -> None:
    assert say_value(UNKNOWN).zh == "未知"
    assert say_value(EMPTY).en == "blank"
    assert say_value(True).zh == "是"
    assert say_value(["no", "yes"]).en == "no, yes"


@pytest.mark.parametrize(
    ("fact", "stored", "words"),
    [
        ("annual_revenue_usd", "1380000000", ("1,380,000,000 美元", "1,380,000,000 USD")),
        ("approved_annual_budget", "1250000.50", ("1,250,000.5", "1,250,000.5")),
        ("image_target_s", "12.5", ("12.5 秒", "12.5 s")),
        ("pi_subject_count", 1200000, ("1,200,000 人", "1,200,000 people")),
        ("annual_revenue_usd", "unknown", ("未知", "unknown")),
    ],
)
def test_numbers_of_facts_are_read_grouped(fact: str, stored: object, words: tuple[str, str]) -> None:
    """Exact numbers are stored as text; nobody reads ten digits in a row."""
    said = say_fact_value(CONTENT.facts[fact], stored)
    assert (said.zh, said.en) == words
