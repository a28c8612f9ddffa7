"""What a time limit is called, and how it was counted, in both languages."""

from __future__ import annotations

from compliance.calendars.workdays import BEFORE
from compliance.clocks.limits import AUTHORITY, RECURS, SUPPLEMENT
from compliance.clocks.models import FilingClock
from portal.catalogue import Catalogue, Text
from portal.catalogue.parts import Filing as Entry
from portal.catalogue.words import listed

_EVENTS = {
    SUPPLEMENT: Text("要求补正", "supplement requested"),
    RECURS: Text("周期性义务", "recurring duty"),
    AUTHORITY: Text("主管机关办理", "the authority’s period"),
}
_ACTIONS = {
    "supplement": Text("补正", "send the supplement"),
    RECURS: Text("再次办理", "do it again"),
    AUTHORITY: Text("主管机关办理", "the authority decides"),
}
_UNITS = {
    "working_day": Text("个工作日", "working day"),
    "calendar_day": Text("日", "calendar day"),
    "week": Text("周", "week"),
    "month": Text("个月", "month"),
    "year": Text("年", "year"),
    "hour": Text("小时", "hour"),
}


def event_word(content: Catalogue, event: str, entry: Entry | None = None) -> Text:
    """An event in words; ``recurring:0`` is that turn of the entry."""
    if event.startswith(f"{RECURS}:") and entry is not None:
        return entry.recurring[int(event.partition(":")[2])].text
    return _EVENTS.get(event) or _word(content, "events", event)


def action_word(content: Catalogue, action: str) -> Text:
    """What has to be done, in words."""
    return _ACTIONS.get(action) or _word(content, "actions", action)


def _word(content: Catalogue, vocabulary: str, value: str) -> Text:
    found = content.vocabularies[vocabulary].choices.get(value)
    return found.label if found is not None else Text(value, value)


def length_word(n: int, unit: str) -> Text:
    """``10 working days``."""
    word = _UNITS.get(unit, Text(unit, unit))
    return Text(f"{n} {word.zh}", f"{n} {word.en}{'' if n == 1 else 's'}")


def name_of(content: Catalogue, clock: FilingClock) -> Text:
    """What the limit is called: ``file within 10 working days after: service launched``."""
    if clock.counted.get("title"):
        title = Text(**clock.counted["title"])
        if clock.action == AUTHORITY and clock.n is not None:
            phrase = Text("主管机关办理期限：{length}（{title}）", "The authority has {length} ({title})")
            return phrase.fill(length=length_word(clock.n, clock.unit), title=title)
        return title
    event, action = event_word(content, clock.event), action_word(content, clock.action)
    before = clock.direction == BEFORE
    if clock.n is None:
        phrase = Text("{event}{side}{action}（未规定天数）", "{action} {way} “{event}” (no number of days fixed)")
    elif clock.n == 0:
        phrase = (
            Text("{event}{side}{action}", "{action} before “{event}”")
            if before
            else Text("{event}后立即{action}", "{action} at once after “{event}”")
        )
    elif before:
        phrase = Text("{event}前至少 {length}{action}", "{action} at least {length} before “{event}”")
    else:
        phrase = Text("{event}后 {length}内{action}", "{action} within {length} after “{event}”")
    length = length_word(clock.n or 0, clock.unit)
    named = phrase.fill(
        event=event, action=action, length=length, side=Text("前" if before else "后", ""), way=Text("", "before" if before else "after")
    )
    return Text(named.zh, named.en[:1].upper() + named.en[1:])


def how_counted(content: Catalogue, clock: FilingClock) -> list[Text]:
    """The counting step by step, for people who check it by hand."""
    how, lines = clock.counted, []
    event = event_word(content, clock.event)
    if how.get("from") == "launch" and clock.event != "service_launch":
        lines.append(Text("以项目上线日计（未报告其他日期）", "Counted from the launch of the project: no other day was reported"))
    if clock.event_at is not None and clock.due_at is not None:
        zone = str(how.get("zone", ""))
        lines.append(Text(f"小时连续计算，按 {zone} 时间显示", f"Hours run through; shown in the time of {zone}"))
    elif clock.n is None:
        lines.append(
            Text("固定日期", "A fixed day of the year") if clock.due_on else Text("法规未规定天数", "The law fixes no number of days")
        )
    elif clock.n == 0:
        lines.append(Text("以事件当日为准", "The day of the event itself"))
    else:
        phrase = Text("{event}：{day}，当日不计入", "{event}: {day}; this day is not counted")
        lines.append(phrase.fill(event=event, day=clock.event_on.isoformat()))
        if how.get("first"):
            lines.append(Text("第 1 日：{day}", "Day 1: {day}").fill(day=how["first"]))
    if how.get("weekends"):
        lines.append(Text(f"跳过周末 {how['weekends']} 天", f"{how['weekends']} Saturdays and Sundays passed over"))
    if how.get("off"):
        lines.append(
            Text("跳过放假日 {n} 天：{days}", "{n} holidays passed over: {days}").fill(n=str(len(how["off"])), days=_days(how["off"]))
        )
    if how.get("makeup"):
        phrase = Text("计入调休上班日 {n} 天：{days}", "{n} make-up working days counted: {days}")
        lines.append(phrase.fill(n=str(len(how["makeup"])), days=_days(how["makeup"])))
    for stop, go in how.get("pauses", []):
        lines.append(Text("{a} 至 {b} 中止，不计入", "Stopped from {a} to {b}; these days do not count").fill(a=stop, b=go))
    if how.get("rolled_from"):
        phrase = Text("末日 {day} 为休息日，顺延至次一工作日", "The last day {day} is a day off, so it moves to the next working day")
        lines.append(phrase.fill(day=how["rolled_from"]))
    if how.get("others"):
        lines.append(
            Text("同一事件另有较长期限：{others}", "Longer limits of the same event: {others}").fill(others=_lengths(how["others"]))
        )
    if how.get("years"):
        years = listed([Text(f"{year} 年", str(year)) for year in how["years"]])
        lines.append(
            Text(
                "{years}尚无官方放假通知，结果暂定，公布后重算",
                "No official notice for {years} yet: provisional, counted anew when it arrives",
            ).fill(years=years)
        )
    return lines


def checks_of(clock: FilingClock) -> list[Text]:
    """What somebody has to look at: the law was not in force yet, or a shorter limit would count if a fact were known."""
    how, found = clock.counted, []
    if how.get("check") == "before_force":
        found.append(
            Text(
                "事件早于法规生效日，请核对是否适用过渡规定",
                "The event lies before the law was in force. Please check which rule of transition counts.",
            )
        )
    if how.get("unsure"):
        phrase = Text(
            "事实未明：若成立，则以更短期限为准（{lengths}）",
            "Please check: a fact is unknown that may make another limit count ({lengths})",
        )
        found.append(phrase.fill(lengths=_lengths(how["unsure"])))
    return found


def _days(days: list[str]) -> str:
    return ", ".join(day[5:] for day in days)


def _lengths(pairs: list[list[object]]) -> Text:
    return listed([length_word(int(str(n)), str(unit)) if n is not None else Text("未规定天数", "no number fixed") for n, unit in pairs])
