"""Time limits of filings: when each began, until when it runs, how that was counted."""
