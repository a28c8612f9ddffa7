"""A duty that two people added to what the rules ask for takes two people to go (rule S2)."""

from __future__ import annotations

import pytest

from compliance.filings import actions
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.subjects import view_for
from portal.audit.models import AuditEvent
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.notices.models import Notice
from portal.projects.models import ProjectMember
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import GENAI
from tests.compliance.filings.test_deciding import _open
from tests.compliance.filings.test_pages import base, client_of

WITHDRAW = actions.withdraw_decision


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
    given = {"version": added.row(added.regime).version, "withdraw-reason": ""}
    assert "The decision is taken back" in sam.post(f"{url}withdraw/", given, follow=True).content.decode()
    with acting_as(added.tenant, added.sam):
        assert Filing.objects.get(project=added.project, regime=added.regime).decision == "none"
