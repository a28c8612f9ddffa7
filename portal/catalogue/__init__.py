"""The content: facts, items, filings, tiers, gates, calculators. Versions, typed, checked at load.

from portal.catalogue import catalogue, environment
content = catalogue()                                  # the newest installed version
env = environment(content, {"markets": ["CN", "DE"]})  # facts of a project, derived facts computed
"""

from portal.catalogue.environment import Env, environment
from portal.catalogue.installed import catalogue, installed_versions, latest_version
from portal.catalogue.loader import load_catalogue
from portal.catalogue.parts import Catalogue, Text
from portal.catalogue.reading import CatalogueError
from portal.catalogue.values import FactValueError, validate_fact_value

__all__ = [
    "Catalogue",
    "CatalogueError",
    "Env",
    "FactValueError",
    "Text",
    "catalogue",
    "environment",
    "installed_versions",
    "latest_version",
    "load_catalogue",
    "validate_fact_value",
]
