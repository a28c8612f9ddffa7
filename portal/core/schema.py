"""How the JSON API describes itself: a chapter, a summary and the refusals for every operation."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

# The chapter of an address, by the last of its words that names one.
CHAPTERS = {
    "projects": "Projects",
    "stage": "Projects",
    "facts": "Facts",
    "assessment": "Assessment",
    "tier": "Assessment",
    "items": "Checklists",
    "evidence": "Evidence",
    "filings": "Filings",
    "applicability": "Filings",
    "clocks": "Filings",
    "documents": "Filings",
    "dossiers": "Filings",
    "contacts": "Stakeholders",
    "stakeholders": "Stakeholders",
    "responsibilities": "Stakeholders",
    "people": "People and roles",
    "members": "People and roles",
    "roles": "People and roles",
    "notices": "Notices",
}
ALWAYS = {
    "401": "Nobody is signed in.",
    "403": "The person may see this but not do it, the organisation is suspended, or a write came without its CSRF token.",
    "404": "There is nothing here for this person.",
}
OF_READING = {"422": "A filter or a cursor cannot be read."}
OF_WRITING = {
    "409": "Somebody else was faster, or the object is in another state.",
    "422": "The input cannot be used; ``fields`` says why.",
}
OF_A_BODY = {
    "400": "The body is not what its content type says.",
    "413": "The body is too large.",
    "415": "The content type is not known here.",
}


class ProblemSerializer(serializers.Serializer[Any]):
    """A refusal: what happened, in a sentence in the language of the person."""

    status = serializers.IntegerField(help_text="The status of the answer")
    code = serializers.CharField(help_text="The kind of refusal, for programs")
    title = serializers.CharField(help_text="The sentence for people", allow_blank=True)
    fields = serializers.DictField(required=False, help_text="Sentences by name of the field")  # type: ignore[assignment]
    current = serializers.JSONField(required=False, help_text="What stands now, after somebody else was faster")
    old = serializers.JSONField(required=False, help_text="The state it was in")
    new = serializers.JSONField(required=False, help_text="The state that was asked for")


class Schema(AutoSchema):
    """Adds to every operation what all operations have in common."""

    def get_tags(self) -> list[str]:
        """The chapter, from the address."""
        named = [CHAPTERS[word] for word in self.path.split("/") if word in CHAPTERS]
        if not named:
            raise ValueError(f"{self.path} belongs to no chapter of the API: name it in portal/core/schema.py.")
        return named[-1:]

    def _get_response_bodies(self, *args: Any, **given: Any) -> Any:
        bodies = super()._get_response_bodies(*args, **given)
        for status, meaning in sorted(self._refusals().items()):
            bodies.setdefault(status, self._get_response_for_code(OpenApiResponse(ProblemSerializer, meaning), status, None, "response"))
        return bodies

    def _refusals(self) -> dict[str, str]:
        if self.method == "GET":
            asks = any(one["in"] == "query" for one in self._get_parameters())
            return ALWAYS | (OF_READING if asks else {})
        if self.method == "DELETE" or self.get_request_serializer() is None:
            return ALWAYS | OF_WRITING
        return ALWAYS | OF_WRITING | OF_A_BODY
