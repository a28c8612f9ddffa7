"""Demo content: two invented organisations with people, projects and a year of work, for trials and for showing the product."""
