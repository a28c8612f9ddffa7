"""Calculators: exact runs, formulas people can read, inputs taken from answers, facts and other calculators."""
