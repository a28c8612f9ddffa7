"""Template tags of the assessing app."""
