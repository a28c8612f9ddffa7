"""Words of the register in both languages; those it shares with the sign-off report stand in the report's wording."""

from __future__ import annotations

from typing import Final

from compliance.reports.voice import Phrase

WORDS: Final[dict[str, Phrase]] = {
    "title": Phrase("备案与登记台账", "Register of filings and registrations"),
    "as_of": Phrase("截至 {date}", "As of {date}"),
    "by": Phrase("导出人：{name}。仅含其有权查看的项目。", "Made for {name}: the projects that this person may see."),
    "chosen": Phrase("按所选条件筛选，不是全部备案。", "A selection by filters, not all filings."),
    "whole": Phrase("全部项目的备案与登记。", "The filings and registrations of all projects."),
    "hash": Phrase("内容校验值", "Content hash"),
    "projects": Phrase("项目", "Projects"),
    "applying": Phrase("须办与可能须办", "Required and likely"),
    "done": Phrase("已办结", "Done"),
    "open": Phrase("未办结", "Open"),
    "late": Phrase("已逾期", "Late"),
    "unknown": Phrase("待定", "Undetermined"),
    "states": Phrase("按状态与法域", "By state and jurisdiction"),
    "col_project": Phrase("项目", "Project"),
    "col_dates": Phrase("编号与日期", "Number and dates"),
    "col_due": Phrase("下一期限", "Next date"),
    "col_owner": Phrase("负责人", "Owner"),
    "col_rule": Phrase("规则与所用事实", "Rule and facts used"),
    "col_count": Phrase("项目数", "Projects"),
    "col_all": Phrase("合计", "Total"),
    "col_state": Phrase("状态", "State"),
    "submitted": Phrase("提交 {date}", "submitted {date}"),
    "approved": Phrase("批准 {date}", "approved {date}"),
    "valid": Phrase("有效期至 {date}", "valid until {date}"),
    "overdue": Phrase("已逾期", "late"),
    "applies_if": Phrase("适用条件：{rule}", "Applies if {rule}"),
    "by_rule": Phrase("按规则不适用，无人另作决定", "Not applicable by rule, nobody decided otherwise"),
    "by_rule_note": Phrase(
        "下列事项由规则判定不适用：规则所用事实由各项目自行填报并留痕，没有合规人员另作决定。",
        "The rules exclude these. The facts they read were answered by the projects and are on record; no officer decided otherwise.",
    ),
    "nothing": Phrase("没有符合条件的备案。", "No filing matches."),
    "subject": Phrase("全部项目的备案与登记状况", "State of the filings and registrations of a portfolio"),
    "attachment": Phrase("机器可读的台账内容", "The register as machine-readable record"),
}


def said(key: str, **values: object) -> Phrase:
    """A phrase with its values filled in; a value may be in two languages itself."""
    phrase = WORDS[key]

    def fill(code: str) -> str:
        return phrase[code].format(**{name: value[code] if isinstance(value, dict) else value for name, value in values.items()})

    return Phrase(fill("zh"), fill("en")) if values else phrase
