"""Time limits as a calendar that other programmes subscribe to (RFC 5545)."""
