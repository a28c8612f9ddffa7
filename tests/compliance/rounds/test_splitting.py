"""A pasted letter divides by the numbers at the beginnings of its lines."""

from __future__ import annotations

import pytest

from compliance.rounds.splitting import split_questions


@pytest.mark.parametrize(
    ("text", "preamble", "questions"),
    [
        ("1. 请补充语料来源。\n2. 请说明模型版本 3.5 的差异。", "", ["请补充语料来源。", "请说明模型版本 3.5 的差异。"]),
        ("经审查，请补正：\n1、语料来源\n附抽样记录\n2、关键词", "经审查，请补正：", ["语料来源\n附抽样记录", "关键词"]),
        ("（一）语料\n1. 来源\n2. 授权\n（二）安全", "", ["语料\n1. 来源\n2. 授权", "安全"]),
        ("① first\r\n② second", "", ["first", "second"]),
        ("一、语料\n（一）来源\n二、评估", "", ["语料\n（一）来源", "评估"]),
        ("(1) a\n(2) b\n10) still b", "", ["a", "b\n10) still b"]),
        ("问题1：甲\n问题2：乙", "", ["甲", "乙"]),
        ("Question 1: a\nQuestion 2: b", "", ["a", "b"]),
        ("3.5 版本与 4.0 版本有何差异？", "", ["3.5 版本与 4.0 版本有何差异？"]),
        ("One paragraph\nof two lines.\n\nAnother.", "", ["One paragraph of two lines.", "Another."]),
        ("  \n\n", "", []),
    ],
)
def test_it_divides(text: str, preamble: str, questions: list[str]) -> None:
    found = split_questions(text)
    assert (found.preamble, list(found.questions)) == (preamble, questions)
