"""calendar.yaml, report.yaml, importers.yaml, templates.yaml, frameworks.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portal.catalogue.build.common import build_all, statements
from portal.catalogue.parts.reference import (
    CalendarRules,
    CalendarYear,
    DossierTemplate,
    Importer,
    ReportRules,
    ReportSection,
    TemplateControl,
)
from portal.catalogue.parts.vocabulary import Framework
from portal.catalogue.reading import Entry


def calendar(file: Entry) -> CalendarRules:
    """Working days and counting rules."""
    years: dict[int, CalendarYear] = {}
    for entry in file.entries("years", needed=True):
        year = CalendarYear(
            entry.whole("year"),
            entry.flag("official"),
            entry.text("note"),
            entry.dates("holidays"),
            entry.dates("makeup_working_days"),
        )
        entry.done()
        if year.year in years:
            entry.fault("year used twice")
        for day in year.holidays | year.makeup_working_days:
            if day.year != year.year:
                entry.fault(f"{day} lies in another year")
        for day in year.holidays & year.makeup_working_days:
            entry.fault(f"{day} is both a day off and a working day")
        years[year.year] = year
    return CalendarRules(statements(file, "rules"), MappingProxyType(years))


def report(file: Entry) -> ReportRules:
    """Sections of the sign-off report."""
    sections = build_all(
        file.entries("sections", needed=True),
        lambda entry: ReportSection(entry.words("id"), entry.whole("order"), entry.text("title"), entry.text("content")),
    )
    ordered = tuple(sorted(sections.values(), key=lambda section: section.order))
    if [section.order for section in ordered] != list(range(1, len(ordered) + 1)):
        file.fault("the order of the sections has gaps or repeats")
    return ReportRules(ordered, statements(file, "acceptance_tests"), file.text("disclaimer"))


def importers(file: Entry) -> Mapping[str, Importer]:
    """How to read result files."""

    def build(entry: Entry) -> Importer:
        importer = Importer(
            entry.words("id"),
            entry.words("kind"),
            entry.strings("detect"),
            MappingProxyType(entry.words_by_name("map")),
            entry.text("notes"),
        )
        if not importer.map or not importer.detect:
            entry.fault("map or detect is empty")
        return importer

    return build_all(file.entries("importers", needed=True), build)


def templates(file: Entry) -> Mapping[str, DossierTemplate]:
    """Quantities of dossiers."""

    def control(entry: Entry) -> TemplateControl:
        return TemplateControl(
            entry.words("id"),
            entry.own_text(),
            MappingProxyType(entry.whole_numbers("limits")),
            entry.words("confidence"),
        )

    def build(entry: Entry) -> DossierTemplate:
        return DossierTemplate(
            id=entry.words("id"),
            name=entry.text("name"),
            standard=entry.words("standard"),
            predecessor=entry.maybe_words("predecessor"),
            editable=entry.flag("editable"),
            controls=tuple(build_all(entry.entries("controls", needed=True), control).values()),
            review=entry.maybe_text("review"),
        )

    return build_all(file.entries("templates", needed=True), build)


def frameworks(file: Entry) -> Mapping[str, Framework]:
    """Standards that items refer to."""
    return build_all(
        file.entries("frameworks", needed=True),
        lambda entry: Framework(entry.words("id"), entry.words("prefix"), entry.text("name"), entry.words("confidence")),
    )
