"""Calculators: entering figures, missing ones, taking a result over."""

from __future__ import annotations

import pytest

from assessments.checklists.actions.answers import save_answer, visible_answer
from assessments.checklists.actions.numbers import enter_values, use_result
from assessments.checklists.models import Answer, CalculatorRun
from assessments.checklists.rescore import rescore
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.assessments.checklists.doors import HTMX, client_of, stored

ACC = "C-D9-ACC"


def version_of(world, name: str) -> int:
    run = CalculatorRun.objects.filter(assessment=world.assessment, calculator=name).first()
    return run.version if run else 0


def test_entered_figures_move_the_verdicts_that_read_them(checklist):
    with checklist.actor(checklist.alice) as alice:
        target = [{"scenario": "Returns", "scenario_type": "customer_service", "accuracy_target": "85"}]
        save_answer(visible_answer(checklist.project, "D9.01"), value=target, version=1, by=alice)
        assert checklist.answer("D9.03").verdict == "open"
        done = enter_values(checklist.project, ACC, values={"correct": "１７８", "n": "200"}, version=version_of(checklist, ACC), by=alice)
        assert done.verdicts["D9.03"] == ("open", "pass")
        row = checklist.answer("D9.03")
        assert (row.verdict, row.state) == ("pass", "answered")
        run = CalculatorRun.objects.get(assessment=checklist.assessment, calculator=ACC)
        assert (run.entered, run.run_by_id) == ({"correct": "178", "n": "200"}, checklist.alice.pk)
        enter_values(checklist.project, ACC, values={"correct": "", "n": ""}, version=run.version, by=alice)
        assert checklist.answer("D9.03").verdict == "open"


def test_wrong_figures_are_named_and_nothing_is_kept(checklist):
    with checklist.actor(checklist.alice) as alice:
        version = version_of(checklist, ACC)
        with pytest.raises(Invalid) as caught:
            enter_values(checklist.project, ACC, values={"correct": "many", "n": "-1"}, version=version, by=alice)
        assert set(caught.value.detail["fields"]) == {"correct", "n"}
        assert version_of(checklist, ACC) == version
        assert not CalculatorRun.objects.get(assessment=checklist.assessment, calculator=ACC).entered


def test_figures_of_another_kind_of_source_cannot_be_typed(checklist):
    with checklist.actor(checklist.alice) as alice:
        enter_values(
            checklist.project,
            "C-D1-FILING",
            values={"listed": "0", "confirmed": "9"},
            version=version_of(checklist, "C-D1-FILING"),
            by=alice,
        )
        run = CalculatorRun.objects.filter(assessment=checklist.assessment, calculator="C-D1-FILING").first()
        assert run is None or not run.entered


def test_two_people_entering_figures(checklist):
    with checklist.actor(checklist.alice) as alice:
        version = version_of(checklist, ACC)
        enter_values(checklist.project, ACC, values={"correct": "178"}, version=version, by=alice)
        with pytest.raises(Conflict) as caught:
            enter_values(checklist.project, ACC, values={"correct": "100"}, version=version, by=alice)
        assert caught.value.detail["current"]["entered"] == {"correct": "178"}
        enter_values(checklist.project, ACC, values={"correct": "178"}, version=version, by=alice)  # the same again
        with pytest.raises(NotFound):
            enter_values(checklist.project, "C-NONE", values={}, version=0, by=alice)


@pytest.mark.parametrize("who", ["dave", "adam", "carol", "erin", "pam"])
def test_who_may_not_enter_figures(checklist, who):
    with checklist.actor(getattr(checklist, who)) as actor, pytest.raises(NotAllowed):
        enter_values(checklist.project, ACC, values={"n": "1"}, version=0, by=actor)


def sized(checklist, alice):
    rows = [
        {"horizon": horizon, "mau": "30000", "dau_ratio": "25", "requests_per_active_day": "5", "peak_hour_share": "15"}
        for horizon in ("launch", "12m", "36m")
    ]
    save_answer(visible_answer(checklist.project, "D1.06"), value=rows, version=1, by=alice)


def test_a_result_is_taken_over_into_the_item_that_can_take_it(checklist):
    with checklist.actor(checklist.alice) as alice:
        sized(checklist, alice)
        answer = visible_answer(checklist.project, "D1.07")
        saved = use_result(answer, value="M", version=1, by=alice)
        assert (saved.value, saved.state) == ("M", "answered")
        with pytest.raises(Conflict) as caught:
            use_result(checklist.answer("D1.07"), value="XL", version=2, by=alice)
        assert caught.value.code == "other_result"
        with pytest.raises(Invalid):
            use_result(visible_answer(checklist.project, "D1.01"), value="M", version=1, by=alice)
        with pytest.raises(Invalid):
            use_result(visible_answer(checklist.project, "D9.03"), value="1", version=1, by=alice)


def test_the_pages_show_sources_formula_and_missing_inputs(checklist):
    with checklist.actor(checklist.alice) as alice:
        sized(checklist, alice)
    client = client_of(checklist.alice)
    base = f"/t/xinghe/projects/{checklist.project.pk}"
    page = client.get(f"{base}/numbers/C-D1-SIZE/").content.decode()
    assert "30,000 × 25 ÷ 100 = 7,500" in page
    assert f"{base}/items/D1.06/" in page
    assert "Figures are missing" in page  # the latency of D9.09
    every = client.get(f"{base}/numbers/").content.decode()
    assert every.count("C-D") >= 20
    readiness = client.get(f"{base}/numbers/C-READINESS/").content.decode()
    assert "Figures are missing" not in readiness


