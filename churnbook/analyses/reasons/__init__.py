"""Churn reasons: what those who left said, with money, coverage and what cannot be known."""
