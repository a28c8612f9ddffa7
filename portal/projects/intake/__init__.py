"""Registering a project in four steps: what and who, facts, people, review. A draft survives a closed browser, becomes a project once."""
