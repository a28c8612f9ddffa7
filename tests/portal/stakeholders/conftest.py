"""The helpers of the project tests serve here too."""

from tests.portal.projects.conftest import in_english, more, signed_in

__all__ = ["in_english", "more", "signed_in"]
