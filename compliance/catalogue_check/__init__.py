"""Running test vectors through the engine: every file of a folder, one line for each mismatch."""

from compliance.catalogue_check.runner import Report, run_vectors

__all__ = ["Report", "run_vectors"]
