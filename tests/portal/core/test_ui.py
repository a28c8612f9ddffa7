"""The visual language: formats, marks, tags, templates, colours and translations."""

import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import polib
import pytest
from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation

from portal.core import assets, formats, marks, palette
from portal.core.htmx import go, is_part, toast, with_version
from portal.core.templatetags import ui

BASE = Path(settings.BASE_DIR)
CSS = BASE / "portal" / "static" / "portal" / "css"
STATUSES = (400, 403, 404, 409, 413, 422, 429, 500)


def draw(source: str, **context: object) -> str:
    return Template("{% load i18n %}" + source).render(Context(context))


@pytest.fixture(params=["zh-hans", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


# ---------------------------------------------------------------------------------------------------------- formats


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (1234567.891, 2, "1,234,567.89"),
        (Decimal("85.0"), 2, "85"),
        ("1200", 0, "1,200"),
        (-5, 2, "−5"),
        (Decimal("-0.001"), 2, "0"),
        (0, 2, "0"),
        (None, 2, "–"),
        ("", 2, "–"),
        ("about 5", 2, "about 5"),
        (float("nan"), 2, "nan"),
    ],
)
def test_number(value, places, text):
    assert formats.number(value, places) == text


def test_percent_takes_percent_and_share_takes_a_fraction():
    assert formats.percent(85) == "85%"
    assert formats.share(Decimal("0.925")) == "92.5%"
    assert formats.share(None) == "–"


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (126400, "CNY", "¥126,400"),
        (Decimal("1234.5"), "EUR", "€1,234.50"),
        (-3, "USD", "−\u2060US$3"),
        (5, "SEK", "SEK 5"),
        (None, "CNY", "–"),
    ],
)
def test_money(value, currency, text):
    assert formats.money(value, currency) == text


def test_short_money_counts_as_each_language_counts():
    with translation.override("zh-hans"):
        assert formats.money_short(18_400_000) == "¥1,840 万"
        assert formats.money_short(230_000_000) == "¥2.3 亿"
        assert formats.money_short(9_999) == "¥9,999"
    with translation.override("en"):
        assert formats.money_short(18_400_000) == "¥18.4 m"
        assert formats.money_short(999) == "¥999"


def test_a_moment_is_said_in_the_active_time_zone_with_the_zone_on_hover(monkeypatch):
    moment = dt.datetime(2020, 3, 1, 23, 30, tzinfo=dt.UTC)
    with timezone.override("Asia/Shanghai"), translation.override("en"):
        assert formats.day(moment) == '<time datetime="2020-03-02">2020-03-02</time>'
        assert "2020-03-02 07:30 Asia/Shanghai (UTC+8)" in formats.when(moment)
        now = dt.datetime(2026, 11, 24, 15, 59, tzinfo=dt.UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)
        assert "today 23:59" in formats.when(now)
        assert "yesterday 23:59" in formats.when(now - dt.timedelta(days=1))
    assert formats.when(None) == "–"


def test_file_size_and_hash():
    assert formats.file_size(812) == "812 B"
    assert formats.file_size(1_240_000) == "1.2 MB"
    assert formats.short_hash("7c1e93ab04d2") == '<code class="hash" title="7c1e93ab04d2">7c1e93ab…</code>'
    assert formats.short_hash(b"\x7c\x1e", 4).startswith('<code class="hash" title="7c1e">')


def test_browser_in_words():
    linux = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
    assert formats.browser(linux) == "Chrome 156 · Linux"
    assert formats.browser(linux + " Edg/156.0.1.2") == "Edge 156 · Linux"
    assert formats.browser("curl/8") == "curl/8"
    assert formats.browser(None) == "–"


def test_two_languages_in_one_text():
    text = {"zh": "数据", "en": "Data"}
    with translation.override("zh-hans"):
        assert formats.in_language(text) == "数据"
    with translation.override("en"):
        assert formats.in_language(text) == "Data"
        assert formats.in_language({"zh": "数据"}) == "数据"
    assert formats.in_language(None) == ""


# ---------------------------------------------------------------------------------------------------------- colours


