"""The pages and their forms over HTTP: with and without JavaScript, for strangers and for the hostile."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.checklists.actions.answers import save_answer, visible_answer
from assessments.checklists.actions.comments import add_comment
from assessments.checklists.actions.evidence import add_evidence
from assessments.checklists.models import Answer, Comment, Evidence
from portal.core.tenancy import tenant_context
from portal.notices.models import Notice
from tests.assessments.checklists.doors import AUTOSAVE, HTMX, client_of, stored
from tests.assessments.checklists.test_files import PDF

LONG = "客服每天回答两千个重复问题，等待超过十分钟。模型先给出答案，人工确认后发出；没有模型时由二十人轮班。" * 3
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def test_saving_without_javascript_comes_back_to_the_item(checklist, base):
    response = client_of(checklist.alice).post(f"{base}/items/D1.03/answer/", {"version": "1", "answer": "search", "note": "n"})
    assert (response.status_code, response["Location"]) == (303, f"{base}/checklist/D1/#D1.03")
    row = stored(checklist, "D1.03")
    assert (row.value, row.note, row.version) == ("search", "n", 2)


def test_autosave_answers_with_the_changed_pieces_and_the_version(checklist, base):
    response = client_of(checklist.alice).post(f"{base}/items/D1.11/answer/", {"version": "1", "answer": "no"}, **AUTOSAVE)
    body = response.content.decode()
    assert (response.status_code, response["X-Version"]) == (200, "2")
    for piece in ("verdict-D1-11", "rule-D1-11", "dimension-list", "gate-lacks", "project-head"):
        assert f'id="{piece}"' in body
    assert "<form" not in body.partition('id="rule-D1-11"')[0]


def test_a_wrong_answer_is_422_in_both_worlds_and_keeps_what_was_typed(checklist, base):
    client = client_of(checklist.alice)
    data = {"version": "1", "rows-count": "1", "rows-0-metric": "Wait <b>", "rows-0-baseline": "many", "note": "kept"}
    part = client.post(f"{base}/items/D1.02/answer/", data, **AUTOSAVE)
    assert part.status_code == 422
    assert 'data-field="rows-0-baseline"' in part.content.decode()
    page = client.post(f"{base}/items/D1.02/answer/", data)
    body = page.content.decode()
    assert page.status_code == 422
    assert "Wait &lt;b&gt;" in body
    assert 'value="many"' in body
    assert "kept" in body
    assert stored(checklist, "D1.02").value is None


def test_a_stale_save_is_409_in_both_worlds_and_nothing_is_lost(checklist, base):
    client = client_of(checklist.alice)
    client.post(f"{base}/items/D1.01/answer/", {"version": "1", "answer": "Saved by the other."})
    mine = {"version": "1", "answer": "Mine, not saved."}
    part = client.post(f"{base}/items/D1.01/answer/", mine, **AUTOSAVE)
    body = part.content.decode()
    assert (part.status_code, part["X-Version"]) == (409, "2")
    assert "Saved by the other." in body
    assert "Mine, not saved." in body
    assert "Alice" in body
    assert "data-theirs" in body
    page = client.post(f"{base}/items/D1.01/answer/", mine)
    body = page.content.decode()
    assert page.status_code == 409
    assert "Saved by the other." in body
    assert body.count("Mine, not saved.") >= 2
    assert 'name="version" id="version-D1-01" value="2"' in body
    assert stored(checklist, "D1.01").value == "Saved by the other."


def test_a_form_without_a_version_is_refused(checklist, base):
    client = client_of(checklist.alice)
    for version in ("", "x", "-1", "9" * 40):
        assert client.post(f"{base}/items/D1.03/answer/", {"version": version, "answer": "search"}).status_code == 422


def test_only_post_changes_anything(checklist, base):
    client = client_of(checklist.alice)
    for name in ("answer", "submit", "recall", "undo", "use-result", "comments/add", "evidence/add", "evidence/attach"):
        assert client.get(f"{base}/items/D1.01/{name}/").status_code == 405


def test_save_and_submit_in_one_step(checklist, base):
    client = client_of(checklist.alice)
    client.post(f"{base}/items/D1.03/answer/", {"version": "1", "answer": "search", "submit": "1"})
    assert stored(checklist, "D1.03").state == "in_review"
    response = client.post(f"{base}/items/D1.04/answer/", {"version": "1", "answer": "", "submit": "1"}, **HTMX)
    assert "no answer yet" in response["HX-Trigger"]


def test_a_whole_dimension_is_submitted(checklist, base):
    client = client_of(checklist.alice)
    client.post(f"{base}/items/D1.03/answer/", {"version": "1", "answer": "search"})
    client.post(f"{base}/items/D1.05/answer/", {"version": "1", "answer": ["public"]})
    response = client.post(f"{base}/checklist/D1/submit/", {"item": ["D1.03", "D1.05", "D2.01"]}, follow=True)
    assert "2 items were submitted" in response.content.decode()
    assert {stored(checklist, key).state for key in ("D1.03", "D1.05")} == {"in_review"}


def test_undo_over_http(checklist, base):
    client = client_of(checklist.alice)
    client.post(f"{base}/items/D1.03/answer/", {"version": "1", "answer": "search"})
    client.post(f"{base}/items/D1.03/answer/", {"version": "2", "answer": "agent"})
    history = client.get(f"{base}/items/D1.03/history/").content.decode()
    assert "Take back the last change" in history
    assert "before: </span>search</del>" in history
    assert "after: </span>agent that acts on systems</ins>" in history
    client.post(f"{base}/items/D1.03/undo/", {"version": "3"})
    assert stored(checklist, "D1.03").value == "search"


# ---------------------------------------------------------------------------------------------------------------- rights


@pytest.mark.parametrize("who", ["dave", "adam", "carol", "erin", "pam", "sam"])
def test_who_may_not_answer_gets_403_and_nothing_changes(checklist, base, who):
    with tenant_context(checklist.tenant.pk):
        Answer.objects.filter(project=checklist.project).update(assignee=None)
    client = client_of(getattr(checklist, who))
    for data in ({"version": "1", "answer": "search"}, {"version": "1", "answer": "search", "submit": "1"}):
        assert client.post(f"{base}/items/D1.03/answer/", data, **HTMX).status_code == 403
    assert client.post(f"{base}/items/D1.03/evidence/add/", {"kind": "note", "text": "x"}, **HTMX).status_code == 403
    row = stored(checklist, "D1.03")
    assert (row.value, row.version, row.evidence_count) == (None, 1, 0)


@pytest.mark.parametrize("who", ["dave", "pam", "carol", "erin", "bob"])
def test_readers_see_the_pages_with_the_reason_instead_of_fields(checklist, base, who):
    with tenant_context(checklist.tenant.pk):
        Answer.objects.filter(project=checklist.project).update(assignee=None)
    client = client_of(getattr(checklist, who))
    page = client.get(f"{base}/items/D1.03/")
    assert page.status_code == 200
    assert "why-not" in page.content.decode()
    assert f"{base}/items/D1.03/answer/" not in page.content.decode()


PAGES = [
    "checklist/",
    "checklist/D1/",
    "items/D1.01/",
    "items/D1.01/history/",
    "items/D1.01/comments/",
    "evidence/",
    "numbers/",
    "numbers/C-D1-SIZE/",
]


@pytest.mark.parametrize("path", PAGES)
def test_strangers_see_nothing(checklist, base, path):
    assert Client().get(f"{base}/{path}").status_code == 302
    mallory = client_of(checklist.mallory)
    assert mallory.get(f"{base}/{path}").status_code == 404
    assert mallory.get(f"/t/rivale/projects/{checklist.project.pk}/{path}").status_code == 404


def test_ids_of_another_organisation_in_addresses_and_bodies_find_nothing(checklist, base):
    with tenant_context(checklist.other.pk, checklist.mallory.pk):
        foreign = Evidence.objects.create(
            project=checklist.foreign,
            kind="note",
            name="secret",
            text="secret",
            added_by=checklist.mallory,
            added_person_id=checklist.mallory.person_id,
        )
        other = Answer.objects.get(project=checklist.foreign, item_key="D1.01")
        remark = Comment.objects.create(answer=other, author=checklist.mallory, body="secret")
    alice = client_of(checklist.alice)
    for path in (f"evidence/{foreign.pk}/file/", f"evidence/{foreign.pk}/change/", f"evidence/{foreign.pk}/remove/"):
        assert alice.post(f"{base}/{path}").status_code in (404, 405)
        assert alice.get(f"{base}/{path}").status_code in (404, 405)
    assert alice.post(f"{base}/items/D1.01/evidence/attach/", {"evidence": str(foreign.pk)}).status_code == 404
    assert alice.post(f"{base}/items/D1.01/evidence/{foreign.pk}/detach/").status_code == 404
    assert alice.post(f"{base}/items/D1.01/comments/{remark.pk}/remove/").status_code == 404
    assert alice.post(f"{base}/items/D1.01/comments/add/", {"body": "x", "mention": str(checklist.mallory.pk)}, **HTMX).status_code == 422
    assert alice.post(f"{base}/items/assign/", {"item": "D1.01", "assignee": str(checklist.mallory.pk)}).status_code == 422
    assert alice.get(f"/t/xinghe/work/?project={checklist.foreign.pk}").content.decode().count("secret") == 0
    with tenant_context(checklist.other.pk):
        assert Comment.objects.get(pk=remark.pk).removed_at is None
        assert Evidence.objects.get(pk=foreign.pk).removed_at is None


def test_unknown_items_dimensions_and_calculators_are_404(checklist, base):
    client = client_of(checklist.alice)
    for path in ("items/D99.99/", "items/..%2f/", "checklist/D11/", "checklist/x/", "numbers/C-NONE/"):
        assert client.get(f"{base}/{path}").status_code == 404


def test_a_mistaken_project_filter_and_page_mark_do_no_harm(checklist):
    client = client_of(checklist.alice)
    for query in ("project=x", "after=x", "after=1~2026-13-01~a~b~c", "kind=x"):
        assert client.get(f"/t/xinghe/work/?{query}").status_code == 200


# --------------------------------------------------------------------------------------------------------------- hostile


def test_nothing_people_type_runs_in_the_browser(checklist, base):
    client = client_of(checklist.alice)
    with checklist.actor(checklist.alice) as alice:
        answer = visible_answer(checklist.project, "D1.01")
        save_answer(answer, value=SCRIPT * 2, note=SCRIPT, version=1, by=alice)
        add_evidence(
            checklist.project, kind="note", text=SCRIPT, name=SCRIPT, by=alice, attach_to=[visible_answer(checklist.project, "D1.01")]
        )
        save_answer(visible_answer(checklist.project, "D1.12"), value=[{"group": SCRIPT}], version=1, by=alice)
        add_comment(visible_answer(checklist.project, "D1.01"), body=SCRIPT, by=alice)
    for path in (*PAGES, "items/D1.12/", "items/D1.01/evidence/choose/"):
        body = client.get(f"{base}/{path}").content.decode()
        assert SCRIPT not in body
        assert "<img src=x" not in body
    reader = client_of(checklist.dave)
    for path in ("items/D1.01/", "items/D1.12/", "checklist/D1/"):
        assert SCRIPT not in reader.get(f"{base}/{path}").content.decode()
    stale = client.post(f"{base}/items/D1.01/answer/", {"version": "1", "answer": SCRIPT}, **AUTOSAVE)
    assert stale.status_code == 409
    assert SCRIPT not in stale.content.decode()


# --------------------------------------------------------------------------------------------------------- people, counts


def test_mentions_tell_people_and_reading_settles_them(checklist, base):
    alice, bob = client_of(checklist.alice), client_of(checklist.bob)
    people = alice.get(f"{base}/items/D1.01/mention/?q=@bo").content.decode()
    assert f'data-mention="{checklist.bob.pk}"' in people
    assert "Mallory" not in alice.get(f"{base}/items/D1.01/mention/?q=mal").content.decode()
    alice.post(f"{base}/items/D1.01/comments/add/", {"body": "Look, @sam@tenfold.example", "mention": str(checklist.bob.pk)})
    with tenant_context(checklist.tenant.pk):
        told = set(Notice.objects.filter(kind="assessments.mentioned").values_list("user_id", flat=True))
    assert told == {checklist.bob.pk, checklist.sam.pk}
    assert "mentioned you" in bob.get("/t/xinghe/work/?kind=mention").content.decode()
    bob.get(f"{base}/items/D1.01/comments/")
    assert "mentioned you" not in bob.get("/t/xinghe/work/?kind=mention").content.decode()


def test_comments_are_taken_back_by_their_author_only(checklist, base):
    alice, bob = client_of(checklist.alice), client_of(checklist.bob)
    alice.post(f"{base}/items/D1.01/comments/add/", {"body": "first"})
    with tenant_context(checklist.tenant.pk):
        remark = Comment.objects.get()
    assert bob.post(f"{base}/items/D1.01/comments/{remark.pk}/remove/").status_code == 403
    assert alice.post(f"{base}/items/D1.01/comments/{remark.pk}/remove/").status_code == 303
    assert alice.post(f"{base}/items/D1.01/comments/{remark.pk}/remove/").status_code == 409
    body = bob.get(f"{base}/items/D1.01/comments/").content.decode()
    assert "first" not in body
    assert stored(checklist, "D1.01").comment_count == 0
    assert alice.post(f"{base}/items/D1.01/comments/add/", {"body": "   "}, **HTMX).status_code == 422


def queries(client: Client, path: str) -> tuple[int, int]:
    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        response = client.get(path)
    assert response.status_code == 200
    asked = [query["sql"] for query in caught if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "select set_config"))]
    return len(asked), sum(map(len, asked))


def test_my_work_takes_the_same_queries_for_one_row_and_many(checklist):
    client = client_of(checklist.alice)
    with tenant_context(checklist.tenant.pk):
        keep = Answer.objects.filter(project=checklist.project, item_key="D1.01")
        Answer.objects.filter(project=checklist.project).exclude(pk__in=keep.values("pk")).update(
            state="approved", approved_person_id=1, assignee=None, content_hash="", approved_hash=""
        )
    one = queries(client, "/t/xinghe/work/")
    with tenant_context(checklist.tenant.pk):
        Answer.objects.filter(project=checklist.project).update(state="open", assignee=checklist.alice)
    many = queries(client, "/t/xinghe/work/")
    assert one[0] == many[0] <= 8
    assert many[1] < one[1] + 500  # no lists of rows in the statements


@pytest.mark.parametrize(
    ("path", "most"), [("checklist/", 11), ("checklist/D9/", 15), ("items/D9.01/", 17), ("evidence/", 9), ("numbers/", 10)]
)
def test_pages_take_few_queries(checklist, base, path, most):
    assert queries(client_of(checklist.alice), f"{base}/{path}")[0] <= most


def test_the_library_takes_the_same_queries_for_one_proof_and_three(checklist, base):
    client = client_of(checklist.alice)
    with checklist.actor(checklist.alice) as alice:
        add_evidence(checklist.project, kind="note", text="a", by=alice, attach_to=[visible_answer(checklist.project, "D1.01")])
    one = queries(client, f"{base}/evidence/")
    with checklist.actor(checklist.alice) as alice:
        for text in "bc":
            add_evidence(checklist.project, kind="note", text=text, by=alice, attach_to=[visible_answer(checklist.project, "D1.01")])
    assert queries(client, f"{base}/evidence/")[0] == one[0]


# ------------------------------------------------------------------------------------------------------------------- API


def test_the_api_lists_all_items_in_few_queries(checklist):
    client = client_of(checklist.alice)
    path = f"/t/xinghe/api/v1/projects/{checklist.project.pk}/items/"
    number, length = queries(client, path)
    assert number <= 10
    assert length < 20_000
    body = client.get(path).json()
    assert body["count"] == 129
    assert {"item", "verdict", "state", "version", "value"} <= set(body["items"][0])
    assert {one["dimension"] for one in client.get(f"{path}?dimension=D9").json()["items"]} == {"D9"}
    assert client.get(f"{path}?state=nonsense").status_code == 422


def test_the_api_answers_and_says_what_stands_in_the_way(checklist):
    client = client_of(checklist.alice)
    base = f"/t/xinghe/api/v1/projects/{checklist.project.pk}/items"
    put = lambda key, body: client.put(f"{base}/{key}/answer/", json.dumps(body), content_type="application/json")  # noqa: E731
    done = put("D1.02", {"value": [{"metric": "wait", "baseline": "1,000", "due": "2027年1月1日"}], "version": 1})
    assert done.status_code == 200
    assert done.json()["value"] == [{"metric": "wait", "baseline": "1000", "due": "2027-01-01"}]
    assert done.json()["version"] == 2
    stale = put("D1.02", {"value": None, "version": 1})
    assert stale.status_code == 409
    assert stale.json()["current"]["version"] == 2
    assert stale.json()["current"]["by"] == "Alice"
    wrong = put("D1.02", {"value": [{"metric": "wait", "baseline": "much"}], "version": 2})
    assert wrong.status_code == 422
    assert list(wrong.json()["fields"]) == ["rows-0-baseline"]
    assert put("D1.02", {"value": None}).status_code == 422
    assert put("D1.02", {"version": 2}).status_code == 422
    assert put("D99.01", {"value": None, "version": 1}).status_code == 404
    assert client_of(checklist.dave).put(f"{base}/D1.02/answer/", "{}", content_type="application/json").status_code == 403
    assert client_of(checklist.mallory).put(f"{base}/D1.02/answer/", "{}", content_type="application/json").status_code == 404
    detail = client.get(f"{base}/D1.02/").json()
    assert detail["for_a_pass"]
    assert set(detail["why"]["sentence"]) == {"zh", "en"}


def test_the_api_takes_and_gives_evidence_and_comments(checklist):
    client = client_of(checklist.alice)
    base = f"/t/xinghe/api/v1/projects/{checklist.project.pk}"
    made = client.post(f"{base}/evidence/", {"kind": "file", "file": SimpleUploadedFile("r.pdf", PDF), "items": ["D1.01", "D1.02"]})
    assert made.status_code == 201
    assert b"".join(client.get(f"{base}/evidence/{made.json()['id']}/file/").streaming_content) == PDF
    assert client.get(f"{base}/items/D1.02/").json()["evidence"][0]["sha256"] == made.json()["sha256"]
    assert client.post(f"{base}/evidence/", {"kind": "file", "file": SimpleUploadedFile("r.pdf", PDF)}).status_code == 409
    assert client.post(f"{base}/evidence/", {"kind": "note", "text": "x", "items": ["D99.01"]}).status_code == 404
    said = client.post(f"{base}/items/D1.01/comments/", json.dumps({"body": "hello"}), content_type="application/json")
    assert said.status_code == 201
    assert [one["body"] for one in client.get(f"{base}/items/D1.01/comments/").json()["comments"]] == ["hello"]
    assert (
        client_of(checklist.dave)
        .post(f"{base}/items/D1.01/comments/", json.dumps({"body": "x"}), content_type="application/json")
        .status_code
        == 403
    )
