"""Sentences of faults are compared in English, whatever the last request spoke."""

from tests.compliance.filings.conftest import english

__all__ = ["english"]
