"""The register of filings over the whole portfolio, as a PDF and an Excel file from one frozen content."""
