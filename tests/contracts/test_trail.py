"""Every act can be read: a sentence for each verb, a word for each column, a declared kind for each message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

from portal.audit import sentences, words
from portal.notices import kinds

# Columns by which a row finds its project when it has no column of its own (app.project_of in the database).
CHILDREN = ("assessment_id", "answer_id", "round_id", "filing_id")
ROOTS = [Path(settings.BASE_DIR) / name for name in ("portal", "assessments", "compliance")]


def _sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for root in ROOTS for path in root.rglob("*.py") if "/migrations/" not in str(path))


VERBS = sorted(set(re.findall(r"record_act\(\s*\"((?:portal|assessments|compliance)\.[a-z_.]+)\"", _sources())))
MESSAGES = sorted(
    set(re.findall(r"notify\(\s*(?:[^\"()]|\([^()]*\)|\{[^{}]*\})*?\"((?:portal|assessments|compliance)\.[a-z_]+)\"", _sources()))
)


def test_there_are_verbs_to_look_at():
    assert len(VERBS) > 40


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_sentence_in_both_languages(verb):
    template = sentences.known().get(verb)
    assert template is not None, f"register a sentence for {verb}"
    with translation.override("en"):
        english = str(template)
    with translation.override("zh-hans"):
        chinese = str(template)
    assert re.search("[\u4e00-\u9fff]", chinese), f"no Chinese for {english!r}"
    assert set(re.findall(r"\{(\w+)", english)) == set(re.findall(r"\{(\w+)", chinese))


@pytest.mark.parametrize("kind", MESSAGES)
def test_every_message_is_declared(kind):
    assert kind in kinds.known()


@pytest.mark.parametrize("kind", sorted(kinds.known()))
def test_every_kind_of_message_reads_in_both_languages(kind):
    found = kinds.get(kind)
    for text in (found.label, found.subject, found.body):
        with translation.override("en"):
            english = str(text)
        with translation.override("zh-hans"):
            chinese = str(text)
        if re.search(r"[A-Za-z]", re.sub(r"\{[^}]*\}", "", english)):
            assert re.search("[\u4e00-\u9fff]", chinese), f"no Chinese for {english!r}"
        assert set(re.findall(r"\{(\w+)", english)) == set(re.findall(r"\{(\w+)", chinese))
    assert "{" not in str(found.label)


@pytest.mark.django_db
def test_every_column_of_the_trail_has_a_word_in_both_languages():
    lacking = []
    for table in words.tables_with_trail():
        model = words.model_of(table)
        assert model is not None
        columns = [field.column for field in model._meta.concrete_fields if words.is_shown(field.column)]
        for label, name in [(words.table_label, None), *((words.column_label, column) for column in columns)]:
            with translation.override("zh-hans"):
                text = label(table) if name is None else label(table, name)
            if not re.search("[\u4e00-\u9fff]", text) and not re.fullmatch("[A-Z0-9-]+", text):
                lacking.append(f"{table}.{name or '*'}: {text}")
    assert lacking == []


@pytest.mark.django_db
def test_the_list_of_tables_without_a_trail_is_true():
    with connection.cursor() as cursor:
        cursor.execute("select tgrelid::regclass::text from pg_trigger where tgname = 'audit'")
        traced = {row[0].removeprefix("public.") for row in cursor.fetchall()}
    assert set(words.tables_with_trail()) == traced


@pytest.mark.django_db
def test_every_traced_row_of_a_project_finds_its_project():
    rootless = {"portal_tenant", "portal_membership", "portal_invitation", "portal_role", "portal_rolepermission", "portal_membershiprole"}
    rootless |= {
        "portal_team",
        "portal_teammember",
        "portal_contact",
        "portal_project",
        "compliance_holidayyear",
        "compliance_filingregister",
        "compliance_clockrule",
        "compliance_legalreview",
        "compliance_ownregime",
    }
    rootless |= {"compliance_reminderrule", "compliance_webhooktarget"}
    lost = []
    for table in words.tables_with_trail():
        columns = {field.column for field in words.model_of(table)._meta.concrete_fields}
        if table not in rootless and not columns & {"project_id", "content_object_id", *CHILDREN}:
            lost.append(table)
    assert lost == []