def _tokens() -> dict[str, tuple[str, str]]:
    source = (CSS / "look.css").read_text(encoding="utf-8")
    return {m[1]: (m[2], m[3]) for m in re.finditer(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", source)}


def test_style_sheet_and_palette_hold_the_same_colours():
    tokens = _tokens()
    assert {name: tokens[name][0] for name in palette.LIGHT} == palette.LIGHT
    assert {name: tokens[name][1] for name in palette.DARK} == palette.DARK


def test_no_colour_literal_outside_the_first_block_of_look_css():
    literal = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![-\w])|\brgba?\(")
    sheets = [path for app in ("portal", "assessments", "compliance") for path in (BASE / app / "static").rglob("*.css")]
    assert CSS / "look.css" in sheets
    for path in sheets:
        source = path.read_text(encoding="utf-8")
        if path.name == "look.css":
            source = source[source.index("color-scheme: light dark;") :]
        assert literal.findall(source) == [], path.name


@pytest.mark.parametrize("colours", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
def test_every_text_colour_reaches_aa_on_panel_and_on_its_tint(colours):
    for tone in ("primary", "pass", "attention", "fail", "open", "review", "waived", "na"):
        assert palette.contrast(colours[tone], colours["panel"]) >= 4.5, tone
        assert palette.contrast(colours[tone], colours[f"{tone}-tint"]) >= 4.5, tone
    for ground in ("page", "panel", "na-tint", "open-tint"):
        assert palette.contrast(colours["muted"], colours[ground]) >= 4.5, ground
    assert palette.contrast(colours["field-line"], colours["panel"]) >= 3
    assert palette.contrast(colours["field-line"], colours["page"]) >= 3


def test_brand_colour_is_darkened_until_white_text_can_be_read():
    assert palette.darkened_for_white("#1f4fb8") == "#1f4fb8"
    assert palette.contrast(palette.darkened_for_white("#ffd400"), "#ffffff") >= 4.5


def test_chart_colours_are_resolved_and_unknown_ones_refused():
    option = {"series": [{"itemStyle": {"color": "@pass"}, "data": [1, "@"]}]}
    assert palette.resolve(option) == {"series": [{"itemStyle": {"color": "#17733d"}, "data": [1, "@"]}]}
    with pytest.raises(KeyError):
        palette.resolve({"color": "@pink"})


# ------------------------------------------------------------------------------------------------------ tags and marks


def test_every_mark_has_symbol_colour_and_word(language):
    for tone in marks.MARKS:
        html = draw("{% verdict tone %}{% mark tone %}", tone=tone)
        assert html.count(f"t-{tone}") == 2
        assert html.count(f"#{marks.MARKS[tone].icon}") == 2
        assert str(marks.MARKS[tone].word) in html


def test_an_unknown_verdict_is_an_error_and_not_a_false_colour():
    with pytest.raises(KeyError):
        draw("{% verdict 'excellent' %}")


def test_state_takes_the_word_of_the_caller_and_escapes_it():
    html = draw("{% state 'in_review' label %}", label="<b>Review</b>")
    assert "t-review" in html
    assert "&lt;b&gt;Review" in html


def test_strip_has_ten_cells_with_words_and_links():
    with translation.override("en"):
        html = draw(
            "{% strip cells url='/p/{code}/' %}", cells=["pass"] * 9 + [{"verdict": "fail", "note": "2 open", "name": {"en": "Money"}}]
        )
    assert html.count('class="cell') == 10
    assert 'href="/p/D10/" title="Money: Fail, 2 open"' in html
    assert html.count("visually-hidden") == 10


def test_strip_speaks_the_language_of_the_page_although_cells_are_cached():
    for code, word in (("en", "Data: Pass"), ("zh-hans", "数据：通过"), ("en", "Data: Pass")):
        with translation.override(code):
            assert word in draw("{% strip cells %}", cells=["pass"] * 10)


@pytest.mark.parametrize(("value", "tone"), [(88, "pass"), (84.9, "attention"), (69, "fail"), (0, "fail")])
def test_ring(value, tone):
    html = draw("{% ring v %}", v=value)
    assert f"t-{tone}" in html
    assert f'stroke-dasharray="{int(value)} 100"' in html


@pytest.mark.parametrize(("value", "figure"), [("88.93", "88"), ("84.99", "84"), (85, "85")])
def test_the_figure_in_a_ring_is_rounded_down_like_the_arc(value, figure):
    """What lies below a limit never reads as the limit, and the header of the project says the same figure."""
    assert f"<b>{figure}</b>" in draw("{% ring v %}", v=value)


def test_ring_without_a_value_says_so():
    assert "–" in draw("{% ring None %}")


@pytest.mark.parametrize(
    ("days", "text", "tone"),
    [
        (-3, "3 working days late", "fail"),
        (0, "due today", "fail"),
        (1, "1 working day left", "fail"),
        (4, "4 working days left", "attention"),
        (9, "9 working days left", "open"),
    ],
)
def test_clock(days, text, tone):
    with translation.override("en"):
        html = draw("{% clock days=d %}", d=days)
    assert text in html
    assert f"t-{tone}" in html


def test_clock_done_raises_no_alarm_and_provisional_says_so():
    with translation.override("en"):
        assert "t-pass" in draw("{% clock days=-3 done=True %}")
        assert "provisional" in draw("{% clock days=3 provisional=True %}")


def test_toggle_switches_one_value_and_drops_the_page():
    request = RequestFactory().get("/?stage=build&stage=live&after=9&q=x")
    context = Context({"request": request})
    assert Template("{% toggle 'stage' 'build' %}").render(context) == "?stage=live&amp;q=x"
    assert Template("{% toggle 'stage' 'intake' %}").render(context) == "?stage=build&amp;stage=live&amp;stage=intake&amp;q=x"


def test_names_of_people_and_files_are_escaped():
    html = draw("{% person who %}{% include 'ui/evidence.html' %}", who="<i>x</i>", evidence={"name": "<script>", "kind": "file"})
    assert "<i>x" not in html
    assert "<script>" not in html


class _Form(forms.Form):
    cost = forms.DecimalField(help_text="per month")
    who = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple)


def test_field_ties_label_help_unit_and_error_to_the_input():
    form = _Form({"cost": "x"})
    form.is_valid()
    html = draw("{% field form.cost unit='CNY' %}", form=form)
    assert 'for="id_cost"' in html
    assert 'aria-describedby="id_cost-help id_cost-unit id_cost-error"' in html
    assert 'aria-invalid="true"' in html
    for part in ("help", "unit", "error"):
        assert f'id="id_cost-{part}"' in html
    group = draw("{% field form.who %}", form=form)
    assert group.count('type="checkbox"') == 2
    assert "<fieldset" in group
    assert "<legend" in group


def test_form_errors_link_to_their_fields():
    form = _Form({})
    html = draw("{% form_errors form %}", form=form)
    assert html.count('href="#') == 2
    assert "form-faults" not in draw("{% form_errors form %}", form=_Form())


def test_theme_comes_from_the_account_then_the_cookie_and_nothing_else():
    request = RequestFactory().get("/")
    request.COOKIES[ui.THEME_COOKIE] = "dark"
    assert ui.chosen_theme(Context({"request": request})) == "dark"
    assert ui.chosen_theme(Context({"request": request, "theme": "light"})) == "light"
    request.COOKIES[ui.THEME_COOKIE] = '"><script>'
    assert ui.chosen_theme(Context({"request": request})) == "auto"


def test_texts_of_the_scripts_are_a_json_block_and_every_one_is_used_or_kept_short(language):
    block = draw("{% ui_strings %}")
    texts = json.loads(re.search(r">(\{.*\})<", block)[1])
    scripts = "".join(p.read_text(encoding="utf-8") for p in (BASE / "portal/static/portal/js").glob("*.js"))
    asked = set(re.findall(r'\btext\("(\w+)"', scripts))
    assert asked <= set(texts)
    unused = {key for key in texts if f'"{key}"' not in scripts and not key.startswith("error")}
    assert unused == set()


# ------------------------------------------------------------------------------------------------ whole templates


@pytest.mark.parametrize("status", STATUSES)
def test_error_pages_say_what_happened_what_was_kept_and_what_to_do(status, language):
    html = render_to_string(f"errors/{status}.html", {"status": status, "request_id": "abc-1"})
    assert html.count("<h1") == 1
    assert f">{status}<" in html
    assert html.count("<dt>") >= 3
    assert "abc-1" in html
    part = render_to_string("errors/partial.html", {"status": status, "message": "<b>m</b>"})
    assert "data-refusal" in part
    assert "&lt;b&gt;m" in part


def test_server_error_page_needs_no_request_and_no_database():
    assert "<h1" in get_template("errors/500.html").render({"status": 500})


def test_templates_keep_the_content_security_policy():
    bad = re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))|\son[a-z]+=\"|\bstyle=\"|hx-on|javascript:")
    for path in (BASE / "templates").rglob("*.html"):
        name = str(path.relative_to(BASE / "templates"))
        # Mail programs know no style sheet, and the PDF is not a page of the site.
        if name.startswith(("email/", "account/email/", "compliance/reports/pdf/")):
            continue
        assert bad.findall(path.read_text(encoding="utf-8")) == [], name


