"""Charts: plain options, drawn by node into SVG whose text stays text in the named font."""

import base64
import json
import re

import pytest

from compliance.reports.charts import draw
from compliance.reports.charts.draw import Chart, ChartsFailed, Drawing
from compliance.reports.charts.options import Amount, BlockerCount, Score, blockers, money, radar, readiness_bar
from compliance.reports.view.charts import charts
from compliance.reports.view.common import Record
from compliance.reports.voice import Voice
from portal.core.palette import DARK, resolve
from tests.compliance.reports.sample import light_content, sample_content, sample_decision, sample_draft
from tests.compliance.reports.variants import hostile_content

FONT = "Noto Sans SC"
OPTIONS = {
    "radar": radar(
        [Score(f"D{n}", None if n == 3 else 60.0 + n) for n in range(1, 11)], floor=60, ready=85, font=FONT, floor_label="", ready_label=""
    ),
    "readiness": readiness_bar(91.4, tone="pass", marks=[(70, "附条件 70"), (85, "就绪 85")], font=FONT),
    "blockers": blockers([BlockerCount("D1 场景", {"pass": 4, "fail": 1})], font=FONT),
    "money": money(
        [Amount("第 1 年", "云资源", 10.0, "¥10")], totals={"第 1 年": "¥10"}, limits={"第 1 年": (12.0, "批准 ¥12")}, font=FONT
    ),
}


def svg(image):
    return base64.b64decode(image.source.partition("base64,")[2]).decode()


@pytest.mark.parametrize("name", OPTIONS)
def test_options_are_plain_data_with_named_tones(name):
    option = OPTIONS[name]
    assert json.loads(json.dumps(option)) == option
    assert not re.findall(r'"#[0-9a-f]{3,6}"', json.dumps(option))
    resolve(option)
    resolve(option, DARK)


def test_one_process_draws_all_charts_with_text_in_the_named_font():
    drawn = Drawing.start({name: Chart(option, 400, 200, f"alt {name}") for name, option in OPTIONS.items()}).result()
    assert list(drawn) == list(OPTIONS)
    for name, image in drawn.items():
        text = svg(image)
        assert image.alt == f"alt {name}"
        assert "<text" in text
        assert set(re.findall(r'font-family:([^;"]+)', text)) == {FONT}
        assert "dominant-baseline" not in text
    assert "附条件 70" in svg(drawn["readiness"])
    assert "✓ 4" in svg(drawn["blockers"])


def test_a_failing_node_is_reported(monkeypatch):
    monkeypatch.setattr(draw, "SCRIPT", draw.SCRIPT.with_name("absent.cjs"))
    with pytest.raises(ChartsFailed, match="node failed"):
        Drawing.start({"a": Chart(OPTIONS["radar"], 10, 10, "")}).result()


def test_missing_echarts_says_what_to_run(monkeypatch, tmp_path, settings):
    settings.BASE_DIR = tmp_path
    with pytest.raises(ChartsFailed, match="build_assets"):
        draw.echarts_path()


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_the_charts_of_the_sample_say_what_they_show(catalogue, language):
    content = sample_content(catalogue)
    found = charts(Record(content, sample_decision(content), catalogue, Voice(language)))
    assert list(found) == ["radar", "blockers", "readiness", "money"]
    for chart in found.values():
        assert len(chart.alt) > 20
    assert "91.4" in found["readiness"].alt


def test_a_revision_without_figures_has_no_charts(catalogue):
    content = light_content(catalogue)
    assert charts(Record(content, sample_draft(content), catalogue, Voice("zh"))) == {}


def test_more_money_lines_than_tones_are_drawn_as_other(catalogue):
    content = sample_content(catalogue)
    first = content["project"]["money"][0]
    content["project"]["money"] = [first | {"line": {"zh": f"科目{n}", "en": f"Line {n}"}, "amount": str(1000 * (n + 1))} for n in range(9)]
    option = charts(Record(content, sample_decision(content), catalogue, Voice("zh")))["money"].option
    assert option["legend"]["data"] == ["科目4", "科目5", "科目6", "科目7", "科目8", "其他"]


def test_hostile_names_are_drawn_as_text(catalogue):
    content = hostile_content(catalogue)
    wanted = charts(Record(content, sample_decision(content), catalogue, Voice("zh")))
    drawn = svg(Drawing.start(wanted).result()["money"])
    assert "<script" not in drawn
    assert "{{ 7|add:7" in drawn
