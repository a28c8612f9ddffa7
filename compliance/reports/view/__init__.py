"""From the frozen content to what the pages show: tables, sentences and tiles in the language of the report. No layout."""
