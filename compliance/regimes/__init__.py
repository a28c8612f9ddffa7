"""Which filings apply to a project, by the rules of the catalogue; pure functions."""
