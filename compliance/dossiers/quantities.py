"""Checking an uploaded keyword list or question set against the quantities of the content (GB/T 45654), figure by figure.

``check(form, file, limits, today) -> list[check]``; a check is plain data: ``control`` (id in the content), ``what`` (text), ``figure``,
``needed`` and ``passed``. Raises Invalid with a sentence for a workbook that cannot be read or is no list of this kind.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

import openpyxl
from django.utils.translation import gettext as _

from compliance.dossiers.content import Form, risk_kinds
from compliance.dossiers.papers.books import each_needed, total_needed
from portal.catalogue.parts import Text
from portal.core.errors import Invalid

MOST_ROWS: Final = 100_000  # of one sheet
MOST_BYTES: Final = 400 * 1024 * 1024  # unpacked
_PASS = frozenset({"合格", "通过", "达到", "pass", "passed", "ok", "1", "true", "✓", "√"})
_FAIL = frozenset({"不合格", "未通过", "不通过", "fail", "failed", "0", "false", "✗", "×"})
_YES = frozenset({"是", "拒答", "yes", "y", "refused", "1", "true", "✓", "√"})
_NO = frozenset({"否", "未拒答", "no", "n", "answered", "0", "false", "✗", "×"})
_CODE = re.compile(r"a[.\-]?([1-5])[.\-]?(\d{1,2})(?!\d)")
Rows = list[dict[str, Any]]
Limits = Mapping[str, Mapping[str, int]]
Check = dict[str, Any]


def limits_of(content: Any) -> dict[str, dict[str, int]]:
    """The numbers of each control of the content."""
    template = content.templates.get("genai_dossier_quantities")
    return {control.id: dict(control.limits) for control in template.controls} if template is not None else {}


def check(form: Form, file: IO[bytes], limits: Limits, today: dt.date) -> list[Check]:
    """All quantities of the lists in a workbook. ``file`` is read from its beginning."""
    found = _read(form, file)
    if form.id == "keyword_list":
        return _keywords(found["keywords"], limits, today)
    return _questions(found, limits)


def _unreadable() -> Invalid:
    sentence = _("This workbook cannot be read. Open it in Excel or WPS, save it again as .xlsx and upload that.")
    return Invalid(sentence, fields={"file": [sentence]})


def _read(form: Form, file: IO[bytes]) -> dict[str, Rows]:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as container:
            unpacked = sum(one.file_size for one in container.infolist())
        if unpacked > MOST_BYTES:
            raise _unreadable()
        file.seek(0)
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        try:
            return {sheet["id"]: _rows(_page(book, sheet), sheet) for sheet in form.sheets}
        finally:
            book.close()
            file.seek(0)
    except Invalid:
        raise
    except Exception as error:  # openpyxl has no family of faults of its own: whatever it meets, the file is not what it should be
        raise _unreadable() from error


def _page(book: Any, sheet: Mapping[str, Any]) -> Any:
    names = {text.casefold() for text in sheet["name"].values()}
    for page in book.worksheets:
        title = page.title.casefold()
        if any(name == title or title.startswith(name) for name in names):
            return page
    expected = " / ".join(sheet["name"].values())
    sentence = _("The workbook has no sheet “{name}”. Use the template of this document.").format(name=expected)
    raise Invalid(sentence, fields={"file": [sentence]})


def _rows(page: Any, sheet: Mapping[str, Any]) -> Rows:
    page.reset_dimensions()
    lines: Iterator[tuple[Any, ...]] = page.iter_rows(values_only=True)
    places: dict[str, int] = {}
    for _number, cells in zip(range(10), lines, strict=False):
        places = _places(cells, sheet)
        if "text" in places:
            break
    missing = [column for column in sheet["columns"][:2] if column["id"] not in places]
    if missing:
        names = ", ".join(" / ".join(column["name"].values()) for column in missing)
        sentence = _("The sheet “{sheet}” has no column “{name}”. Use the template of this document.").format(sheet=page.title, name=names)
        raise Invalid(sentence, fields={"file": [sentence]})
    found: Rows = []
    for cells in lines:
        text = _at(cells, places["text"])
        if text in (None, ""):
            continue
        found.append({name: _at(cells, place) for name, place in places.items()})
        if len(found) > MOST_ROWS:
            sentence = _("The sheet “{sheet}” has more than {n} rows.").format(sheet=page.title, n=f"{MOST_ROWS:,}")
            raise Invalid(sentence, fields={"file": [sentence]})
    return found


def _places(cells: tuple[Any, ...], sheet: Mapping[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        head = str(cell or "").strip().casefold()
        for column in sheet["columns"]:
            if (
                head
                and column["id"] not in found
                and any(head == one.casefold() or head.startswith(one.casefold()) for one in column["name"].values())
            ):
                found[column["id"]] = place
                break
    return found


def _at(cells: tuple[Any, ...], place: int) -> Any:
    value = cells[place] if place < len(cells) else None
    return value.strip() if isinstance(value, str) else value


def _names() -> dict[str, str]:
    return {kind[language].casefold(): kind["code"] for group in risk_kinds() for kind in group["kinds"] for language in ("zh", "en")}


def _code(value: Any, known: Mapping[str, str]) -> str:
    """The code of a kind however it was written ("A.1.3", "a1-3", "A.1.3 …", its name); empty for none."""
    text = str(value or "").strip().casefold()
    match = _CODE.match(text)
    code = f"A.{match[1]}.{int(match[2])}" if match else known.get(text, "")
    return code if code in known.values() else ""


def _counted(rows: Rows) -> tuple[Counter[str], int, int]:
    """Different texts by kind, rows without a known kind, and texts that stand there more than once."""
    known, seen, count, strange, twice = _names(), set(), Counter[str](), 0, 0
    for row in rows:
        code = _code(row.get("kind"), known)
        key = (code, str(row["text"]).casefold())
        if not code:
            strange += 1
        elif key in seen:
            twice += 1
        else:
            seen.add(key)
            count[code] += 1
    return count, strange, twice


def _line(control: str, zh: str, en: str, figure: str, needed: str, passed: bool) -> Check:
    return {"control": control, "what": dict(Text(zh, en)), "figure": figure, "needed": needed, "passed": passed}


def _least(control: str, count: Counter[str], group: str, needed: int, zh: str, en: str) -> Check:
    kinds = [kind["code"] for one in risk_kinds() if one["code"] == group for kind in one["kinds"]]
    lowest = min(kinds, key=lambda code: (count[code], code))
    return _line(control, zh, en, f"{lowest}: {count[lowest]:,}", f"≥ {needed:,}", count[lowest] >= needed)


def _strange(control: str, strange: int, twice: int) -> list[Check]:
    found = [_line(control, "风险类别无法识别的行", "Rows without a known kind", f"{strange:,}", "0", False)] if strange else []
    return found + (
        [_line(control, "重复的行（不计数）", "Rows that repeat another (not counted)", f"{twice:,}", "0", False)] if twice else []
    )


def _keywords(rows: Rows, limits: Limits, today: dt.date) -> list[Check]:
    control, (count, strange, twice) = "keyword_library", _counted(rows)
    total, known = sum(count.values()), limits["keyword_library"]
    days = [one for one in (_day(row.get("updated")) for row in rows) if one is not None and one <= today]
    latest = max(days, default=None)
    fresh = latest is not None and (today - latest).days <= known["update_days"]
    found = [
        _line(control, "关键词总数", "Keywords in all", f"{total:,}", f"≥ {known['total_min']:,}", total >= known["total_min"]),
        _least(control, count, "A.1", known["a1_each_min"], "A.1 每种最少", "Least of a kind of A.1"),
        _least(control, count, "A.2", known["a2_each_min"], "A.2 每种最少", "Least of a kind of A.2"),
        _line(
            control,
            "最近更新",
            "Last update",
            latest.isoformat() if latest else "–",
            f"≥ {(today - dt.timedelta(days=known['update_days'])).isoformat()}",
            fresh,
        ),
    ]
    return found + _strange(control, strange, twice)


def _day(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value or "").strip().replace("/", "-").replace(".", "-")[:10])
    except ValueError:
        return None


def _questions(found: Mapping[str, Rows], limits: Limits) -> list[Check]:
    count, strange, twice = _counted(found["bank"])
    kinds = limits["risk_taxonomy"]["kinds"]
    checks = [_total("test_bank", "生成内容测试题总数", "Output test bank in all", sum(count.values()), total_needed(limits, "bank"))]
    covered = sum(1 for number in count.values() if number)
    checks.append(_line("risk_taxonomy", "覆盖的风险种类", "Kinds of risk covered", f"{covered}", f"≥ {kinds}", covered >= kinds))
    for group in risk_kinds():
        code = group["code"]
        needed = each_needed(limits, "bank", code)
        checks.append(_least("test_bank", count, code, needed, f"测试题 {code} 每种最少", f"Test bank: least of a kind of {code}"))
    checks += _strange("test_bank", strange, twice)
    for method, zh, en in (
        ("by_hand", "人工", "by hand"),
        ("by_keywords", "关键词", "keywords"),
        ("by_classifier", "分类模型", "classifier"),
    ):
        checks += _sampled(found["bank"], method, zh, en, limits["output_sampling"])
    refuse, strange, twice = _counted(found["refuse"])
    checks.append(
        _total("should_refuse", "应拒答题总数", "Should-refuse bank in all", sum(refuse.values()), total_needed(limits, "refuse"))
    )
    for code in ("A.1", "A.2"):
        checks.append(
            _least(
                "should_refuse",
                refuse,
                code,
                each_needed(limits, "refuse", code),
                f"应拒答题 {code} 每种最少",
                f"Should refuse: least of a kind of {code}",
            )
        )
    checks += _strange("should_refuse", strange, twice)
    topics = Counter(str(row.get("topic") or "–") for row in found["answer"])
    distinct = len({str(row["text"]).casefold() for row in found["answer"]})
    checks.append(_total("should_not_refuse", "非拒答题总数", "Should-not-refuse bank in all", distinct, total_needed(limits, "answer")))
    if topics:
        name, number = min(topics.items(), key=lambda pair: (pair[1], pair[0]))
        needed = limits["should_not_refuse"]["each_min"]
        checks.append(
            _line(
                "should_not_refuse",
                "非拒答题每个主题最少",
                "Should not refuse: least of a topic",
                f"{name[:40]}: {number:,}",
                f"≥ {needed}",
                number >= needed,
            )
        )
    return checks + _refusals(found, limits["refusal"])


def _total(control: str, zh: str, en: str, number: int, needed: int) -> Check:
    return _line(control, zh, en, f"{number:,}", f"≥ {needed:,}", number >= needed)


def _share(rows: Rows, column: str, good: frozenset[str], bad: frozenset[str]) -> tuple[int, int]:
    """Rows with a verdict, and how many of them are good."""
    words = [str(row.get(column)).strip().casefold() for row in rows if row.get(column) not in (None, "")]
    return sum(1 for word in words if word in good | bad), sum(1 for word in words if word in good)


def _percent(part: int, whole: int) -> str:
    """A share rounded down, so that 89.99 % never reads as 90 %."""
    return f"{part * 1000 // whole / 10:.1f} %" if whole else "–"


def _sampled(rows: Rows, column: str, zh: str, en: str, known: Mapping[str, int]) -> list[Check]:
    n, good = _share(rows, column, _PASS, _FAIL)
    least, rate = known["sample_min"], known["pass_min_pct"]
    return [
        _line("output_sampling", f"{zh}抽检数量", f"Sampled, {en}", f"{n:,}", f"≥ {least:,}", n >= least),
        _line(
            "output_sampling", f"{zh}抽检合格率", f"Pass rate, {en}", _percent(good, n), f"≥ {rate} %", bool(n) and good * 100 >= rate * n
        ),
    ]


def _refusals(found: Mapping[str, Rows], known: Mapping[str, int]) -> list[Check]:
    checks = []
    for sheet, zh, en in (("refuse", "应拒答", "Should refuse"), ("answer", "非拒答", "Should not refuse")):
        n, refused = _share(found[sheet], "refused", _YES, _NO)
        least = known["sample_min"]
        checks.append(_line("refusal", f"{zh}抽测数量", f"{en}: tested", f"{n:,}", f"≥ {least:,}", n >= least))
        if sheet == "refuse":
            rate = known["refusal_min_pct"]
            checks.append(
                _line(
                    "refusal",
                    "应拒答题拒答率",
                    "Should refuse: refused",
                    _percent(refused, n),
                    f"≥ {rate} %",
                    bool(n) and refused * 100 >= rate * n,
                )
            )
        else:
            rate = known["wrong_refusal_max_pct"]
            shown = _percent(refused, n) if not n or refused * 1000 % n == 0 else f"{-(-refused * 1000 // n) / 10:.1f} %"
            checks.append(
                _line(
                    "refusal", "非拒答题拒答率", "Should not refuse: refused", shown, f"≤ {rate} %", bool(n) and refused * 100 <= rate * n
                )
            )
    return checks
