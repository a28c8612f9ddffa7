"""Addresses that the pages of the checklists lead to."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

from portal.catalogue.parts import Item


class Urls:
    """Addresses inside one project, for templates."""

    def __init__(self, slug: str, project_id: Any) -> None:
        self.kwargs = {"tenant_slug": slug, "project_id": project_id}

    def named(self, name: str, **more: Any) -> str:
        """Address of a page of the project."""
        return reverse(name, kwargs={**self.kwargs, **more})

    def elsewhere(self, name: str) -> str:
        """Address of a page of another slice; empty where that slice has none."""
        try:
            return self.named(name)
        except NoReverseMatch:
            return ""

    def item(self, key: str) -> str:
        """Page of one item."""
        return self.named("assessments:item", item_key=key)

    def act(self, name: str, key: str) -> str:
        """An act on an item."""
        return self.named(f"assessments:item_{name}", item_key=key)

    def dimension(self, dimension: str) -> str:
        """Page of a dimension."""
        return self.named("assessments:dimension", dimension=dimension)

    def calculator(self, name: str) -> str:
        """Page of a calculator."""
        return self.named("assessments:calculator", calculator=name)

    @property
    def facts(self) -> str:
        """The facts of the project."""
        return self.elsewhere("portal:project_facts")

    @property
    def filings(self) -> str:
        """The filings of the project."""
        return self.elsewhere("compliance:project_filings")

    @property
    def library(self) -> str:
        """The evidence library."""
        return self.named("assessments:evidence")


class ItemAddresses:
    """Addresses of one item's page, panels and acts, by the names its templates use."""

    item: Item
    urls: Urls

    @property
    def key(self) -> str:
        """The code of the item, also the id of its element."""
        return self.item.id

    @property
    def page_url(self) -> str:
        """The page of the item."""
        return self.urls.item(self.key)

    @property
    def dimension_url(self) -> str:
        """The page of its dimension."""
        return self.urls.dimension(self.item.dimension)

    @property
    def urls_answer(self) -> str:
        """Where the answer is sent."""
        return self.urls.act("answer", self.key)

    @property
    def urls_recall(self) -> str:
        """Where it is taken back from review."""
        return self.urls.act("recall", self.key)

    @property
    def urls_undo(self) -> str:
        """Where the last change is taken back."""
        return self.urls.act("undo", self.key)

    @property
    def urls_use(self) -> str:
        """Where a calculator's result is taken over."""
        return self.urls.act("use_result", self.key)

    @property
    def urls_history(self) -> str:
        """Its history panel."""
        return self.urls.act("history", self.key)

    @property
    def urls_comments(self) -> str:
        """Its comments panel."""
        return self.urls.act("comments", self.key)

    @property
    def urls_comment(self) -> str:
        """Where a comment is sent."""
        return self.urls.act("comment", self.key)

    @property
    def urls_mention(self) -> str:
        """Where people to mention are looked up."""
        return self.urls.act("mention", self.key)

    @property
    def urls_evidence_add(self) -> str:
        """Where a proof is added."""
        return self.urls.act("evidence_add", self.key)

    @property
    def urls_evidence_attach(self) -> str:
        """Where proofs of the library are attached."""
        return self.urls.act("evidence_attach", self.key)

    @property
    def urls_evidence_choose(self) -> str:
        """Proofs of the library to choose from."""
        return self.urls.act("evidence_choose", self.key)

    @property
    def urls_assign(self) -> str:
        """Where items are assigned."""
        return self.urls.named("assessments:items_assign")
