"""A duty that two people added to what the rules ask for takes two people to go (rule S2)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assessments.checklists.work import count_work, work_of
from compliance.filings import actions, rules
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.queries import as_second, waiting_for_decision, waiting_for_second
from compliance.filings.subjects import view_for
from compliance.filings.taking_back import wish_of
from compliance.filings.work import count_waiting
from portal.audit.models import AuditEvent
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.notices.models import Notice
from portal.projects.models import ProjectMember
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import GENAI
from tests.compliance.filings.test_deciding import _open
from tests.compliance.filings.test_pages import base, client_of

WITHDRAW, KEEP = actions.withdraw_decision, actions.keep_decision


def asked_of(stage, name):
    """Regimes that wait in the person's work to be taken back; the number of the side bar and the filter of the list say the same."""
    with acting_as(stage.tenant, getattr(stage, name)) as actor:
        found = {row.key for row in work_of(actor, kinds=("filing_take_back",), size=200).rows}
        assert count_work(actor).get("filing_take_back", 0) == len(found)
        assert count_waiting(actor) == waiting_for_decision(actor).count() + waiting_for_second(actor).count() + len(found)
        listed = Filing.objects.filter(as_second(actor), decision="confirmed", result="not_applicable")
        assert set(listed.values_list("regime", flat=True)) == found
    return found


@pytest.fixture
def added(stage):
    """A regime that the rules do not ask for, confirmed by compliance and security."""
    with acting_as(stage.tenant, stage.carol):
        stage.regime = next(
            name
            for name, one in view_for(stage.project).filings.items()
            if one.result == "not_applicable" and one.filing.gate == "before_launch" and one.timing.state == "in_force"
        )
    stage.decided(stage.regime, reason="The province asks for it.")
    assert stage.regime in _open(stage)
    return stage


def test_the_first_wish_changes_nothing_and_the_second_person_completes_it(added):
    with pytest.raises(Invalid):
        added.do("carol", WITHDRAW, regime=added.regime, reason=" ")
    added.do("carol", WITHDRAW, regime=added.regime, reason="The province has dropped it.")
    row = added.row(added.regime)
    assert (row.decision, row.second_person_id, row.state) == ("confirmed", added.sam.person_id, "to_prepare")
    assert added.regime in _open(added)
    with acting_as(added.tenant, added.carol):
        assert AuditEvent.objects.filter(verb="compliance.filing.withdrawal_asked").count() == 1
        assert Notice.objects.filter(user=added.sam, kind="compliance.filing_to_withdraw").count() == 1
        assert not Notice.objects.filter(user=added.carol, kind="compliance.filing_to_withdraw").exists()
    with pytest.raises(NotAllowed, match="yourself"):
        added.do("carol", WITHDRAW, regime=added.regime, reason="at once")
    assert added.regime in _open(added)
    added.do("sam", WITHDRAW, regime=added.regime, reason="")
    assert (added.row(added.regime).decision, added.row(added.regime).state) == ("none", "not_assessed")
    assert added.regime not in _open(added)
    with acting_as(added.tenant, added.carol):
        event = FilingEvent.objects.get(filing=added.row(added.regime), verb="withdrawn")
        assert (event.done_by, event.detail["reason"]) == (added.sam, "The province has dropped it.")


def test_it_waits_in_the_work_of_those_who_can_agree(added):
    everybody = ("carol", "sam", "erin", "bob", "pam", "dave", "adam", "alice")
    assert not any(asked_of(added, name) for name in everybody)
    added.do("carol", WITHDRAW, regime=added.regime, reason="no")
    assert {name: asked_of(added, name) for name in everybody if asked_of(added, name)} == {"sam": {added.regime}, "erin": {added.regime}}
    with acting_as(added.tenant, added.sam) as sam:
        url = reverse("assessments:my_work", kwargs={"tenant_slug": added.tenant.slug})
        text = client_of(added, "sam").get(url).content.decode()
        assert "Filings to take back" in text
        assert f"{base(added)}{added.regime}/#decision-title" in text
        assert not rules.why_not_withdraw(sam, added.project, wish_of(added.row(added.regime), "not_applicable"))
    added.do("sam", WITHDRAW, regime=added.regime, reason="")
    assert not any(asked_of(added, name) for name in everybody)


def test_work_follows_the_role_of_the_wish_not_that_of_the_decision(added):
    """Security decided, compliance seconded; now compliance wishes it away: that waits for security, whoever decided first."""
    with acting_as(added.tenant, added.carol):
        Filing.objects.filter(project=added.project, regime=added.regime).update(
            decided_by=added.sam, decided_person_id=added.sam.person_id, decided_role="security",
            second_by=added.carol, second_person_id=added.carol.person_id, second_role="compliance",
        )  # fmt: skip
    added.do("carol", WITHDRAW, regime=added.regime, reason="no")
    assert (asked_of(added, "sam"), asked_of(added, "carol")) == ({added.regime}, set())
    type(added.sam).objects.filter(pk=added.sam.pk).update(person_id=added.carol.person_id)
    added.sam.refresh_from_db()
    assert not asked_of(added, "sam"), "a second account of whoever wished"


