"""Projects, their facts and their pages."""
