"""The helpers of the project tests serve here too."""

from tests.portal.projects.conftest import more, signed_in

__all__ = ["more", "signed_in"]