def test_the_second_person_objects_and_the_decision_stays(added):
    with pytest.raises(Conflict):
        added.do("sam", KEEP, regime=added.regime, reason="not yet")
    added.do("carol", WITHDRAW, regime=added.regime, reason="The province has dropped it.")
    with pytest.raises(Invalid):
        added.do("sam", KEEP, regime=added.regime, reason=" ")
    for name in ("carol", "bob", "dave"):
        with pytest.raises(NotAllowed):
            added.do(name, KEEP, regime=added.regime, reason="It has not.")
    old = added.row(added.regime)
    added.do("sam", KEEP, regime=added.regime, reason="It has not.")
    row = added.row(added.regime)
    assert (row.decision, row.second_person_id, row.state, row.version) == ("confirmed", old.second_person_id, old.state, old.version + 1)
    assert added.regime in _open(added)
    assert not asked_of(added, "sam")
    with acting_as(added.tenant, added.carol):
        assert AuditEvent.objects.filter(verb="compliance.filing.withdrawal_refused").count() == 1
        assert Notice.objects.get(kind="compliance.filing_kept").user_id == added.carol.pk
    with pytest.raises(NotAllowed):
        added.do("sam", WITHDRAW, regime=added.regime, reason="there is no wish to agree with")
    added.do("carol", WITHDRAW, regime=added.regime, reason="Now it has.")
    assert (added.row(added.regime).decision, asked_of(added, "sam")) == ("confirmed", {added.regime})
    added.do("sam", WITHDRAW, regime=added.regime, reason="")
    assert added.row(added.regime).decision == "none"


def test_the_objection_over_the_api(added):
    added.do("carol", WITHDRAW, regime=added.regime, reason="no")
    url = f"/t/{added.tenant.slug}/api/v1/projects/{added.project.pk}/filings/{added.regime}/decide/"
    given = {"act": "keep", "reason": "It has not.", "version": added.row(added.regime).version}
    assert client_of(added, "carol").post(url, given, content_type="application/json").status_code == 403
    answer = client_of(added, "sam").post(url, given, content_type="application/json")
    assert (answer.status_code, answer.json()["decision"]) == (200, "confirmed")
    again = client_of(added, "sam").post(url, {**given, "version": answer.json()["version"]}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "no_wish")


def test_nobody_else_completes_it(added):
    """Not a second account of the same person, not the same role, not somebody who decides nothing; not before there is a wish."""
    with pytest.raises(NotAllowed):
        added.do("sam", WITHDRAW, regime=added.regime, reason="no")
    added.do("carol", WITHDRAW, regime=added.regime, reason="no")
    for name in ("bob", "pam", "dave", "adam", "alice"):
        with pytest.raises(NotAllowed):
            added.do(name, WITHDRAW, regime=added.regime, reason="no")
    with acting_as(added.tenant, added.carol):
        ProjectMember.objects.filter(project=added.project, user=added.bob).delete()
        ProjectMember.objects.create(project=added.project, user=added.bob, role_key="compliance", starts_on="2026-01-01")
    with pytest.raises(NotAllowed, match="two different roles"):
        added.do("bob", WITHDRAW, regime=added.regime, reason="no")
    type(added.sam).objects.filter(pk=added.sam.pk).update(person_id=added.carol.person_id)
    added.sam.refresh_from_db()
    with pytest.raises(NotAllowed, match="yourself"):
        added.do("sam", WITHDRAW, regime=added.regime, reason="no")
    assert added.regime in _open(added)


def test_a_wish_does_not_outlive_its_decision(added):
    added.do("carol", WITHDRAW, regime=added.regime, reason="no")
    added.do("sam", WITHDRAW, regime=added.regime, reason="")
    added.decided(added.regime, reason="It is asked for again.")
    added.do("carol", WITHDRAW, regime=added.regime, reason="no")
    assert added.row(added.regime).decision == "confirmed"


def test_where_the_duty_stays_one_person_is_enough(stage):
    """The rules ask for it, or the decision took a duty away: taking it back only adds."""
    stage.decided()
    stage.do("carol", WITHDRAW, reason="anew")
    assert stage.row().decision == "none"
    assert GENAI in _open(stage)
    stage.decided(confirm=False, reason="no")
    stage.do("carol", WITHDRAW, reason="anew")
    assert stage.row().decision == "none"
    with pytest.raises(Conflict):
        stage.do("carol", WITHDRAW, reason="again")


def test_the_page_says_who_wishes_what_and_who_can_agree(added):
    url = f"{base(added)}{added.regime}/"
    carol, sam = client_of(added, "carol"), client_of(added, "sam")
    assert not sam.get(url).context["may_withdraw"]
    assert carol.get(url).context["withdraw_by_two"]
    given = {"version": added.row(added.regime).version, "withdraw-reason": "The province has dropped it."}
    assert "Your wish is on record" in carol.post(f"{url}withdraw/", given, follow=True).content.decode()
    page = carol.get(url)
    assert (page.context["may_withdraw"], "Carol asks to take this decision back" in page.content.decode()) == (False, True)
    page = sam.get(url)
    assert page.context["may_withdraw"]
    assert "Agree to take it back" in page.content.decode()
    given = {"version": added.row(added.regime).version, "withdraw-reason": "", "agree": "0"}
    answer = sam.post(f"{url}withdraw/", given)
    assert (answer.status_code, "Say why you object." in answer.content.decode()) == (422, False)
    assert "A reason is needed." in answer.content.decode()
    kept = sam.post(f"{url}withdraw/", {**given, "withdraw-reason": "It has not."}, follow=True).content.decode()
    assert "The decision stays." in kept
    assert "The second person objected to taking the decision back; it stays: It has not." in kept
    given = {"version": added.row(added.regime).version, "withdraw-reason": "Now it has."}
    carol.post(f"{url}withdraw/", given)
    given = {"version": added.row(added.regime).version, "withdraw-reason": "", "agree": "1"}
    assert "The decision is taken back" in sam.post(f"{url}withdraw/", given, follow=True).content.decode()
    with acting_as(added.tenant, added.sam):
        assert Filing.objects.get(project=added.project, regime=added.regime).decision == "none"