def test_every_symbol_that_is_chosen_at_run_time_is_in_the_sprite():
    names = assets.icon_names(BASE)
    used = {mark.icon for mark in (*marks.MARKS.values(), *marks.STAGES.values(), marks.INFO)}
    scripts = "".join(p.read_text(encoding="utf-8") for p in (BASE / "portal/static/portal/js").glob("*.js"))
    used |= set(re.findall(r'\bicon\("([a-z0-9-]+)"', scripts))
    used |= set(re.findall(r'this\.say\("\w*", [^\n]*?, "([a-z0-9-]+)"', scripts))
    assert used - set(names) == set()


def test_own_texts_are_all_translated():
    catalogue = polib.pofile(str(BASE / "locale/zh_Hans/LC_MESSAGES/django.po"))
    known = {(e.msgctxt, e.msgid) for e in catalogue if e.translated()}
    wanted = {("verdict", "Open"), (None, "Skip to the content"), ("theme", "Dark")}
    assert wanted <= known
    assert [e.msgid for e in catalogue.fuzzy_entries()] == []


# ------------------------------------------------------------------------------------------------------------ htmx


def _request(**headers: str):
    request = RequestFactory().get("/", headers=headers)
    request.htmx = SimpleNamespace(boosted=False, history_restore_request=False) if headers.get("HX-Request") else None
    return request


def test_parts_redirects_and_messages_for_htmx():
    plain, part = _request(), _request(**{"HX-Request": "true"})
    assert not is_part(plain)
    assert is_part(part)
    assert go(plain, "/x/").status_code == 303
    assert go(part, "/x/").headers["HX-Redirect"] == "/x/"
    response = with_version(toast(HttpResponse(), "已保存", undo_url="/undo/"), 7)
    assert json.loads(response.headers["HX-Trigger"]) == {"toast": {"text": "已保存", "tone": "pass", "undo": "/undo/"}}
    assert response.headers["X-Version"] == "7"
