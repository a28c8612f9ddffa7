"""Filings over the API: the same actions, refusals as JSON."""

from __future__ import annotations

import pytest

from compliance.filings import actions
from compliance.filings.models import FilingEvent
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import GENAI
from tests.compliance.filings.test_pages import client_of


def base(stage) -> str:
    return f"/t/{stage.tenant.slug}/api/v1/projects/{stage.project.pk}/"


def post(client, url, body):
    return client.post(url, body, content_type="application/json")


def test_list_and_explanation(stage):
    client = client_of(stage, "alice")
    found = client.get(f"{base(stage)}filings/").json()
    assert GENAI in [one["regime"] for one in found["filings"]]
    assert len(client.get(f"{base(stage)}filings/?all=1").json()["filings"]) == 99
    explained = client.get(f"{base(stage)}applicability/?regime={GENAI}").json()
    (one,) = explained["filings"]
    assert (one["result"], one["confidence"], one["missing"]) == ("required", "H", [])
    assert one["facts"]["model_origin"] == "fine_tuned"
    assert one["clauses"]
    assert "legal advice" in explained["disclaimer"]["en"]
    assert len(client.get(f"{base(stage)}applicability/").json()["filings"]) == 99


def test_decide_second_and_step(stage):
    url = f"{base(stage)}filings/{GENAI}/"
    carol, sam = client_of(stage, "carol"), client_of(stage, "sam")
    version = carol.get(url).json()["version"]
    answer = post(carol, f"{url}decide/", {"act": "confirm", "version": version})
    assert answer.status_code == 200
    assert answer.json()["state"] == "to_prepare"
    stale = post(carol, f"{url}decide/", {"act": "withdraw", "reason": "x", "version": version})
    assert stale.status_code == 409
    assert stale.json()["current"]["decision"] == "confirmed"
    assert post(carol, f"{url}decide/", {"act": "agree", "version": version + 1}).status_code == 403
    assert post(sam, f"{url}decide/", {"act": "agree", "version": version + 1}).json()["second_by"]["role"] == "security"
    assert post(carol, f"{url}step/", {"to": "submitted", "version": version + 2}).status_code == 409
    done = post(carol, f"{url}step/", {"to": "preparing", "version": version + 2})
    assert done.json()["state"] == "preparing"
    assert [event["verb"] for event in done.json()["events"]] == ["appeared", "confirmed", "seconded", "stepped"]


def test_bad_bodies_are_refused_in_sentences(stage):
    url = f"{base(stage)}filings/{GENAI}/"
    carol = client_of(stage, "carol")
    assert post(carol, f"{url}decide/", {"act": "confirm"}).json()["fields"]["version"]
    assert post(carol, f"{url}decide/", {"act": "nonsense", "version": 1}).status_code == 422
    assert post(carol, f"{url}decide/", [1]).status_code == 422
    assert post(carol, f"{url}step/", {"to": "submitted", "on": "yesterday", "version": 1}).json()["fields"]["on"]
    assert post(client_of(stage, "bob"), f"{url}decide/", {"act": "confirm", "version": 1}).status_code == 403


def test_other_organisations_and_hidden_projects_are_not_found(stage):
    url = f"{base(stage)}filings/{GENAI}/"
    assert client_of(stage, "mallory").get(url).status_code == 404
    stage.do("carol", actions.decide_filing, confirm=True)
    assert client_of(stage, "carol").get(url.replace(str(stage.project.pk), str(stage.foreign.pk))).status_code == 404


@pytest.mark.parametrize("text", ["a\x00b", "half \ud800", 7, ["x"], {"a": 1}, True])
def test_what_is_no_text_is_refused(stage, text):
    url = f"{base(stage)}filings/{GENAI}/"
    carol = client_of(stage, "carol")
    for door, body in (
        ("decide", {"act": "reject", "reason": text}),
        ("decide", {"act": text}),
        ("step", {"to": "preparing", "note": text}),
    ):
        answer = post(carol, f"{url}{door}/", {"version": 1, **body})
        assert answer.status_code == 422, (door, body)
        assert answer.json()["fields"]
    assert stage.row().decision == "none"


def test_null_is_nothing(stage):
    stage.decided()
    url = f"{base(stage)}filings/{GENAI}/step/"
    version = stage.row().version
    assert post(client_of(stage, "carol"), url, {"to": "preparing", "note": None, "on": None, "version": version}).status_code == 200
    with acting_as(stage.tenant, stage.carol):
        assert "note" not in FilingEvent.objects.get(filing=stage.row(), verb="stepped").detail


@pytest.mark.parametrize("version", ["1e400", "1.0", "true", "null", '"1.5"', '"²"', "[1]"])
def test_a_version_is_a_whole_number(stage, version):
    url = f"{base(stage)}filings/{GENAI}/decide/"
    answer = client_of(stage, "carol").post(url, f'{{"act": "confirm", "version": {version}}}', content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["fields"]["version"]


@pytest.mark.parametrize("day", [20261123, True, ["2026-11-23"], "2026-02-30"])
def test_a_day_is_written_out(stage, day):
    url = f"{base(stage)}filings/{GENAI}/step/"
    assert post(client_of(stage, "carol"), url, {"to": "submitted", "on": day, "version": 1}).json()["fields"]["on"]