def test_entering_over_http_with_faults_conflict_and_success(checklist):
    with checklist.actor(checklist.alice):
        seen = str(version_of(checklist, ACC))
    client = client_of(checklist.alice)
    base = f"/t/xinghe/projects/{checklist.project.pk}/numbers/{ACC}"
    wrong = client.post(f"{base}/enter/", {"version": seen, "input-n": "<b>x"})
    assert wrong.status_code == 422
    assert "&lt;b&gt;x" in wrong.content.decode()
    assert client.post(f"{base}/enter/", {"version": seen, "input-n": "200", "input-correct": "178"}).status_code == 303
    assert client.post(f"{base}/enter/", {"version": seen, "input-n": "300"}).status_code == 409
    assert client.get(f"{base}/enter/").status_code == 405
    assert client_of(checklist.dave).post(f"{base}/enter/", {"version": "1", "input-n": "1"}).status_code == 403


def test_using_a_result_over_http(checklist):
    with checklist.actor(checklist.alice) as alice:
        sized(checklist, alice)
    client = client_of(checklist.alice)
    base = f"/t/xinghe/projects/{checklist.project.pk}/items/D1.07"
    assert "Use this result" in client.get(f"{base}/").content.decode()
    assert client.post(f"{base}/use-result/", {"version": "1", "value": "M"}, **HTMX).status_code == 200
    assert stored(checklist, "D1.07").value == "M"


def measured(checklist, alice, *, correct: str = "178", n: str = "200") -> None:
    """The accuracy of D9.03: figures of the calculator against the target that D9.01 sets."""
    enter_values(checklist.project, ACC, values={"correct": correct, "n": n}, version=version_of(checklist, ACC), by=alice)


def aimed(checklist, alice, target: str = "85"):
    answer = visible_answer(checklist.project, "D9.01")
    rows = [{"scenario": "Returns", "scenario_type": "customer_service", "accuracy_target": target}]
    return save_answer(answer, value=rows, version=answer.version, by=alice)


def test_figures_that_move_are_a_new_version_of_the_item_although_its_verdict_stays(checklist):
    """What reviewers and gates compare is the version (S5)."""
    with checklist.actor(checklist.alice) as alice:
        aimed(checklist, alice)
        measured(checklist, alice)
        before = checklist.answer("D9.03")
        done = enter_values(checklist.project, ACC, values={"correct": "180"}, version=version_of(checklist, ACC), by=alice)
        after = checklist.answer("D9.03")
        assert (after.verdict, after.version) == (before.verdict, before.version + 1)
        assert done.figures == ("D9.03",)
        assert not done.verdicts
        assert done.changed == {"D9.03"}
        rescore(checklist.assessment)
        assert checklist.answer("D9.03").version == after.version
        measured(checklist, alice, correct="", n="")
        assert (checklist.answer("D9.03").state, checklist.answer("D9.03").version) == ("open", after.version + 1)


def test_a_remark_on_figures_is_one_version_and_needs_no_reload(checklist):
    with checklist.actor(checklist.alice) as alice:
        aimed(checklist, alice)
        measured(checklist, alice)
        one = visible_answer(checklist.project, "D9.03")
        once = save_answer(one, value=None, note="Measured on", version=one.version, by=alice)
        assert once.version == one.version + 1
        twice = save_answer(one, value=None, note="Measured on the test set.", version=once.version, by=alice)
        assert (twice.version, twice.state) == (once.version + 1, "answered")
        assert checklist.answer("D9.03").version == twice.version
        measured(checklist, alice, correct="180")
        with pytest.raises(Conflict) as caught:
            save_answer(one, value=None, note="Typed on the old figures.", version=twice.version, by=alice)
        assert str(caught.value.message).startswith("Somebody changed")


def test_a_waiver_does_not_hide_that_the_figures_move(checklist):
    with checklist.actor(checklist.alice) as alice:
        aimed(checklist, alice)
        measured(checklist, alice, correct="150")
        Answer.objects.filter(pk=checklist.answer("D9.03").pk).update(state="waived")
        before = checklist.answer("D9.03")
        measured(checklist, alice, correct="151")
        after = checklist.answer("D9.03")
        assert (after.state, after.version) == ("waived", before.version + 1)
        assert after.content_hash != before.content_hash


def test_the_form_of_a_neighbour_goes_along_with_figures_that_the_same_person_moved(checklist):
    with checklist.actor(checklist.alice) as alice:
        first = aimed(checklist, alice)
        measured(checklist, alice)
        before = checklist.answer("D9.03").version
    rows = {"rows-count": "1", "rows-0-scenario": "Returns", "rows-0-scenario_type": "customer_service", "rows-0-accuracy_target": "84"}
    url = f"/t/xinghe/projects/{checklist.project.pk}/items/D9.01/answer/"
    body = client_of(checklist.alice).post(url, {"version": first.version, **rows}, **HTMX).content.decode()
    assert stored(checklist, "D9.03").version == before + 1
    assert f'data-raised="version-D9-03" data-from="{before}" data-to="{before + 1}"' in body
    assert body.count("data-raised") == 1
