"""Freezing: everything a decision rests on, gathered into one RevisionContent and hashed."""
