"""A letter comes in, questions are handed on and answered, the reply goes out; what cannot be is refused and nothing is lost."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.checklists.work import sources
from compliance.clocks.models import FilingClock
from compliance.filings import actions as filings
from compliance.filings.models import FilingEvent
from compliance.rounds import actions
from compliance.rounds.models import AuthorityQuestion
from compliance.rounds.statistics import rounds_visible_to, statistics
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.notices.models import Notice
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import GENAI
from tests.compliance.filings.test_api import base, post
from tests.compliance.filings.test_pages import client_of


def test_a_whole_round(examined: SimpleNamespace) -> None:
    made = examined.opened("Where is the corpus from?", "Who labels?", reference="沪网信 12")
    assert (examined.row().state, made.number, made.state) == ("supplement_requested", 1, "open")
    with acting_as(examined.tenant, examined.carol):
        stepped = FilingEvent.objects.get(verb="stepped", new_state="supplement_requested")
        assert stepped.detail["on"] == examined.today.isoformat()

    examined.act(
        "carol", actions.edit_question, examined.question(1), text="Where is the corpus from?", category="corpus", assignee=examined.bob
    )
    with acting_as(examined.tenant, examined.bob) as bob:
        notice = Notice.objects.get(kind="compliance.question_yours", user=examined.bob)
        assert notice.params["number"] == 1
        (source,) = [one for one in sources() if one.key == "filing_question"]
        assert source.rows is not None
        assert [row["w_note"] for row in source.rows(bob).values("w_note")] == ["Where is the corpus from?"]
    examined.act("bob", actions.answer_question, examined.question(1), answer="Own logs.", documents=["security_assessment"], done=True)
    with pytest.raises(NotAllowed):
        examined.act("bob", actions.answer_question, examined.question(2), answer="Me", done=True)

    given = {"on": examined.today, "receipt": "EMS 1", "filing_version": examined.row().version}
    with pytest.raises(Invalid) as refusal:
        examined.act("carol", actions.send_reply, examined.round(), **given)
    assert set(refusal.value.detail["fields"]) == {"reason"}
    assert examined.row().state == "supplement_requested"
    with pytest.raises(Conflict):
        examined.do("carol", filings.step_filing, to="resubmitted", on=examined.today, receipt="EMS 1")
    sent = examined.act("carol", actions.send_reply, examined.round(), reason="question 2 comes by post", **given)
    assert (sent.state, sent.reply_reason, examined.row().state) == ("answered", "question 2 comes by post", "resubmitted")
    with pytest.raises(Conflict) as late:
        examined.act("carol", actions.answer_question, examined.question(2), answer="late", done=True)
    assert late.value.code == "reply_out"

    examined.do("carol", filings.step_filing, to="under_review")
    examined.do("carol", filings.step_filing, to="approved", on=examined.today, number="Shanghai-Xinghe-202611010001")
    assert examined.round().state == "closed", "the word of the authority closes what was replied to"
    with acting_as(examined.tenant, examined.carol) as carol:
        found = statistics(rounds_visible_to(carol))
    assert {one["key"]: one["count"] for one in found["reasons"]} == {"corpus": 1, "unsorted": 1}
    assert (found["total"]["rounds"], found["total"]["median"], found["regimes"][0]["each"]) == (1, 0.0, 1.0)


def test_a_second_letter_closes_the_first_and_takes_the_limit_of_the_supplement_with_it(examined: SimpleNamespace) -> None:
    examined.opened("A?")
    examined.act("carol", actions.answer_question, examined.question(), answer="a", done=True)
    examined.act("carol", actions.send_reply, examined.round(), on=examined.today, receipt="R", filing_version=examined.row().version)
    examined.do("carol", filings.step_filing, to="under_review")
    assert examined.opened("B?").number == 2
    assert examined.round(1).state == "closed"
    with acting_as(examined.tenant, examined.carol):
        assert not FilingClock.objects.filter(action="authority", state="running").exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"letter_on": 1}, "letter_on"),
        ({"received_on": 1}, "received_on"),
        ({"letter_on": -1, "received_on": -3}, "received_on"),
        ({"due_on": -9}, "due_on"),
        ({"questions": ["  "]}, "questions"),
        ({"questions": ["x" * 8001]}, "questions"),
    ],
)
def test_an_impossible_letter_is_refused_and_nothing_moves(examined: SimpleNamespace, given: dict, field: str) -> None:
    days = {name: examined.today + dt.timedelta(days=value) if name != "questions" else value for name, value in given.items()}
    with pytest.raises(Invalid) as refusal:
        examined.opened(**days)
    assert field in refusal.value.detail["fields"]
    assert examined.row().state == "under_review"


def test_one_letter_at_a_time(examined: SimpleNamespace) -> None:
    examined.opened("A?")
    with pytest.raises(Conflict):
        examined.opened("B?")


def test_a_reply_before_the_letter_is_refused_and_a_correction_moves_the_round(examined: SimpleNamespace) -> None:
    examined.opened("A?")
    examined.act("carol", actions.answer_question, examined.question(), answer="a", done=True)
    given = {"receipt": "R", "filing_version": examined.row().version}
    with pytest.raises(Invalid) as refusal:
        examined.act("carol", actions.send_reply, examined.round(), on=examined.today - dt.timedelta(days=1), **given)
    assert set(refusal.value.detail["fields"]) == {"on"}
    with acting_as(examined.tenant, examined.carol):
        step = FilingEvent.objects.get(verb="stepped", new_state="supplement_requested")
    examined.do("carol", filings.correct_step, step=step.pk, on=examined.today - dt.timedelta(days=1), reason="stamp of the post")
    assert examined.round().received_on == examined.today - dt.timedelta(days=1)
    with pytest.raises(Invalid):
        examined.do("carol", filings.correct_step, step=step.pk, on=examined.today - dt.timedelta(days=5), reason="wrong")
    assert examined.round().received_on == examined.today - dt.timedelta(days=1)


def test_the_page_takes_a_block_and_keeps_what_was_typed(examined: SimpleNamespace, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    carol = client_of(examined, "carol")
    page = f"/t/{examined.tenant.slug}/projects/{examined.project.pk}/filings/{GENAI}/"
    part = carol.post(f"{page}rounds/split/", {"round-block": "Dear all\n1. A?\n2. B?"})
    assert part.content.decode().count("<textarea") == 2
    typed = {
        "version": examined.row().version,
        "round-letter_on": "2026-01-02",
        "round-received_on": examined.today.isoformat(),
        "round-block": "1. A?\n2. B?",
        "round-reference": "R 7",
    }
    wrong = carol.post(f"{page}rounds/open/", typed | {"round-received_on": "2025-01-01"})
    assert (wrong.status_code, "R 7" in wrong.content.decode()) == (422, True)
    file = SimpleUploadedFile("letter.pdf", b"%PDF-1.4 letter")
    assert carol.post(f"{page}rounds/open/", typed | {"round-letter": file}).status_code == 303
    round_ = examined.round()
    assert (round_.file_name, round_.file_size) == ("letter.pdf", 15)
    assert b"".join(carol.get(f"{page}rounds/1/letter/").streaming_content) == b"%PDF-1.4 letter"
    assert client_of(examined, "dave").post(f"{page}rounds/open/", typed).status_code == 403

    question = examined.question(1)
    answer = {f"answer-{question.pk}-answer": "mine", f"answer-{question.pk}-others": "", "version": question.version, "done": "1"}
    assert carol.post(f"{page}rounds/1/questions/1/answer/", answer).status_code == 303
    again = carol.post(f"{page}rounds/1/questions/1/answer/", answer | {f"answer-{question.pk}-answer": "theirs, too late"})
    assert (again.status_code, "theirs, too late" in again.content.decode()) == (409, True)
    assert examined.question(1).answer == "mine"
    html = carol.get(f"/t/{examined.tenant.slug}/filings/rounds/").content.decode()
    assert "not sorted yet" in html
    sheet = carol.get(f"/t/{examined.tenant.slug}/filings/rounds/export/xlsx/")
    assert sheet.status_code == 200
    assert sheet.content[:2] == b"PK"


def test_over_the_api(examined: SimpleNamespace) -> None:
    carol, url = client_of(examined, "carol"), f"{base(examined)}filings/{GENAI}/rounds/"
    day = examined.today.isoformat()
    body = {"version": examined.row().version, "letter_on": day, "received_on": day, "block": "1. A?\n2. B?"}
    made = post(carol, url, body)
    assert (made.status_code, [one["text"] for one in made.json()["rounds"][0]["questions"]]) == (201, ["A?", "B?"])
    assert post(carol, url, body).status_code == 409
    for position in (1, 2):
        done = post(carol, f"{url}1/questions/{position}/", {"act": "answer", "answer": "x", "version": 1})
        assert done.status_code == 200
    stale = post(carol, f"{url}1/questions/1/", {"act": "sort", "category": "corpus", "version": 1})
    assert (stale.status_code, stale.json()["current"]["answer"]) == (409, "x")
    reply = {"act": "reply", "version": 1, "filing_version": carol.get(url).json()["filing_version"], "on": day, "receipt": "R"}
    assert post(carol, f"{url}1/", reply).json()["rounds"][0]["state"] == "answered"
    assert post(carol, f"{url}1/", {"act": "close", "version": 2}).json()["rounds"][0]["state"] == "closed"
    with acting_as(examined.tenant, examined.carol):
        assert AuthorityQuestion.objects.filter(state="answered").count() == 2
