"""PDF sign-off reports."""
