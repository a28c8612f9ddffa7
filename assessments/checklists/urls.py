"""Addresses of this slice."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from assessments.checklists.views import answering, comments, evidence, numbers, pages, work

_PROJECT = "projects/<uuid:project_id>/"
_ITEM = f"{_PROJECT}items/<str:item_key>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("work/", work.my_work, name="my_work"),
    path(f"{_PROJECT}checklist/", pages.checklist, name="checklist"),
    path(f"{_PROJECT}checklist/<str:dimension>/", pages.dimension, name="dimension"),
    path(f"{_PROJECT}checklist/<str:dimension>/submit/", answering.dimension_submit, name="dimension_submit"),
    path(f"{_PROJECT}items/assign/", answering.items_assign, name="items_assign"),
    path(_ITEM, pages.item, name="item"),
    path(f"{_ITEM}answer/", answering.item_answer, name="item_answer"),
    path(f"{_ITEM}submit/", answering.item_submit, name="item_submit"),
    path(f"{_ITEM}recall/", answering.item_recall, name="item_recall"),
    path(f"{_ITEM}undo/", answering.item_undo, name="item_undo"),
    path(f"{_ITEM}use-result/", numbers.item_use_result, name="item_use_result"),
    path(f"{_ITEM}history/", pages.item_history, name="item_history"),
    path(f"{_ITEM}comments/", comments.item_comments, name="item_comments"),
    path(f"{_ITEM}comments/add/", comments.item_comment, name="item_comment"),
    path(f"{_ITEM}comments/<uuid:comment_id>/remove/", comments.item_comment_remove, name="item_comment_remove"),
    path(f"{_ITEM}mention/", comments.item_mention, name="item_mention"),
    path(f"{_ITEM}evidence/add/", evidence.item_evidence_add, name="item_evidence_add"),
    path(f"{_ITEM}evidence/attach/", evidence.item_evidence_attach, name="item_evidence_attach"),
    path(f"{_ITEM}evidence/choose/", evidence.item_evidence_choose, name="item_evidence_choose"),
    path(f"{_ITEM}evidence/<uuid:evidence_id>/detach/", evidence.item_evidence_detach, name="item_evidence_detach"),
    path(f"{_PROJECT}evidence/", evidence.evidence, name="evidence"),
    path(f"{_PROJECT}evidence/<uuid:evidence_id>/file/", evidence.evidence_file, name="evidence_file"),
    path(f"{_PROJECT}evidence/<uuid:evidence_id>/change/", evidence.evidence_change, name="evidence_change"),
    path(f"{_PROJECT}evidence/<uuid:evidence_id>/remove/", evidence.evidence_remove, name="evidence_remove"),
    path(f"{_PROJECT}numbers/", numbers.calculators, name="calculators"),
    path(f"{_PROJECT}numbers/<str:calculator>/", numbers.calculator, name="calculator"),
    path(f"{_PROJECT}numbers/<str:calculator>/enter/", numbers.calculator_enter, name="calculator_enter"),
    path("api/v1/", include("assessments.checklists.api")),
]
